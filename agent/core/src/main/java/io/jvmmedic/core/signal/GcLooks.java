package io.jvmmedic.core.signal;

import java.lang.management.GarbageCollectorMXBean;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * Which objects a collection has looked at, told from the counters of the collectors. A handle of an old connection lives
 * in the old generation, and a collection of the young one says nothing of it.
 *
 * <p>Only collectors whose reach is known count; of any other, and of the concurrent cycles of G1 before 20, which no
 * counter tells, it is assumed that they saw nothing.
 */
final class GcLooks {

    private static final Set<String> YOUNG = Set.of("Copy", "PS Scavenge", "G1 Young Generation");
    private static final Set<String> FULL = Set.of("MarkSweepCompact", "PS MarkSweep", "G1 Old Generation");
    private static final Set<String> CONCURRENT =
            Set.of("G1 Concurrent GC", "ZGC Cycles", "ZGC Major Cycles", "Shenandoah Cycles");
    /**
     * A concurrent cycle finds what was garbage when it began, and its counter tells when it ends; that of G1 counts the
     * two pauses of each cycle. Two counts before, it had not begun.
     */
    private static final int COUNTS_PER_CYCLE = 2;

    private final List<GarbageCollectorMXBean> young;
    private final List<GarbageCollectorMXBean> full;
    private final List<GarbageCollectorMXBean> concurrent;

    private final Deque<Long> concurrentCounts = new ArrayDeque<>();
    private long fullCount = -1;
    private long concurrentCount = -1;
    private long lastObserved;
    /** What was unused before this moment has been looked at; -1 for nothing. */
    private long lookedAt = -1;

    GcLooks(List<GarbageCollectorMXBean> collectors) {
        this.young = collectors.stream().filter(one -> YOUNG.contains(one.getName())).toList();
        this.full = collectors.stream().filter(one -> FULL.contains(one.getName())).toList();
        // The generational Shenandoah counts cycles of its young generation with the others.
        this.concurrent = collectors.stream().filter(one -> CONCURRENT.contains(one.getName())
                && (!one.getName().startsWith("Shenandoah") || one.getMemoryPoolNames().length == 1)).toList();
    }

    /** Once per round; a collection that ran since the last round ran at the earliest right after it. */
    void observe(long now) {
        long fullNow = count(full);
        if (fullCount >= 0 && fullNow > fullCount) {
            lookedAt = lastObserved;
        }
        fullCount = fullNow;
        long concurrentNow = count(concurrent);
        if (concurrentCount >= 0) {
            for (long i = Math.max(concurrentCount, concurrentNow - COUNTS_PER_CYCLE - 1); i < concurrentNow; i++) {
                concurrentCounts.addLast(lastObserved);
                if (concurrentCounts.size() > COUNTS_PER_CYCLE) {
                    lookedAt = Math.max(lookedAt, concurrentCounts.removeFirst());
                }
            }
        }
        concurrentCount = concurrentNow;
        lastObserved = now;
    }

    /** Stop-the-world collections of the young generation; -1 when this collector has none. */
    long youngCount() {
        return young.isEmpty() ? -1 : count(young);
    }

    long sinceFull(long now) {
        return lookedAt < 0 ? -1 : now - lookedAt;
    }

    private static long count(List<GarbageCollectorMXBean> collectors) {
        return collectors.stream().mapToLong(one -> Math.max(0, one.getCollectionCount())).sum();
    }
}
