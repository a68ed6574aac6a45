package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.ThreadDiscovery;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.lang.ref.Reference;

/**
 * Finds pools that were there before us by their cleaners: each pool that evicts idle connections, which is the default,
 * has a task on the one timer of Tomcat JDBC.
 */
final class TomcatJdbcDiscovery implements ThreadDiscovery {

    private static final String TIMER = "java.util.TimerThread";
    private static final String CLEANER = "org.apache.tomcat.jdbc.pool.ConnectionPool$PoolCleaner";

    private final ResourceRegistry registry;
    private final ModuleOpener opener;
    private final HandleFactory factory;

    TomcatJdbcDiscovery(ResourceRegistry registry, ModuleOpener opener, HandleFactory factory) {
        this.registry = registry;
        this.opener = opener;
        this.factory = factory;
    }

    @Override
    public void thread(Thread thread) {
        if (!thread.getClass().getName().equals(TIMER)) {
            return;
        }
        opener.open(Object.class.getModule(), "java.util");
        Object queue = Members.read(thread, "queue");
        if (queue == null || !(Members.read(queue, "queue") instanceof Object[] tasks)) {
            return;
        }
        for (Object task : tasks) {
            if (task != null && task.getClass().getName().equals(CLEANER)
                    && Members.read(task, "pool") instanceof Reference<?> reference) {
                Object pool = reference.get();
                if (pool != null) {
                    registry.register(pool, factory);
                }
            }
        }
    }
}
