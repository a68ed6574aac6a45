package io.jvmmedic.core.instrument.vibur;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.ThreadDiscovery;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.ResourceRegistry;

/** Finds pools that were there before us by the thread each has to reduce itself; it is there unless switched off. */
final class ViburDiscovery implements ThreadDiscovery {

    private static final String NAMED = " for pool ";
    private static final String REDUCER = "org.vibur.objectpool.util.SamplingPoolReducer$PoolReducerRunnable";

    private final ResourceRegistry registry;
    private final HandleFactory factory;

    ViburDiscovery(ResourceRegistry registry, HandleFactory factory) {
        this.registry = registry;
        this.factory = factory;
    }

    @Override
    public void thread(Thread thread) {
        if (!thread.getName().contains(NAMED)) {
            return;
        }
        Object task = task(thread);
        if (task != null && task.getClass().getName().equals(REDUCER)) {
            Object config = Members.read(Members.read(task, "this$0"), "config");
            Object pool = config == null ? null : Members.read(config, "poolOperations");
            if (pool != null && registry.find(pool) == null) {
                registry.register(pool, factory);
            }
        }
    }

    /** Where JDK 17 keeps it, and where later ones do. */
    private static Object task(Thread thread) {
        Object target = Members.read(thread, "target");
        Object holder = target == null ? Members.read(thread, "holder") : null;
        return holder == null ? target : Members.read(holder, "task");
    }
}
