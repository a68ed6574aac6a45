package io.jvmmedic.core.instrument.lock;

import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.resource.LockCycles;
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.util.AppFrames;
import io.jvmmedic.core.util.Jdk;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who waits for whom at the locks of {@code java.util.concurrent}, where the JVM's own search is blind: read locks, which
 * have no owner for it, and virtual threads, which it does not know. Takes no pause and asks nobody: it reads the queues.
 *
 * <p>Every edge is a must: a writer waits for each of the readers, a reader behind a writer waits for that writer. So any
 * cycle is a deadlock. Monitors have no place here; a cycle through one is seen by the JVM or not at all.
 */
public final class LockGraph implements LockCycles {

    private static final Logger LOG = LoggerFactory.getLogger(LockGraph.class);
    private static final int MAX_CYCLES = 20;
    /** A chain of waits longer than this is not followed to its end. */
    private static final int MAX_PATH = 500;

    private final ThreadView platform;
    private final VirtualThreads virtual;
    private final List<WaitQueue> queues;
    private final ReadHolds holds;

    /** @param opener opens the JDK's packages to us; without it nothing is found */
    public LockGraph(ThreadView platform, ModuleOpener opener) {
        this.platform = platform;
        for (String name : new String[] {"java.lang", "java.util.concurrent.locks"}) {
            opener.open(Object.class.getModule(), name);
        }
        this.virtual = new VirtualThreads(opener);
        List<WaitQueue> found = List.of();
        ReadHolds readHolds = null;
        try {
            readHolds = new ReadHolds();
            found = WaitQueue.all();
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.info("java.util.concurrent.locks: deadlocks of read locks and virtual threads are not seen, {}", e.toString());
        }
        this.queues = found;
        this.holds = readHolds;
    }

    /**
     * A cycle of waits; each for the thread of the next one, the last for the first.
     *
     * @param kinds of the waits, as in {@link LockCycles.Member}
     */
    public record Cycle(List<LockWait> waits, List<String> kinds) {

        /** The ids of its threads, in order; negative for virtual ones. */
        public List<Long> threadIds() {
            return waits.stream().map(LockWait::threadId).toList();
        }
    }

    @Override
    public List<List<Member>> cycles() {
        return find().stream().map(LockGraph::members).toList();
    }

    /** The cycles that stand now and that the JVM does not report. */
    public List<Cycle> find() {
        Snapshot snapshot = new Snapshot(Set.of());
        List<Cycle> cycles = new ArrayList<>();
        for (List<Waiter> cycle : snapshot.cycles()) {
            if (cycle.stream().anyMatch(snapshot::isBeyondJvm)) {
                List<LockWait> waits = cycle.stream().map(Waiter::asWait).toList();
                // All waits began before the first hold was read and last until now, so they lasted together.
                if (waits.stream().noneMatch(LockWait::isOver)) {
                    cycles.add(new Cycle(waits, cycle.stream().map(snapshot::kind).toList()));
                }
            }
        }
        return cycles;
    }

    /** Whether that wait still lasts and that thread still stands in its way. */
    public boolean isHeldUpBy(LockWait wait, Thread other) {
        Snapshot snapshot = new Snapshot(Set.of(other));
        Waiter waiter = snapshot.waiters.get(wait.thread());
        return waiter != null && waiter.node() == wait.node() && snapshot.waitsFor(waiter).contains(other);
    }

    private static List<Member> members(Cycle cycle) {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < cycle.waits().size(); i++) {
            LockWait wait = cycle.waits().get(i);
            members.add(new Member(wait.threadId(), wait.name(), wait.lock(), cycle.kinds().get(i),
                    wait.thread().getState() == Thread.State.TIMED_WAITING, AppFrames.top(wait.stack()), ""));
        }
        return members;
    }

    /**
     * One thread in a queue.
     *
     * @param writerAhead the next one before it in the queue who wants the lock for itself alone; {@code null} for none
     */
    private record Waiter(Thread thread, Object synchronizer, WaitQueue queue, Object node, boolean shared,
            Thread writerAhead) {

        LockWait asWait() {
            return new LockWait(thread, synchronizer, queue, node);
        }
    }

    /** What is true at one moment, as far as anybody waits. */
    private final class Snapshot {

        private final Map<Thread, Waiter> waiters = new IdentityHashMap<>();
        private final Map<Object, List<Thread>> readers;

        /** @param others who may hold something besides those that wait */
        Snapshot(Set<Thread> others) {
            Map<Object, WaitQueue> contended = new IdentityHashMap<>();
            Stream.concat(platform.all().stream(), virtual.all().stream()).forEach(thread -> {
                Object blocker = LockSupport.getBlocker(thread);
                for (WaitQueue queue : queues) {
                    if (blocker != null && queue.isFor(blocker)) {
                        contended.put(blocker, queue);
                    }
                }
            });
            List<Object> read = new ArrayList<>();
            contended.keySet().stream().filter(holds == null ? lock -> false : holds::isRead).forEach(read::add);
            contended.forEach((lock, queue) -> {
                // A latch or a semaphore has no owner: nobody to wait for.
                if (queue.owner(lock) != null || read.contains(lock)) {
                    line(lock, queue);
                }
            });
            Set<Thread> holders = new HashSet<>(waiters.keySet());
            holders.addAll(others);
            readers = read.isEmpty() ? Map.of() : holds.of(read, holders);
        }

        private void line(Object lock, WaitQueue queue) {
            Thread writer = null;
            for (Object node : queue.nodes(lock)) {
                Thread thread = queue.waiter(node);
                if (thread != null) {
                    waiters.put(thread, new Waiter(thread, lock, queue, node, queue.isShared(node), writer));
                    writer = queue.isShared(node) ? writer : thread;
                }
            }
        }

        List<Thread> waitsFor(Waiter waiter) {
            Thread owner = waiter.queue().owner(waiter.synchronizer());
            if (owner != null) {
                return List.of(owner);
            }
            if (!readers.containsKey(waiter.synchronizer())) {
                return List.of();
            }
            return !waiter.shared() ? readers.get(waiter.synchronizer())
                    : waiter.writerAhead() == null ? List.of() : List.of(waiter.writerAhead());
        }

        String kind(Waiter waiter) {
            return readers.containsKey(waiter.synchronizer()) ? READ_LOCK : SYNCHRONIZER;
        }

        boolean isBeyondJvm(Waiter waiter) {
            return kind(waiter).equals(READ_LOCK) || Jdk.threadId(waiter.thread()) < 0;
        }

        /** Each cycle once, the thread with the smallest id first. */
        List<List<Waiter>> cycles() {
            List<List<Waiter>> cycles = new ArrayList<>();
            Set<Thread> done = new HashSet<>();
            for (Waiter start : waiters.values()) {
                List<Waiter> path = new ArrayList<>();
                search(start, path, new HashMap<>(), done, cycles);
            }
            return cycles;
        }

        /** Depth first; a thread that was left behind is in no cycle that is not known yet. */
        private void search(Waiter waiter, List<Waiter> path, Map<Thread, Integer> places, Set<Thread> done,
                List<List<Waiter>> cycles) {
            Integer place = places.get(waiter.thread());
            if (place != null) {
                if (cycles.size() < MAX_CYCLES) {
                    cycles.add(rotated(path.subList(place, path.size())));
                }
                return;
            }
            if (done.contains(waiter.thread()) || path.size() > MAX_PATH) {
                return;
            }
            places.put(waiter.thread(), path.size());
            path.add(waiter);
            for (Thread next : waitsFor(waiter)) {
                Waiter following = waiters.get(next);
                if (following != null) {
                    search(following, path, places, done, cycles);
                }
            }
            path.remove(path.size() - 1);
            places.remove(waiter.thread());
            done.add(waiter.thread());
        }

        private List<Waiter> rotated(List<Waiter> cycle) {
            Waiter first = cycle.stream().min(Comparator.comparingLong(each -> Math.abs(Jdk.threadId(each.thread()))))
                    .orElseThrow();
            int start = cycle.indexOf(first);
            List<Waiter> rotated = new ArrayList<>(cycle.subList(start, cycle.size()));
            rotated.addAll(cycle.subList(0, start));
            return List.copyOf(rotated);
        }
    }
}
