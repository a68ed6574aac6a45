package io.jvmmedic.core.instrument;

import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.List;

/**
 * All that is known of one library: where its hooks go, what must be true of its classes for that, how one of its
 * objects is read and acted upon. Describes only; {@link Instrumenter} does the work. Adding a library means one folder
 * and one line in {@code boot}; see {@code docs/adding-an-integration.md}.
 */
public interface Integration {

    /** Short name, {@code hikari}: what its advice passes to the hooks and what a user writes to switch it off. */
    String name();

    /**
     * Classes to weave; empty for a library that can be read without. Woven all or none per class loader: half a set of
     * hooks would tell lies about leases.
     */
    List<Weave> weaves();

    /** Packages its handles read by reflection; opened to us, and only to us, when the library is a named module. */
    default List<String> opens() {
        return List.of();
    }

    /** Makes the handle of a pool that a hook met; asked for only when there are weaves. */
    default HandleFactory handles() {
        throw new UnsupportedOperationException(name() + " has no hooks");
    }

    /** Ways to find pools that were there before us and are idle or exhausted, so that no hook will ever meet them. */
    default List<ThreadDiscovery> discoveries(ResourceRegistry registry, ModuleOpener opener) {
        return List.of();
    }
}
