package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolLibraries;
import io.jvmmedic.core.resource.ResourceHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/** A {@code ThreadPoolExecutor} or one that is scheduled. */
final class ThreadPoolHandle extends WorkerHandle<ThreadPoolExecutor> {

    /** Makes handles named after the family of their threads. */
    record Factory(String family, JdkMembers jdk) implements HandleFactory {
        @Override
        public ResourceHandle open(Object executor, ResourceRegistry registry) {
            return new ThreadPoolHandle((ThreadPoolExecutor) executor,
                    registry.uniqueId(ResourceId.Kind.EXECUTOR, family), jdk);
        }
    }

    private final boolean ofPool;
    private State last;

    private ThreadPoolHandle(ThreadPoolExecutor executor, ResourceId id, JdkMembers jdk) {
        super(executor, id, jdk);
        ofPool = Stream.of(executor, executor.getThreadFactory(), executor.getQueue(), executor.getRejectedExecutionHandler())
                .anyMatch(part -> PoolLibraries.include(part.getClass().getName()));
    }

    @Override
    public String library() {
        return executor() instanceof ScheduledThreadPoolExecutor ? "ScheduledThreadPoolExecutor" : "ThreadPoolExecutor";
    }

    @Override
    public boolean ofPool() {
        return ofPool;
    }

    /**
     * Counting takes the pool's main lock, which a thread factory that hangs can hold for ever: when it is not free at
     * once, the last state stands for another round.
     */
    @Override
    public synchronized State state() {
        ThreadPoolExecutor executor = executor();
        if (executor == null) {
            return null;
        }
        ReentrantLock lock = jdk().mainLock(executor);
        if (lock != null && !lock.tryLock()) {
            return last;
        }
        try {
            last = count(executor);
        } finally {
            if (lock != null) {
                lock.unlock();
            }
        }
        return last;
    }

    private State count(ThreadPoolExecutor executor) {
        int active = executor.getActiveCount();
        int size = executor.getPoolSize();
        int core = executor.getCorePoolSize();
        boolean scheduled = executor instanceof ScheduledThreadPoolExecutor;
        // A scheduled one never goes beyond core, and tasks whose time has not come are not waiting for a worker.
        int max = scheduled ? core : executor.getMaximumPoolSize();
        int queued = scheduled ? (active >= core ? due(executor) : 0) : executor.getQueue().size();
        return new State(active, size, core, max, queued, executor.getCompletedTaskCount(), executor.isShutdown());
    }

    private static int due(ThreadPoolExecutor executor) {
        int due = 0;
        int seen = 0;
        for (Runnable task : executor.getQueue()) {
            if (seen++ == MAX_QUEUE) {
                break;
            }
            if (task instanceof Delayed delayed && delayed.getDelay(TimeUnit.NANOSECONDS) <= 0) {
                due++;
            }
        }
        return due;
    }

    @Override
    List<Object> queued(ThreadPoolExecutor executor) {
        List<Object> tasks = new ArrayList<>();
        for (Runnable task : executor.getQueue()) {
            if (tasks.size() == MAX_QUEUE) {
                break;
            }
            tasks.add(task);
        }
        return tasks;
    }

    @Override
    boolean isBusy(Thread worker) {
        return jdk().isRunningTask(worker);
    }

    /**
     * Maximum first, then core: behind an unbounded queue only a higher core starts workers. Never lowers anything; that
     * is {@link #restore()}.
     */
    @Override
    public Lever<Integer> grow() {
        return Lever.of("ThreadPoolExecutor.setCorePoolSize", size -> {
            ThreadPoolExecutor executor = required();
            asWorker(() -> {
                if (size > executor.getMaximumPoolSize()) {
                    executor.setMaximumPoolSize(size);
                }
                if (size > executor.getCorePoolSize()) {
                    executor.setCorePoolSize(size);
                }
                while (executor.getPoolSize() < size && executor.prestartCoreThread()) {
                    // Each call starts one worker.
                }
            });
        });
    }

    /** A scheduled one has no use for a maximum, and {@link #state()} tells its core instead: that is not to be set. */
    @Override
    public Lever<Size> restore() {
        return Lever.of("ThreadPoolExecutor.setCorePoolSize", size -> {
            ThreadPoolExecutor executor = required();
            executor.setCorePoolSize(size.core());
            if (!(executor instanceof ScheduledThreadPoolExecutor)) {
                executor.setMaximumPoolSize(size.max());
            }
        });
    }
}
