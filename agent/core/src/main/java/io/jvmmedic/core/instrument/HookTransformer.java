package io.jvmmedic.core.instrument;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees every class the host loads and looks at its name only: one hash lookup, nothing parsed. Byte Buddy is not even
 * loaded until a name matches. (AgentBuilder with exact names cost a Spring Boot start 5 to 20 % more CPU, this none that
 * could be measured.) Never throws and never stops a class from loading.
 */
final class HookTransformer implements ClassFileTransformer {

    private static final Logger LOG = LoggerFactory.getLogger(HookTransformer.class);

    /** A class of an integration. */
    private record Target(Integration integration, Weave weave) {
    }

    private final Map<String, Target> targets = new HashMap<>();
    private final Sites sites;
    private final ModuleOpener opener;
    private final Consumer<Site> undo;

    /** @param undo takes the hooks out of a site that was closed; must not retransform on the calling thread */
    HookTransformer(List<Integration> integrations, Sites sites, ModuleOpener opener, Consumer<Site> undo) {
        this.sites = sites;
        this.opener = opener;
        this.undo = undo;
        for (Integration integration : integrations) {
            for (Weave weave : integration.weaves()) {
                targets.put(weave.internalName(), new Target(integration, weave));
            }
        }
    }

    boolean isTarget(Class<?> type) {
        return targets.containsKey(type.getName().replace('.', '/'));
    }

    @Override
    public byte[] transform(Module module, ClassLoader loader, String name, Class<?> loaded, ProtectionDomain domain,
            byte[] bytes) {
        Target target = name == null ? null : targets.get(name);
        return target == null ? null : weave(module, loader, target, bytes);
    }

    private byte[] weave(Module module, ClassLoader loader, Target target, byte[] bytes) {
        String type = target.weave().type();
        try {
            Site site = sites.of(loader, target.integration());
            if (!site.obstacle().isEmpty()) {
                site.refused(type);
                return null;
            }
            try {
                target.integration().opens().forEach(packageName -> opener.open(module, packageName));
                byte[] woven = Holder.WEAVER.weave(loader, bytes, target.weave());
                if (woven != null) {
                    site.woven(type);
                }
                return woven;
            } catch (Weaver.UnknownShape e) {
                close(site, target, e.getMessage());
            } catch (Throwable e) {
                LOG.warn("{}: could not be woven, {} is not watched", type, target.integration().name(), e);
                close(site, target, "weaving " + type + " failed: " + e);
            }
        } catch (Throwable e) {
            LOG.warn("{}: could not be looked at, {} is not watched", type, target.integration().name(), e);
        }
        return null;
    }

    private void close(Site site, Target target, String reason) {
        if (site.close(target.weave().type(), reason)) {
            undo.accept(site);
        }
    }

    /** Defers the loading of Byte Buddy to the first match. */
    private static final class Holder {
        static final Weaver WEAVER = new Weaver();
    }
}
