package io.jvmmedic.core.instrument.lock;

import io.jvmmedic.core.util.Jdk;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Who holds the monitors that platform threads are blocked on, by the word of the JVM. Asks for no stack, so without a pause. */
@FunctionalInterface
interface MonitorOwners {

    MonitorOwners NONE = threads -> Map.of();

    /**
     * A monitor that a thread is blocked on.
     *
     * @param lock class and identity
     * @param owner id of the thread that holds it
     */
    record Held(String lock, long owner) {
    }

    /** What these threads are blocked on, by thread id; without those that are not, and where the owner is not known. */
    Map<Long, Held> of(Collection<Thread> blocked);

    static MonitorOwners ofThisJvm() {
        return Jdk.hasModule("java.management") ? Beans::of : NONE;
    }

    /** Apart, so that the beans are linked only where the module is there. */
    final class Beans {

        private Beans() {
        }

        private static Map<Long, Held> of(Collection<Thread> blocked) {
            long[] ids = blocked.stream().mapToLong(Jdk::threadId).filter(id -> id > 0).toArray();
            Map<Long, Held> held = new HashMap<>();
            if (ids.length > 0) {
                for (ThreadInfo info : ManagementFactory.getThreadMXBean().getThreadInfo(ids)) {
                    if (info != null && info.getThreadState() == Thread.State.BLOCKED && info.getLockOwnerId() > 0) {
                        held.put(info.getThreadId(), new Held(info.getLockName(), info.getLockOwnerId()));
                    }
                }
            }
            return held;
        }
    }
}
