package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.instrument.HostContext;
import io.jvmmedic.core.instrument.WeakHandle;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.ExecutorHandle;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

/** What the handles of all executors share: their workers as of the last census, and what those wait for. */
abstract class WorkerHandle<E extends Executor> extends WeakHandle<E> implements ExecutorHandle {

    /** Longer queues are searched this far only; whoever waits for a task beyond has worse problems than that one. */
    static final int MAX_QUEUE = 10_000;
    /** An executor is shown to discoveries in its first rounds: what they look for may be busy at the first. */
    private static final int EAGER_ROUNDS = 3;
    private static final int ROUNDS_PER_LOOK = 10;

    private final JdkMembers jdk;
    private volatile List<Thread> workers = List.of();
    private int round;

    WorkerHandle(E executor, ResourceId id, JdkMembers jdk) {
        super(executor, id);
        this.jdk = jdk;
    }

    final JdkMembers jdk() {
        return jdk;
    }

    /** The executor; {@code null} when collected. */
    final E executor() {
        return hostObject();
    }

    final void census(List<Thread> alive) {
        workers = List.copyOf(alive);
        round++;
        looked();
    }

    /** After each census, on the sampler's thread. */
    void looked() {
        // Most executors have nothing to be watched beyond their counters.
    }

    final boolean isDueForDiscovery() {
        return round <= EAGER_ROUNDS || round % ROUNDS_PER_LOOK == 0;
    }

    /** Queued tasks in the order of the queue, at most {@link #MAX_QUEUE}. */
    abstract List<Object> queued(E executor);

    /** Whether the worker is inside a task. */
    abstract boolean isBusy(Thread worker);

    /** Whether it has ended for good. */
    abstract boolean isTerminated(E executor);

    @Override
    public final boolean alive() {
        E executor = hostObject();
        return executor != null && !isTerminated(executor);
    }

    @Override
    public final List<Thread> workers() {
        return workers;
    }

    /** Exact where the JDK tells what a thread is parked for; a worker that waits for a monitor or for I/O is not listed. */
    @Override
    public List<Blocked> blockedWorkers() {
        E executor = hostObject();
        if (executor == null) {
            return List.of();
        }
        List<Blocked> blocked = new ArrayList<>();
        WaitIndex index = null;
        for (Thread worker : workers) {
            Object blocker = isBusy(worker) ? LockSupport.getBlocker(worker) : null;
            if (blocker != null) {
                if (index == null) {
                    index = new WaitIndex(queued(executor));
                }
                blocked.add(new Blocked(worker, describe(blocker), index.position(blocker)));
            }
        }
        return blocked;
    }

    @Override
    public final Queue queue() {
        E executor = hostObject();
        return executor == null ? blocker -> -1 : new WaitIndex(queued(executor));
    }

    @Override
    public final List<Blocked> parked(Collection<Thread> threads) {
        Queue queue = queue();
        List<Blocked> blocked = new ArrayList<>();
        for (Thread thread : threads) {
            Object blocker = LockSupport.getBlocker(thread);
            if (blocker != null) {
                blocked.add(new Blocked(thread, describe(blocker), queue.position(blocker)));
            }
        }
        return blocked;
    }

    /** Runs a call that may start workers, with the context class loader the present workers have. */
    final void asWorker(HostContext.Call call) throws Throwable {
        ClassLoader loader = workers.stream().map(Thread::getContextClassLoader).filter(found -> found != null)
                .findFirst().orElseGet(ClassLoader::getSystemClassLoader);
        HostContext.with(loader, call);
    }

    static String describe(Object blocker) {
        return blocker.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(blocker));
    }
}
