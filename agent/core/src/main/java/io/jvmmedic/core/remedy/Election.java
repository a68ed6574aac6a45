package io.jvmmedic.core.remedy;

import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.instrument.lock.LockWait;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Jdk;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;

/** Whose work is lost when a deadlock is broken: least first, and not the same one for ever. */
final class Election {

    private final ResourceRegistry registry;
    private final Map<Thread, Integer> times = new WeakHashMap<>();

    Election(ResourceRegistry registry) {
        this.registry = registry;
    }

    /** Why a thread must never be chosen; empty when it may. */
    static Optional<String> obstacle(Thread thread) {
        if (thread instanceof MedicThread) {
            return Optional.of("belongs to the agent");
        }
        ThreadGroup group = thread.getThreadGroup();
        return group == null || group.getParent() == null
                ? Optional.of("belongs to the JVM, which may not survive its end") : Optional.empty();
    }

    /**
     * A thread with a connection has a transaction to lose. What a victim lets go of should reach the one who waits for it
     * in the cycle: when another stands before that one, and wants the same two locks, the next deadlock is there at once. A
     * victim that is first in its queue leaves it without touching the place of anybody else. Among equals, the one that was
     * chosen least often.
     */
    synchronized LockWait elect(List<LockWait> candidates, CycleView cycle) {
        return candidates.stream().min(Comparator
                .<LockWait>comparingInt(wait -> connections(wait.thread()))
                .thenComparing(wait -> !cycle.waiterFor(wait.thread()).map(LockWait::isFirst).orElse(false))
                .thenComparing(wait -> !wait.isFirst())
                .thenComparing(wait -> times.getOrDefault(wait.thread(), 0))).orElseThrow();
    }

    synchronized void elected(Thread thread) {
        times.merge(thread, 1, Integer::sum);
    }

    private int connections(Thread thread) {
        long id = Jdk.threadId(thread);
        int count = 0;
        for (PoolHandle pool : registry.pools()) {
            for (var lease : registry.leases().of(pool)) {
                count += lease.threadId() == id || lease.userId() == id ? 1 : 0;
            }
        }
        return count;
    }
}
