package io.jvmmedic.core.remedy;

import io.jvmmedic.core.detect.LockDeadlockDetector;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.util.Jdk;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Asks the JVM whether the threads of a diagnosed lock cycle are still deadlocked. */
final class LockCycle {

    private LockCycle() {
    }

    /** Why the fault does not stand any more; empty when it does, or when it is none that can be asked about. */
    static Optional<String> resolved(Diagnosis diagnosis) {
        if (diagnosis.primary().fault() != Fault.LOCK_DEADLOCK || !Jdk.hasModule("java.management") || isBeyondJvm(diagnosis)) {
            return Optional.empty();
        }
        List<Long> members = diagnosis.primary().evidence().threads();
        return Deadlocked.now().containsAll(members) ? Optional.empty()
                : Optional.of("its threads are not deadlocked any more");
    }

    /** Whether the JVM cannot be asked about it: readers hold a lock of it, or a thread of it is virtual. */
    static boolean isBeyondJvm(Diagnosis diagnosis) {
        return diagnosis.primary().evidence().measure(LockDeadlockDetector.BEYOND_JVM) > 0;
    }

    /** Which of these threads are deadlocked now, whatever the cycle. */
    static Set<Long> deadlocked(List<Long> threads) {
        Set<Long> found = new HashSet<>(Deadlocked.now());
        found.retainAll(threads);
        return found;
    }

    /**
     * What a thread waits for.
     *
     * @param lock class and identity of the lock, monitor or not; {@code null} for none
     * @param owner id of the thread that holds it; -1 for none
     */
    record Wait(String lock, long owner) {
    }

    /** What these threads wait for now; without those that have ended. Takes neither stacks nor held locks. */
    static Map<Long, Wait> waits(List<Long> threads) {
        return Deadlocked.waits(threads.stream().mapToLong(Long::longValue).toArray());
    }

    /** Apart, so that the beans are linked only where the module is there. */
    private static final class Deadlocked {

        static Set<Long> now() {
            long[] ids = ManagementFactory.getThreadMXBean().findDeadlockedThreads();
            Set<Long> all = new HashSet<>();
            if (ids != null) {
                Arrays.stream(ids).forEach(all::add);
            }
            return all;
        }

        static Map<Long, Wait> waits(long[] ids) {
            Map<Long, Wait> waits = new HashMap<>();
            for (ThreadInfo info : ManagementFactory.getThreadMXBean().getThreadInfo(ids)) {
                if (info != null) {
                    waits.put(info.getThreadId(), new Wait(info.getLockName(), info.getLockOwnerId()));
                }
            }
            return waits;
        }
    }
}
