package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.ResourceHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Jdk;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;

/** A {@code ForkJoinPool}, the common one included. */
final class ForkJoinHandle extends WorkerHandle<ForkJoinPool> {

    private static final String FIXED = "the parallelism of a ForkJoinPool cannot be changed before Java 19";

    /** Makes handles named after the family of their threads. */
    record Factory(String family, JdkMembers jdk) implements HandleFactory {
        @Override
        public ResourceHandle open(Object executor, ResourceRegistry registry) {
            return new ForkJoinHandle((ForkJoinPool) executor,
                    registry.uniqueId(ResourceId.Kind.EXECUTOR, family), jdk);
        }
    }

    private final ForkJoinProgress progress;

    private ForkJoinHandle(ForkJoinPool executor, ResourceId id, JdkMembers jdk) {
        super(executor, id, jdk);
        progress = new ForkJoinProgress(jdk);
    }

    @Override
    public String library() {
        return "ForkJoinPool";
    }

    @Override
    public State state() {
        ForkJoinPool pool = executor();
        return pool == null ? null : stateOf(pool, progress);
    }

    static State stateOf(ForkJoinPool pool, ForkJoinProgress progress) {
        long queued = pool.getQueuedTaskCount() + pool.getQueuedSubmissionCount();
        return new State(pool.getActiveThreadCount(), pool.getPoolSize(), pool.getParallelism(), pool.getParallelism(),
                (int) Math.min(Integer.MAX_VALUE, queued), progress.of(pool), pool.isShutdown());
    }

    @Override
    List<Object> queued(ForkJoinPool pool) {
        return jdk().queued(pool, MAX_QUEUE);
    }

    @Override
    boolean isTerminated(ForkJoinPool pool) {
        return pool.isTerminated();
    }

    /** An idle worker is parked on its pool. */
    @Override
    boolean isBusy(Thread worker) {
        ForkJoinPool pool = executor();
        return pool != null && LockSupport.getBlocker(worker) != pool;
    }

    @Override
    public Lever<Integer> grow() {
        if (!Jdk.canSetParallelism()) {
            return Lever.absent(FIXED);
        }
        return Lever.of("ForkJoinPool.setParallelism", size -> {
            ForkJoinPool pool = required();
            asWorker(() -> {
                int before = Jdk.setParallelism(pool, size);
                // The pool starts workers on submission only.
                for (int i = before; i < size; i++) {
                    pool.execute(new FutureTask<>(Object::new));
                }
            });
        });
    }

    @Override
    public Lever<Size> restore() {
        if (!Jdk.canSetParallelism()) {
            return Lever.absent(FIXED);
        }
        return Lever.of("ForkJoinPool.setParallelism", size -> Jdk.setParallelism(required(), size.core()));
    }
}
