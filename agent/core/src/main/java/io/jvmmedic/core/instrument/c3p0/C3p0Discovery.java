package io.jvmmedic.core.instrument.c3p0;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.ThreadDiscovery;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Finds pools that were there before us: their helper threads lead to the class loader, there c3p0 keeps a registry of
 * its data sources. Read from its fields; its methods take a lock.
 */
final class C3p0Discovery implements ThreadDiscovery {

    private static final String REGISTRY = "com.mchange.v2.c3p0.C3P0Registry";
    private static final String THREADS_OF = "C3P0PooledConnectionPoolManager[";

    private final ResourceRegistry registry;
    private final HandleFactory factory;

    C3p0Discovery(ResourceRegistry registry, HandleFactory factory) {
        this.registry = registry;
        this.factory = factory;
    }

    @Override
    public void thread(Thread thread) {
        if (thread.getClass().getName().equals(HelperThreads.THREAD)) {
            inspect(thread.getClass().getClassLoader());
        } else if (thread.getName().startsWith(THREADS_OF)) {
            inspect(thread.getContextClassLoader());
        }
    }

    private void inspect(ClassLoader loader) {
        try {
            Field unclosed = Members.field(Class.forName(REGISTRY, false, loader), "unclosedPooledDataSources").orElse(null);
            if (unclosed != null) {
                elements(Members.read(null, unclosed)).forEach(this::dataSource);
            }
        } catch (ClassNotFoundException | LinkageError notHere) {
            // A loader that has the helper threads' class only, or none of both.
        }
    }

    private void dataSource(Object dataSource) {
        Object manager = Members.read(dataSource, "poolManager");
        Object pools = manager == null ? null : Members.read(manager, "authsToPools");
        if (pools instanceof Map<?, ?> byUser) {
            for (Object one : elements(byUser.values())) {
                Object pool = Members.read(one, "rp");
                if (pool != null && registry.find(pool) == null) {
                    registry.register(pool, factory);
                }
            }
        }
    }

    /** A copy; empty when somebody changes them in that moment, the next round will see them. */
    private static List<Object> elements(Object collection) {
        try {
            return new ArrayList<>((Collection<?>) collection);
        } catch (RuntimeException changedMeanwhile) {
            return List.of();
        }
    }
}
