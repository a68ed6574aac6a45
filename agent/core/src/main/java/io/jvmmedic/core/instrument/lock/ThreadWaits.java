package io.jvmmedic.core.instrument.lock;

import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.Leases;
import io.jvmmedic.core.resource.ResourceHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.resource.ThreadWait;
import io.jvmmedic.core.resource.ThreadWait.Kind;
import io.jvmmedic.core.resource.WaitView;
import io.jvmmedic.core.resource.Waiter;
import io.jvmmedic.core.util.Jdk;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Follows the waits from the threads of jammed executors and pools: to the queue the awaited task stands in, to the thread
 * that runs it, to the owner of the lock or monitor, to the holders of the pool or of the HTTP connections. Reads what threads are parked on and asks
 * the JVM for the owners of monitors only; no stack is taken.
 */
public final class ThreadWaits implements WaitView {

    /** What hangs together with a jam is followed this far; whoever is beyond counts as going on. */
    private static final int MAX_THREADS = 2_000;

    private final ResourceRegistry registry;
    private final ThreadView threads;
    private final LockGraph locks;
    private final TaskRunners runners = new TaskRunners();
    private final MonitorOwners monitors = MonitorOwners.ofThisJvm();
    private final Joins joins = new Joins();

    /** @param locks whose queues and holds are read */
    public ThreadWaits(ResourceRegistry registry, ThreadView threads, LockGraph locks) {
        this.registry = registry;
        this.threads = threads;
        this.locks = locks;
    }

    @Override
    public List<ThreadWait> of(Collection<? extends ResourceHandle> jammed) {
        return jammed.isEmpty() ? List.of() : new Look(jammed).follow();
    }

    @Override
    public List<Thread> threads(Collection<Long> ids) {
        Map<Long, Thread> virtual = ids.stream().anyMatch(id -> id < 0) ? locks.virtualById() : Map.of();
        return ids.stream().map(id -> id < 0 ? virtual.get(id) : threads.byId(id)).filter(Objects::nonNull).toList();
    }

    /** What is true at one moment, as far as it hangs together with the jam. */
    private final class Look {

        private final Leases leases = registry.leases();
        private final Map<Thread, ExecutorHandle> worksFor = new IdentityHashMap<>();
        private final Map<ExecutorHandle, ExecutorHandle.Queue> queues = new LinkedHashMap<>();
        private final Map<Long, Waiter> poolWaiters = new HashMap<>();
        private final Set<ResourceHandle> opened = new HashSet<>();
        private final Map<Thread, ThreadWait> waits = new LinkedHashMap<>();
        private final Set<Thread> seen = new HashSet<>();
        private final Deque<Thread> open = new ArrayDeque<>();
        private final List<Thread> blocked = new ArrayList<>();
        private final List<Thread> mayJoin = new ArrayList<>();
        /** By what those who wait are parked on; {@code null} until the first one may be. */
        private Map<Object, Thread> latches;
        private Map<Long, Thread> virtual;

        Look(Collection<? extends ResourceHandle> jammed) {
            for (ExecutorHandle executor : registry.executors()) {
                executor.workers().forEach(worker -> worksFor.put(worker, executor));
            }
            leases.waiters().forEach(waiter -> poolWaiters.put(waiter.threadId(), waiter));
            for (ResourceHandle resource : jammed) {
                if (resource instanceof ExecutorHandle executor) {
                    queues.put(executor, executor.queue());
                }
            }
            jammed.forEach(this::open);
        }

        /** Its workers, or its holders and those who wait for it, are to be looked at. */
        private void open(ResourceHandle resource) {
            if (!opened.add(resource)) {
                return;
            }
            if (resource instanceof ExecutorHandle executor) {
                executor.workers().forEach(this::open);
            } else {
                for (Lease.View lease : leases.of(resource)) {
                    open(byId(lease.threadId()));
                }
                poolWaiters.values().stream().filter(waiter -> waiter.resource() == resource)
                        .forEach(waiter -> open(waiter.thread()));
            }
        }

        private void open(Thread thread) {
            if (thread != null && seen.size() < MAX_THREADS && seen.add(thread)) {
                open.add(thread);
            }
        }

        private Thread byId(long id) {
            if (id >= 0) {
                return threads.byId(id);
            }
            if (virtual == null) {
                virtual = locks.virtualById();
            }
            return virtual.get(id);
        }

        List<ThreadWait> follow() {
            while (!open.isEmpty()) {
                while (!open.isEmpty()) {
                    Thread thread = open.remove();
                    ThreadWait wait = look(thread);
                    if (wait != null) {
                        add(wait);
                    }
                }
                askForMonitors();
                askForJoins();
            }
            return List.copyOf(waits.values());
        }

        private void add(ThreadWait wait) {
            waits.put(wait.thread(), wait);
            wait.holders().forEach(this::open);
            if (wait.slotOf() != null) {
                open(wait.slotOf());
            }
        }

        private void askForMonitors() {
            Map<Long, MonitorOwners.Held> held = monitors.of(blocked);
            for (Thread thread : blocked) {
                MonitorOwners.Held monitor = held.get(Jdk.threadId(thread));
                Thread owner = monitor == null ? null : threads.byId(monitor.owner());
                if (owner != null) {
                    add(new ThreadWait(thread, Kind.MONITOR, monitor.lock(), worksFor.get(thread), null, -1,
                            List.of(owner), true, false));
                }
            }
            blocked.clear();
        }

        private void askForJoins() {
            joins.of(mayJoin, threads.all()).forEach((thread, joined) -> add(joining(thread, joined, isTimed(thread))));
            mayJoin.clear();
        }

        private ThreadWait joining(Thread thread, Thread joined, boolean timed) {
            return new ThreadWait(thread, Kind.JOIN, LockGraph.describe(joined), worksFor.get(thread), null, -1,
                    List.of(joined), true, timed);
        }

        private static boolean isTimed(Thread thread) {
            return thread.getState() == Thread.State.TIMED_WAITING;
        }

        /** {@code null} for one that does not wait, or is asked about later. */
        private ThreadWait look(Thread thread) {
            Thread.State state = thread.getState();
            if (state == Thread.State.BLOCKED) {
                blocked.add(thread);
                return null;
            }
            if (state != Thread.State.WAITING && state != Thread.State.TIMED_WAITING) {
                return null;
            }
            boolean timed = state == Thread.State.TIMED_WAITING;
            Waiter waiter = poolWaiters.get(Jdk.threadId(thread));
            if (waiter != null) {
                ResourceHandle pool = waiter.resource();
                return new ThreadWait(thread, Kind.POOL, pool.id().toString(), worksFor.get(thread), pool, -1, List.of(), true,
                        timed);
            }
            Object blocker = LockSupport.getBlocker(thread);
            if (blocker == null && Joins.mayJoin(thread)) {
                mayJoin.add(thread);
                return null;
            }
            ThreadWait wait = blocker == null ? null : parked(thread, blocker, timed);
            // Woken up in between: what was read does not belong together.
            return LockSupport.getBlocker(thread) == blocker ? wait : null;
        }

        private ThreadWait parked(Thread thread, Object blocker, boolean timed) {
            String name = LockGraph.describe(blocker);
            ExecutorHandle own = worksFor.get(thread);
            for (Map.Entry<ExecutorHandle, ExecutorHandle.Queue> queue : queues.entrySet()) {
                int position = queue.getValue().position(blocker);
                if (position >= 0) {
                    return new ThreadWait(thread, Kind.QUEUED_TASK, name, own, queue.getKey(), position, List.of(), true, timed);
                }
            }
            Thread runner = runners.of(blocker);
            if (runner != null) {
                return new ThreadWait(thread, Kind.RUNNING_TASK, name, own, null, -1, List.of(runner), true, timed);
            }
            Thread owner = locks.owner(blocker);
            if (owner != null) {
                return new ThreadWait(thread, Kind.SYNCHRONIZER, name, own, null, -1, List.of(owner), true, timed);
            }
            List<Thread> readers = locks.readers(blocker, seen);
            if (!readers.isEmpty()) {
                return new ThreadWait(thread, Kind.READ_LOCK, name, own, null, -1, readers, true, timed);
            }
            Kind kind = kind(blocker);
            if (kind == Kind.LATCH) {
                latches = latches == null ? locks.latchesOfJoins() : latches;
                Thread joined = latches.get(blocker);
                if (joined != null && joined != thread) {
                    return joining(thread, joined, timed);
                }
            }
            return unowned(kind, thread, blocker, timed);
        }

        /** Nobody is known to hold it; perhaps a task that cannot start refers to it. */
        private ThreadWait unowned(Kind kind, Thread thread, Object blocker, boolean timed) {
            for (Map.Entry<ExecutorHandle, ExecutorHandle.Queue> queue : queues.entrySet()) {
                int position = kind == Kind.OTHER ? -1 : queue.getValue().reference(blocker);
                if (position >= 0) {
                    String name = LockGraph.describe(queue.getValue().behind(blocker));
                    return new ThreadWait(thread, kind, name, worksFor.get(thread), queue.getKey(), position, List.of(), false,
                            timed);
                }
            }
            ExecutorHandle reaching = kind == Kind.CONDITION ? null : queues.entrySet().stream()
                    .filter(queue -> queue.getValue().reaches(blocker)).map(Map.Entry::getKey).findFirst().orElse(null);
            return new ThreadWait(thread, kind, LockGraph.describe(blocker), worksFor.get(thread), reaching, -1, List.of(),
                    false, timed);
        }

        private static Kind kind(Object blocker) {
            String type = blocker.getClass().getName();
            if (type.startsWith("java.util.concurrent.CountDownLatch$")) {
                return Kind.LATCH;
            }
            if (type.startsWith("java.util.concurrent.Semaphore$")) {
                return Kind.SEMAPHORE;
            }
            if (type.endsWith("$ConditionObject")) {
                return Kind.CONDITION;
            }
            return type.startsWith("java.util.concurrent.CompletableFuture$") || blocker instanceof Future
                    ? Kind.FUTURE : Kind.OTHER;
        }
    }
}
