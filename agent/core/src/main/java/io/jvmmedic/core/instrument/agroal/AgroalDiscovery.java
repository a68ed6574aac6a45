package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.ScheduledTasks;
import io.jvmmedic.core.instrument.ThreadDiscovery;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * Finds pools that were there before us by the validation, reaping, leak detection or end of life that each keeps
 * scheduled. One without any of these is known from its next borrower on that misses the cache of its thread.
 */
final class AgroalDiscovery implements ThreadDiscovery {

    private static final String EXECUTOR = "io.agroal.pool.util.PriorityScheduledExecutor";

    private final ResourceRegistry registry;
    private final HandleFactory factory;

    AgroalDiscovery(ResourceRegistry registry, HandleFactory factory) {
        this.registry = registry;
        this.factory = factory;
    }

    @Override
    public void executor(ThreadPoolExecutor executor) {
        if (!executor.getClass().getName().equals(EXECUTOR)) {
            return;
        }
        for (Object task : ScheduledTasks.of(executor)) {
            if (task.getClass().getName().startsWith(AgroalIntegration.POOL + "$")) {
                Object pool = Members.read(task, "this$0");
                if (pool != null && registry.find(pool) == null) {
                    registry.register(pool, factory);
                }
            }
        }
    }
}
