package io.jvmmedic.core.util;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Stacks of several threads at the price of one. Before JDK 21 whoever asks a single thread for its stack stops the whole JVM
 * for it, which among thousands of threads takes longer than the stack itself; there all are asked for in one pause. From 21 on
 * only the thread that is asked stops.
 */
public final class Stacks {

    private static final StackTraceElement[] NONE = {};
    /** From this JDK on a thread is stopped alone for its stack. */
    private static final int ALONE = 21;
    /** So many stacks are taken in some milliseconds; more of them share one pause less. */
    private static final int PER_PAUSE = 250;

    private Stacks() {
    }

    /** By thread, in the order given; an empty one for a thread that has ended. Takes pauses: ask for those that matter. */
    public static Map<Thread, StackTraceElement[]> of(Collection<Thread> threads) {
        Map<Thread, StackTraceElement[]> stacks = new LinkedHashMap<>();
        threads.forEach(thread -> stacks.put(thread, NONE));
        boolean together = stacks.size() > 1 && Jdk.feature() < ALONE && Jdk.hasModule("java.management");
        List<Thread> open = new ArrayList<>();
        stacks.replaceAll((thread, none) -> {
            // The beans know no virtual thread.
            if (together && Jdk.threadId(thread) > 0) {
                open.add(thread);
                return NONE;
            }
            return thread.getStackTrace();
        });
        for (int from = 0; from < open.size(); from += PER_PAUSE) {
            Beans.take(open.subList(from, Math.min(open.size(), from + PER_PAUSE)), stacks);
        }
        return stacks;
    }

    /** Apart, so that the beans are linked only where the module is there. */
    private static final class Beans {

        private Beans() {
        }

        static void take(List<Thread> threads, Map<Thread, StackTraceElement[]> stacks) {
            Map<Long, Thread> byId = new HashMap<>();
            threads.forEach(thread -> byId.put(Jdk.threadId(thread), thread));
            for (ThreadInfo info : ManagementFactory.getThreadMXBean().getThreadInfo(
                    byId.keySet().stream().mapToLong(Long::longValue).toArray(), Integer.MAX_VALUE)) {
                if (info != null) {
                    stacks.put(byId.get(info.getThreadId()), info.getStackTrace());
                }
            }
        }
    }
}
