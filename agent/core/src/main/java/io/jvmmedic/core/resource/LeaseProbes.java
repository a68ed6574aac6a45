package io.jvmmedic.core.resource;

import io.jvmmedic.bootstrap.Probes;
import java.util.Map;

/** The connected end of the hooks: hands each call to the leases, with the factory of the integration it came from. */
public final class LeaseProbes extends Probes {

    private final ResourceRegistry registry;
    private final Map<String, HandleFactory> factories;
    private volatile boolean selfTested;

    /** @param factories by integration name; the advice classes carry the same names */
    public LeaseProbes(ResourceRegistry registry, Map<String, HandleFactory> factories) {
        this.registry = registry;
        this.factories = Map.copyOf(factories);
    }

    @Override
    public void appeared(String integration, Object pool) {
        registry.register(pool, factories.get(integration));
    }

    @Override
    public void borrowed(String integration, Object pool, Object entry, Object handle) {
        // By far most borrows are of a slot that is known, and need no factory.
        if (!registry.leases().borrowed(entry, handle)) {
            registry.leases().borrowed(pool, entry, handle, factories.get(integration));
        }
    }

    @Override
    public void handedOut(Object entry, Object handle) {
        registry.leases().handedOut(entry, handle);
    }

    @Override
    public void returned(Object entry) {
        registry.leases().returned(entry);
    }

    @Override
    public void discarded(Object entry) {
        registry.leases().discarded(entry);
    }

    @Override
    public void used(Object entry) {
        registry.leases().used(entry);
    }

    @Override
    public void testing(Object entry) {
        registry.leases().testing(entry);
    }

    @Override
    public void tested(Object entry) {
        registry.leases().tested(entry);
    }

    @Override
    public void usedThrough(Object watched) {
        registry.leases().usedThrough(watched);
    }

    @Override
    public void escaped(Object handleOrEntry) {
        registry.leases().escaped(handleOrEntry);
    }

    @Override
    public void waiting(String integration, Object pool) {
        registry.leases().waiting(pool, factories.get(integration));
    }

    @Override
    public void gaveUp(Object pool) {
        registry.leases().gaveUp(pool);
    }

    @Override
    public void waited() {
        registry.leases().waited();
    }

    @Override
    public void failed(Object handleOrEntry, Throwable error) {
        registry.leases().failed(handleOrEntry, error);
    }

    @Override
    public void refused(Object pool, Throwable error) {
        registry.leases().refused(pool, error);
    }

    @Override
    public void opened(String integration, Object source, Object connection) {
        registry.unpooled().opened(source, connection, factories.get(integration), registry);
    }

    @Override
    public void closed(Object connection) {
        registry.unpooled().closed(connection);
    }

    @Override
    public void selfTest() {
        selfTested = true;
    }

    /** Whether the self-test's dummy reached us. */
    public boolean selfTested() {
        return selfTested;
    }
}
