package io.jvmmedic.core.instrument.hikari;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.ScheduledTasks;
import io.jvmmedic.core.instrument.ThreadDiscovery;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.Set;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * Finds pools that were there before us by the housekeeping each keeps scheduled: an idle or exhausted pool passes no
 * hook.
 */
final class HikariDiscovery implements ThreadDiscovery {

    private static final Set<String> HOUSEKEEPING = Set.of(
            "com.zaxxer.hikari.pool.HikariPool$HouseKeeper", "com.zaxxer.hikari.pool.HikariPool$MaxLifetimeTask");

    private final ResourceRegistry registry;
    private final HandleFactory factory;

    HikariDiscovery(ResourceRegistry registry, HandleFactory factory) {
        this.registry = registry;
        this.factory = factory;
    }

    @Override
    public void executor(ThreadPoolExecutor executor) {
        for (Object task : ScheduledTasks.of(executor)) {
            if (HOUSEKEEPING.contains(task.getClass().getName())) {
                Object pool = Members.read(task, "this$0");
                if (pool != null && registry.find(pool) == null) {
                    registry.register(pool, factory);
                }
            }
        }
    }
}
