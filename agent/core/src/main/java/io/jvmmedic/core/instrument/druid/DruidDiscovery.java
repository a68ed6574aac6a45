package io.jvmmedic.core.instrument.druid;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.ScheduledTasks;
import io.jvmmedic.core.instrument.ThreadDiscovery;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.concurrent.ThreadPoolExecutor;

/** Finds pools that were there before us by the threads they create and destroy with, or by the task on a lent scheduler. */
final class DruidDiscovery implements ThreadDiscovery {

    private final ResourceRegistry registry;
    private final HandleFactory factory;

    DruidDiscovery(ResourceRegistry registry, HandleFactory factory) {
        this.registry = registry;
        this.factory = factory;
    }

    @Override
    public void thread(Thread thread) {
        inspect(thread);
    }

    @Override
    public void executor(ThreadPoolExecutor executor) {
        ScheduledTasks.of(executor).forEach(this::inspect);
    }

    /** Both the threads and the tasks are inner classes of the data source. */
    private void inspect(Object part) {
        if (part.getClass().getName().startsWith(DruidIntegration.POOL + "$")) {
            Object pool = Members.read(part, "this$0");
            if (pool != null && registry.find(pool) == null) {
                registry.register(pool, factory);
            }
        }
    }
}
