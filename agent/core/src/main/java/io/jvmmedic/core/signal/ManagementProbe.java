package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.LockCycles;
import io.jvmmedic.core.resource.LockCycles.Member;
import io.jvmmedic.core.util.AppFrames;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.Jdk;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The JVM's own beans, used directly. Getting them does not create the platform MBean server, so the host's choice of one
 * stays its own. Only loaded where {@code java.management} is present.
 */
final class ManagementProbe implements JvmProbe {

    private static final int MAX_CYCLE_THREADS = 50;

    private final Clock clock;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    private final List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
    private final GcLooks looks = new GcLooks(collectors);
    private final boolean cpuTime = threads.isThreadCpuTimeSupported() && threads.isThreadCpuTimeEnabled();

    private long lastCount = -1;
    private long lastGcAt = -1;
    private final FirstSeen seen = new FirstSeen();
    private final LookRest rest = new LookRest();
    private long nextDeadlockLook;
    /** What the last look found; {@code null} for nothing. */
    private long[] deadlocked;
    /** Deadlocked threads with their stacks, as last taken. */
    private Map<Long, ThreadInfo> seenWaiting = Map.of();

    ManagementProbe(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void memory(Signal.Builder row) {
        MemoryUsage heap = memory.getHeapMemoryUsage();
        long count = 0;
        long time = 0;
        for (GarbageCollectorMXBean collector : collectors) {
            count += Math.max(0, collector.getCollectionCount());
            time += Math.max(0, collector.getCollectionTime());
        }
        if (count != lastCount) {
            lastGcAt = lastCount == -1 && count == 0 ? -1 : clock.monotonicMillis();
            lastCount = count;
        }
        looks.observe(clock.monotonicMillis());
        row.with("heapUsed", heap.getUsed()).with("heapMax", heap.getMax())
                .with("gcCount", count).with("gcTime", time)
                .with("youngGcCount", looks.youngCount()).with("sinceFullGc", looks.sinceFull(clock.monotonicMillis()));
    }

    @Override
    public long sinceGcMillis() {
        return lastGcAt == -1 ? -1 : clock.monotonicMillis() - lastGcAt;
    }

    @Override
    public long cpuNanos(Thread thread) {
        return cpuTime ? threads.getThreadCpuTime(Jdk.threadId(thread)) : -1;
    }

    @Override
    public WorkDone workDone(Thread thread) {
        ThreadInfo info = Jdk.threadId(thread) > 0 ? threads.getThreadInfo(Jdk.threadId(thread)) : null;
        return info == null ? WorkDone.UNKNOWN
                : new WorkDone(info.getBlockedCount() + info.getWaitedCount(), cpuNanos(thread));
    }

    @Override
    public List<Signal> deadlocks(long tick, long now) {
        if (clock.monotonicMillis() >= nextDeadlockLook) {
            long before = System.nanoTime();
            deadlocked = threads.findDeadlockedThreads();
            nextDeadlockLook = clock.monotonicMillis() + rest.millisAfter(System.nanoTime() - before);
        }
        // In a round without a look the known ones are asked alone, which is cheap: a cycle that stands is told each round.
        return deadlocked == null ? List.of() : rows(deadlocked, tick, now);
    }

    /** Locked synchronizers are never asked for: that walks the whole heap in a safepoint, about 1 s for 20 M objects. */
    private List<Signal> rows(long[] ids, long tick, long now) {
        Map<Long, ThreadInfo> infos = lookAt(ids.length <= MAX_CYCLE_THREADS ? ids : Arrays.copyOf(ids, MAX_CYCLE_THREADS));
        List<Signal> rows = new ArrayList<>();
        Set<Long> done = new HashSet<>();
        for (Long id : infos.keySet()) {
            List<ThreadInfo> cycle = cycleOf(id, infos);
            if (!cycle.isEmpty() && done.add(smallest(cycle))) {
                rows.addAll(CycleRows.of(members(rotatedToSmallest(cycle)), seen, clock.monotonicMillis(), tick, now));
            }
        }
        return rows;
    }

    /** With stacks, which take a pause: once for each wait, since without a stack the JVM tells for nothing whether it lasts. */
    private Map<Long, ThreadInfo> lookAt(long[] ids) {
        Map<Long, ThreadInfo> now = byId(threads.getThreadInfo(ids));
        if (!now.keySet().equals(seenWaiting.keySet())
                || !now.values().stream().allMatch(info -> isSameWait(info, seenWaiting.get(info.getThreadId())))) {
            seenWaiting = byId(threads.getThreadInfo(ids, true, false));
        }
        return seenWaiting;
    }

    private static Map<Long, ThreadInfo> byId(ThreadInfo[] infos) {
        return Arrays.stream(infos).filter(Objects::nonNull).collect(Collectors.toMap(ThreadInfo::getThreadId, info -> info));
    }

    private static boolean isSameWait(ThreadInfo one, ThreadInfo other) {
        return one.getBlockedCount() == other.getBlockedCount() && one.getWaitedCount() == other.getWaitedCount()
                && one.getLockOwnerId() == other.getLockOwnerId() && Objects.equals(one.getLockName(), other.getLockName());
    }

    /** Follows the owners from one thread; empty when the thread only hangs behind a cycle instead of being in it. */
    private static List<ThreadInfo> cycleOf(long start, Map<Long, ThreadInfo> infos) {
        List<ThreadInfo> path = new ArrayList<>();
        Set<Long> seen = new HashSet<>();
        long id = start;
        while (infos.containsKey(id) && seen.add(id)) {
            ThreadInfo info = infos.get(id);
            path.add(info);
            id = info.getLockOwnerId();
        }
        return id == start ? path : List.of();
    }

    private static long smallest(List<ThreadInfo> cycle) {
        return cycle.stream().mapToLong(ThreadInfo::getThreadId).min().orElseThrow();
    }

    /** The same cycle always begins at the same thread, so that its id does not depend on the order of a map. */
    private static List<ThreadInfo> rotatedToSmallest(List<ThreadInfo> cycle) {
        long first = smallest(cycle);
        List<ThreadInfo> rotated = new ArrayList<>(cycle);
        while (rotated.get(0).getThreadId() != first) {
            rotated.add(rotated.remove(0));
        }
        return rotated;
    }

    private static List<Member> members(List<ThreadInfo> cycle) {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < cycle.size(); i++) {
            ThreadInfo info = cycle.get(i);
            ThreadInfo previous = cycle.get((i + cycle.size() - 1) % cycle.size());
            members.add(new Member(info.getThreadId(), info.getThreadName(), lockName(info),
                    info.getThreadState() == Thread.State.BLOCKED ? LockCycles.MONITOR : LockCycles.SYNCHRONIZER,
                    // A timed wait ends by itself: two threads that retry tryLock(timeout) are no deadlock.
                    info.getThreadState() == Thread.State.TIMED_WAITING,
                    AppFrames.top(info.getStackTrace()), AppFrames.calledByTop(info.getStackTrace()),
                    heldAt(info, previous.getLockInfo())));
        }
        return members;
    }

    private static String lockName(ThreadInfo info) {
        return info.getLockName() == null ? "unknown" : info.getLockName();
    }

    /** The frame in which a thread took the monitor that another waits for; empty for a synchronizer. */
    private static String heldAt(ThreadInfo holder, LockInfo wanted) {
        if (wanted != null) {
            for (MonitorInfo monitor : holder.getLockedMonitors()) {
                if (monitor.getIdentityHashCode() == wanted.getIdentityHashCode()
                        && monitor.getClassName().equals(wanted.getClassName()) && monitor.getLockedStackFrame() != null) {
                    return AppFrames.text(monitor.getLockedStackFrame());
                }
            }
        }
        return "";
    }
}
