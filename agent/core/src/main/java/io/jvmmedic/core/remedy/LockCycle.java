package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.util.Jdk;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Asks the JVM whether the threads of a diagnosed lock cycle are still deadlocked. */
final class LockCycle {

    private LockCycle() {
    }

    /** Why the fault does not stand any more; empty when it does, or when it is none that can be asked about. */
    static Optional<String> resolved(Diagnosis diagnosis) {
        if (diagnosis.primary().fault() != Fault.LOCK_DEADLOCK || !Jdk.hasModule("java.management")) {
            return Optional.empty();
        }
        List<Long> members = diagnosis.primary().evidence().threads();
        return Deadlocked.now().containsAll(members) ? Optional.empty()
                : Optional.of("its threads are not deadlocked any more");
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
    }
}
