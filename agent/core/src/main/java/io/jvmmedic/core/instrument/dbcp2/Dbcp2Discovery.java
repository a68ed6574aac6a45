package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.ScheduledTasks;
import io.jvmmedic.core.instrument.ThreadDiscovery;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.lang.ref.Reference;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * Finds pools that were there before us by their evictor, on the one timer of the pool library. By default DBCP has none:
 * such a pool is found by the next one who borrows or waits.
 */
final class Dbcp2Discovery implements ThreadDiscovery {

    private static final String RUNNER = ".impl.EvictionTimer$WeakRunner";

    private final ResourceRegistry registry;
    private final HandleFactory factory;

    Dbcp2Discovery(ResourceRegistry registry, HandleFactory factory) {
        this.registry = registry;
        this.factory = factory;
    }

    @Override
    public void executor(ThreadPoolExecutor executor) {
        for (Object task : ScheduledTasks.of(executor)) {
            if (task.getClass().getName().endsWith(RUNNER) && Members.read(task, "ref") instanceof Reference<?> reference) {
                Object evictor = reference.get();
                Object pool = evictor == null ? null : Members.read(evictor, "this$0");
                if (pool != null && registry.find(pool) == null && Edition.of(pool) != null) {
                    registry.register(pool, factory);
                }
            }
        }
    }
}
