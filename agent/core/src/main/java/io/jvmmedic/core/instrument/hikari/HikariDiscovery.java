package io.jvmmedic.core.instrument.hikari;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.ThreadDiscovery;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * Finds pools that were there before us by the housekeeping each keeps scheduled: an idle or exhausted pool passes no
 * hook.
 */
final class HikariDiscovery implements ThreadDiscovery {

    private static final Set<String> HOUSEKEEPING = Set.of(
            "com.zaxxer.hikari.pool.HikariPool$HouseKeeper", "com.zaxxer.hikari.pool.HikariPool$MaxLifetimeTask");
    /** A user may lend HikariCP a scheduler of his own, with any number of tasks of his own in it. */
    private static final int MAX_TASKS = 1_000;

    private final ResourceRegistry registry;
    private final HandleFactory factory;

    HikariDiscovery(ResourceRegistry registry, HandleFactory factory) {
        this.registry = registry;
        this.factory = factory;
    }

    @Override
    public void executor(ThreadPoolExecutor executor) {
        if (!(executor instanceof ScheduledThreadPoolExecutor)) {
            return;
        }
        int seen = 0;
        for (Runnable scheduled : executor.getQueue()) {
            if (seen++ == MAX_TASKS) {
                return;
            }
            if (scheduled instanceof FutureTask<?>) {
                inspect(scheduled);
            }
        }
    }

    private void inspect(Runnable scheduled) {
        Object callable = Members.read(scheduled, "callable");
        Object task = callable == null ? null : Members.read(callable, "task");
        if (task != null && HOUSEKEEPING.contains(task.getClass().getName())) {
            Object pool = Members.read(task, "this$0");
            if (pool != null && registry.find(pool) == null) {
                registry.register(pool, factory);
            }
        }
    }
}
