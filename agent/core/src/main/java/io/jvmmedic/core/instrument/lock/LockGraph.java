package io.jvmmedic.core.instrument.lock;

import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.ThreadContainers;
import io.jvmmedic.core.resource.LockCycles;
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.util.AppFrames;
import io.jvmmedic.core.util.Jdk;
import io.jvmmedic.core.util.Stacks;
import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which thread waits for which other, where the JVM's own search is blind: read locks, which have no owner for it, virtual
 * threads, which it does not know, tasks, of which it does not know who runs them, and threads that are joined. Takes no pause: it reads the queues of
 * the locks and what threads are parked on, and asks the JVM for the owner of a monitor only where a chain leads to one.
 *
 * <p>Every edge is a must: a writer waits for each of the readers, a reader behind a writer waits for that writer, whoever
 * called {@code get} for the thread that runs the task, whoever called {@code join} for that thread. So any cycle is a deadlock.
 */
public final class LockGraph implements LockCycles {

    private static final Logger LOG = LoggerFactory.getLogger(LockGraph.class);
    private static final int MAX_CYCLES = 20;
    private static final int MAX_LOST_WAITERS = 20;
    /** A chain of waits longer than this is not followed to its end. */
    private static final int MAX_PATH = 500;

    private final ThreadView platform;
    private final ThreadContainers virtual;
    private final List<WaitQueue> queues;
    private final ReadHolds holds;
    private final TaskRunners runners;
    private final ForkJoinRunners forkJoin;
    private final MonitorOwners monitors = MonitorOwners.ofThisJvm();
    private final Joins joins = new Joins();
    private final VirtualMonitors virtualMonitors;
    private final ClassInits inits;

    /**
     * @param opener opens the JDK's packages to us; without it nothing is found
     * @param instrumentation knows the loaded classes
     */
    public LockGraph(ThreadView platform, ModuleOpener opener, Instrumentation instrumentation) {
        this.platform = platform;
        for (String name : new String[] {"java.lang", "java.util.concurrent", "java.util.concurrent.locks"}) {
            opener.open(Object.class.getModule(), name);
        }
        this.virtual = new ThreadContainers(opener);
        virtual.blindness().ifPresent(why -> LOG.info("virtual threads: their deadlocks are not seen, {}", why));
        this.runners = new TaskRunners();
        this.forkJoin = new ForkJoinRunners();
        this.virtualMonitors = new VirtualMonitors();
        this.inits = new ClassInits(platform, opener, instrumentation);
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
     * One thread of a cycle.
     *
     * @param lock class and identity of what it waits for
     * @param kind as in {@link LockCycles.Member}
     * @param takenAt frame in which the next one took it; empty if unknown
     * @param lockWait the wait for a lock of {@code java.util.concurrent}; {@code null} where it is for something else
     */
    public record Step(Thread thread, String lock, String kind, StackTraceElement[] stack, String takenAt,
            LockWait lockWait) {

        /** Negative for a virtual thread. */
        public long threadId() {
            return Jdk.threadId(thread);
        }

        /** The thread's name, or what to call it where it has none, as most virtual threads. */
        public String name() {
            return LockWait.name(thread);
        }
    }

    /** A cycle of waits; each for the thread of the next step, the last for the first. */
    public record Cycle(List<Step> steps) {

        /** The ids of its threads, in order; negative for virtual ones. */
        public List<Long> threadIds() {
            return steps.stream().map(Step::threadId).toList();
        }

        /** Those of its waits that are for locks of {@code java.util.concurrent}. */
        public List<LockWait> waits() {
            return steps.stream().map(Step::lockWait).filter(Objects::nonNull).toList();
        }
    }

    @Override
    public Found look() {
        Snapshot snapshot = new Snapshot(Set.of());
        return new Found(find(snapshot).stream().map(LockGraph::members).toList(), snapshot.lost());
    }

    /** The cycles that stand now and that the JVM does not report. */
    public List<Cycle> find() {
        return find(new Snapshot(Set.of()));
    }

    private List<Cycle> find(Snapshot snapshot) {
        List<Cycle> cycles = new ArrayList<>();
        for (List<Edge> cycle : snapshot.cycles()) {
            if (cycle.stream().anyMatch(LockGraph::isBeyondJvm)) {
                List<Step> steps = steps(cycle);
                // All waits began before the first hold was read and last until now, so they lasted together.
                if (cycle.stream().noneMatch(Edge::isOver)
                        && steps.stream().noneMatch(step -> step.kind().equals(JOIN) && !Joins.isIn(step.stack()))) {
                    cycles.add(new Cycle(steps));
                }
            }
        }
        return cycles;
    }

    /** Whether that wait still lasts and that thread still stands in its way. */
    public boolean isHeldUpBy(LockWait wait, Thread other) {
        Edge edge = new Snapshot(Set.of(other)).edges.get(wait.thread());
        return edge instanceof LockEdge lock && lock.node == wait.node() && edge.waitsFor().contains(other);
    }

    /** {@code java.util.concurrent.locks.ReentrantLock$NonfairSync@1b2c}, as the JVM calls it. */
    static String describe(Object blocker) {
        return blocker.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(blocker));
    }

    /** The thread that holds a lock exclusively; {@code null} for nobody, and for what is no lock. */
    Thread owner(Object synchronizer) {
        return queues.stream().filter(queue -> queue.isFor(synchronizer)).findFirst()
                .map(queue -> queue.owner(synchronizer)).orElse(null);
    }

    /** Which of these threads read under a lock; nobody for what is no read-write lock. */
    List<Thread> readers(Object synchronizer, Set<Thread> among) {
        return holds == null || !holds.isRead(synchronizer) ? List.of()
                : holds.of(List.of(synchronizer), among).get(synchronizer);
    }

    /** Whom threads that are parked on these objects wait for to end; only virtual threads are joined that way. */
    Map<Object, Thread> latchesOfJoins() {
        return joins.latches(virtual.all(platform.all()));
    }

    /** The virtual threads alive now by their negative ids; none where they cannot be seen. */
    Map<Long, Thread> virtualById() {
        Map<Long, Thread> byId = new HashMap<>();
        virtual.all(platform.all()).forEach(thread -> byId.put(Jdk.threadId(thread), thread));
        return byId;
    }

    private static List<Step> steps(List<? extends Edge> edges) {
        Map<Thread, StackTraceElement[]> stacks = Stacks.of(edges.stream().map(Edge::thread).toList());
        return edges.stream().map(edge -> new Step(edge.thread(), edge.lock(), edge.kind(), stacks.get(edge.thread()),
                edge.takenAt(), edge instanceof LockEdge lock ? lock.asWait(stacks.get(edge.thread())) : null)).toList();
    }

    private static boolean isBeyondJvm(Edge edge) {
        return !edge.kind().equals(SYNCHRONIZER) && !edge.kind().equals(MONITOR) || Jdk.threadId(edge.thread) < 0;
    }

    private static List<Member> members(Cycle cycle) {
        List<Member> members = new ArrayList<>();
        Step previous = cycle.steps().get(cycle.steps().size() - 1);
        for (Step step : cycle.steps()) {
            members.add(member(step,
                    previous.kind().equals(CLASS) ? initializedAt(step.stack(), previous.lock()) : previous.takenAt()));
            previous = step;
        }
        return members;
    }

    private static Member member(Step step, String holdsAt) {
        return new Member(step.threadId(), step.name(), step.lock(), step.kind(),
                step.thread().getState() == Thread.State.TIMED_WAITING, AppFrames.top(step.stack()),
                AppFrames.calledByTop(step.stack()), holdsAt);
    }

    private static String initializedAt(StackTraceElement[] stack, String type) {
        return Arrays.stream(stack)
                .filter(frame -> frame.getMethodName().equals("<clinit>") && frame.getClassName().equals(type))
                .findFirst().map(AppFrames::text).orElse("");
    }

    /** One thread that waits for others. */
    private abstract static class Edge {

        private final Thread thread;

        Edge(Thread thread) {
            this.thread = thread;
        }

        final Thread thread() {
            return thread;
        }

        abstract String lock();

        abstract String kind();

        /** Who must all give way. */
        abstract List<Thread> waitsFor();

        /** Frame in which that one took it; empty if unknown. */
        String takenAt() {
            return "";
        }

        abstract boolean isOver();
    }

    /** Called {@code get}, and another thread runs the task. */
    private class TaskEdge extends Edge {

        private final Object task;
        private final List<Thread> runBy;

        TaskEdge(Thread thread, Object task, List<Thread> runBy) {
            super(thread);
            this.task = task;
            this.runBy = runBy;
        }

        /** Who runs it now, as {@link #waitsFor} said when it was looked at. */
        List<Thread> runBy(Object waitedFor) {
            Thread runner = runners.of(waitedFor);
            return runner == null ? List.of() : List.of(runner);
        }

        @Override
        final String lock() {
            return describe(task);
        }

        @Override
        final String kind() {
            return TASK;
        }

        @Override
        final List<Thread> waitsFor() {
            return runBy;
        }

        @Override
        final boolean isOver() {
            return LockSupport.getBlocker(thread()) != task || !Set.copyOf(runBy(task)).equals(Set.copyOf(runBy));
        }
    }

    /**
     * Waits for a task of a fork-join pool, which one of its busy workers will complete. Only an edge while none of them has a
     * way round this thread.
     */
    private final class ForkJoinEdge extends TaskEdge {

        ForkJoinEdge(Thread thread, Object task, List<Thread> workers) {
            super(thread, task, workers);
        }

        @Override
        List<Thread> runBy(Object waitedFor) {
            return forkJoin.of(thread(), waitedFor, platform.all());
        }
    }

    /** Called {@code join} on another thread. */
    private final class JoinEdge extends Edge {

        private final Thread joined;
        /** What it is parked on; {@code null} where it waits on the other thread itself. */
        private final Object blocker;

        JoinEdge(Thread thread, Thread joined, Object blocker) {
            super(thread);
            this.joined = joined;
            this.blocker = blocker;
        }

        @Override
        String lock() {
            return describe(joined);
        }

        @Override
        String kind() {
            return JOIN;
        }

        @Override
        List<Thread> waitsFor() {
            return List.of(joined);
        }

        @Override
        boolean isOver() {
            return blocker == null ? !Joins.lasts(thread(), joined) : LockSupport.getBlocker(thread()) != blocker;
        }
    }

    /** Stands at a class that another thread initializes. */
    private final class ClassEdge extends Edge {

        private final ClassInits.Wait wait;

        ClassEdge(ClassInits.Wait wait) {
            super(wait.thread());
            this.wait = wait;
        }

        @Override
        String lock() {
            return wait.wanted();
        }

        @Override
        String kind() {
            return CLASS;
        }

        @Override
        List<Thread> waitsFor() {
            return List.of(wait.initializer());
        }

        @Override
        boolean isOver() {
            return !inits.lasts(wait);
        }
    }

    /** Is blocked on a monitor. */
    private final class MonitorEdge extends Edge {

        private final MonitorOwners.Held held;
        private final Thread owner;

        MonitorEdge(Thread thread, MonitorOwners.Held held, Thread owner) {
            super(thread);
            this.held = held;
            this.owner = owner;
        }

        @Override
        String lock() {
            return held.lock();
        }

        @Override
        String kind() {
            return MONITOR;
        }

        @Override
        List<Thread> waitsFor() {
            return List.of(owner);
        }

        @Override
        boolean isOver() {
            return !held.equals(monitors.of(List.of(thread())).get(Jdk.threadId(thread())));
        }
    }

    /** Virtual, and blocked on a monitor. */
    private final class VirtualMonitorEdge extends Edge {

        private final VirtualMonitors.Held held;

        VirtualMonitorEdge(VirtualMonitors.Held held) {
            super(held.thread());
            this.held = held;
        }

        @Override
        String lock() {
            return describe(held.monitor());
        }

        @Override
        String kind() {
            return MONITOR;
        }

        @Override
        List<Thread> waitsFor() {
            return List.of(held.owner());
        }

        @Override
        String takenAt() {
            return held.takenAt();
        }

        @Override
        boolean isOver() {
            return !virtualMonitors.lasts(held);
        }
    }

    /** Stands in the queue of a lock. */
    private final class LockEdge extends Edge {

        private final Object synchronizer;
        private final WaitQueue queue;
        private final Object node;
        /** The next one before it in the queue who wants the lock for itself alone; {@code null} for none. */
        private final Thread writerAhead;
        private final Map<Object, List<Thread>> readers;

        LockEdge(Thread thread, Object synchronizer, WaitQueue queue, Object node, Thread writerAhead,
                Map<Object, List<Thread>> readers) {
            super(thread);
            this.synchronizer = synchronizer;
            this.queue = queue;
            this.node = node;
            this.writerAhead = writerAhead;
            this.readers = readers;
        }

        LockWait asWait(StackTraceElement[] stack) {
            return new LockWait(thread(), synchronizer, queue, node, stack);
        }

        @Override
        String lock() {
            return describe(synchronizer);
        }

        @Override
        String kind() {
            return readers.containsKey(synchronizer) ? READ_LOCK : SYNCHRONIZER;
        }

        @Override
        List<Thread> waitsFor() {
            Thread owner = queue.owner(synchronizer);
            if (owner != null) {
                return List.of(owner);
            }
            if (!readers.containsKey(synchronizer)) {
                return List.of();
            }
            return !queue.isShared(node) ? readers.get(synchronizer)
                    : writerAhead == null ? List.of() : List.of(writerAhead);
        }

        @Override
        boolean isOver() {
            return !queue.isWaiting(node, thread());
        }
    }

    /** What is true at one moment, as far as anybody waits. */
    private final class Snapshot {

        private final Map<Thread, Edge> edges = new IdentityHashMap<>();
        private final Map<Object, List<Thread>> readers = new IdentityHashMap<>();

        /** @param others who may hold something besides those that wait */
        Snapshot(Set<Thread> others) {
            Map<Object, WaitQueue> contended = new IdentityHashMap<>();
            List<Thread> blocked = new ArrayList<>();
            List<Thread> mayJoin = new ArrayList<>();
            Collection<Thread> virtualThreads = virtual.all(platform.all());
            Map<Object, Thread> latches = joins.latches(virtualThreads);
            Stream.concat(platform.all().stream(), virtualThreads.stream()).forEach(thread -> {
                Object blocker = LockSupport.getBlocker(thread);
                if (blocker == null) {
                    if (thread.getState() == Thread.State.BLOCKED) {
                        blocked.add(thread);
                    } else if (Joins.mayJoin(thread)) {
                        mayJoin.add(thread);
                    }
                    return;
                }
                if (latches.containsKey(blocker) && latches.get(blocker) != thread) {
                    edges.put(thread, new JoinEdge(thread, latches.get(blocker), blocker));
                }
                for (WaitQueue queue : queues) {
                    if (queue.isFor(blocker)) {
                        contended.put(blocker, queue);
                    }
                }
                Thread runner = runners.of(blocker);
                if (runner != null) {
                    edges.put(thread, new TaskEdge(thread, blocker, List.of(runner)));
                }
                List<Thread> workers = forkJoin.of(thread, blocker, platform.all());
                if (!workers.isEmpty()) {
                    edges.put(thread, new ForkJoinEdge(thread, blocker, workers));
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
            if (!read.isEmpty()) {
                Set<Thread> holders = new HashSet<>(edges.keySet());
                holders.addAll(others);
                readers.putAll(holds.of(read, holders));
            }
            joins.of(mayJoin, platform.all()).forEach((thread, joined) ->
                    edges.put(thread, new JoinEdge(thread, joined, null)));
            virtualMonitors.of(blocked, edges.keySet())
                    .forEach(held -> edges.put(held.thread(), new VirtualMonitorEdge(held)));
            blocked.addAll(edges.keySet());
            inits.look(blocked).forEach(wait -> edges.put(wait.thread(), new ClassEdge(wait)));
            followMonitors();
            dropThoseWithAWayOut();
        }

        /** One worker that can go on may complete the task; and an edge that falls opens the way for others. */
        private void dropThoseWithAWayOut() {
            boolean dropped;
            do {
                dropped = edges.values().removeIf(edge -> edge instanceof ForkJoinEdge
                        && !edge.waitsFor().stream().allMatch(worker -> leadsTo(worker, edge.thread(), new HashSet<>())));
            } while (dropped);
        }

        private boolean leadsTo(Thread from, Thread to, Set<Thread> seen) {
            Edge edge = edges.get(from);
            return edge != null && seen.add(from) && seen.size() < MAX_PATH && edge.waitsFor().stream()
                    .anyMatch(next -> next == to || leadsTo(next, to, seen));
        }

        private void line(Object lock, WaitQueue queue) {
            Thread writer = null;
            for (Object node : queue.nodes(lock)) {
                Thread thread = queue.waiter(node);
                if (thread != null) {
                    edges.put(thread, new LockEdge(thread, lock, queue, node, writer, readers));
                    writer = queue.isShared(node) ? writer : thread;
                }
            }
        }

        /** Where a chain of waits ends at a thread that is blocked on a monitor it goes on with the owner of that. */
        private void followMonitors() {
            Set<Thread> asked = new HashSet<>();
            List<Thread> ends = ends(asked, edges.values());
            while (!ends.isEmpty()) {
                Map<Long, MonitorOwners.Held> held = monitors.of(ends);
                List<Edge> found = new ArrayList<>();
                for (Thread end : ends) {
                    MonitorOwners.Held monitor = held.get(Jdk.threadId(end));
                    Thread owner = monitor == null ? null : ownerOf(monitor);
                    if (owner != null) {
                        found.add(new MonitorEdge(end, monitor, owner));
                    }
                }
                found.forEach(edge -> edges.put(edge.thread(), edge));
                ends = ends(asked, found);
            }
        }

        private Thread ownerOf(MonitorOwners.Held monitor) {
            Thread owner = platform.byId(monitor.owner());
            // The JVM tells the number of a virtual thread as well, and no more of it.
            return owner != null ? owner : edges.keySet().stream()
                    .filter(thread -> Jdk.threadId(thread) == -monitor.owner()).findFirst().orElse(null);
        }

        private List<Thread> ends(Set<Thread> asked, Collection<Edge> from) {
            return from.stream().flatMap(edge -> edge.waitsFor().stream())
                    .filter(thread -> !edges.containsKey(thread) && thread.getState() == Thread.State.BLOCKED)
                    .filter(asked::add).toList();
        }

        /** Locks of the JDK alone: who may release another one is not known. */
        List<Lost> lost() {
            Map<Object, List<LockEdge>> byLock = new IdentityHashMap<>();
            for (Edge edge : edges.values()) {
                if (edge instanceof LockEdge lock && LockWait.isOfJdk(lock.synchronizer)) {
                    byLock.computeIfAbsent(lock.synchronizer, key -> new ArrayList<>()).add(lock);
                }
            }
            List<Lost> lost = new ArrayList<>();
            byLock.forEach((synchronizer, waiters) -> {
                Thread owner = owner(synchronizer);
                if (owner != null && owner.getState() == Thread.State.TERMINATED) {
                    List<LockEdge> told = waiters.subList(0, Math.min(waiters.size(), MAX_LOST_WAITERS));
                    lost.add(new Lost(describe(synchronizer), LockWait.name(owner), Jdk.threadId(owner),
                            steps(told).stream().map(step -> member(step, "")).toList()));
                }
            });
            return lost;
        }

        /** Each cycle once, the thread with the smallest id first. */
        List<List<Edge>> cycles() {
            List<List<Edge>> cycles = new ArrayList<>();
            Set<Thread> done = new HashSet<>();
            for (Edge start : edges.values()) {
                search(start, new ArrayList<>(), new HashMap<>(), done, cycles);
            }
            return cycles;
        }

        /** Depth first; a thread that was left behind is in no cycle that is not known yet. */
        private void search(Edge edge, List<Edge> path, Map<Thread, Integer> places, Set<Thread> done,
                List<List<Edge>> cycles) {
            Integer place = places.get(edge.thread());
            if (place != null) {
                if (cycles.size() < MAX_CYCLES) {
                    cycles.add(rotated(path.subList(place, path.size())));
                }
                return;
            }
            if (done.contains(edge.thread()) || path.size() > MAX_PATH) {
                return;
            }
            places.put(edge.thread(), path.size());
            path.add(edge);
            for (Thread next : edge.waitsFor()) {
                Edge following = edges.get(next);
                if (following != null) {
                    search(following, path, places, done, cycles);
                }
            }
            path.remove(path.size() - 1);
            places.remove(edge.thread());
            done.add(edge.thread());
        }

        private static List<Edge> rotated(List<Edge> cycle) {
            Edge first = cycle.stream().min(Comparator.comparingLong(each -> Math.abs(Jdk.threadId(each.thread()))))
                    .orElseThrow();
            int start = cycle.indexOf(first);
            List<Edge> rotated = new ArrayList<>(cycle.subList(start, cycle.size()));
            rotated.addAll(cycle.subList(0, start));
            return List.copyOf(rotated);
        }
    }
}
