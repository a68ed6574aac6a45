package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.instrument.Members;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * The future of the task that a worker runs: the one object that can interrupt this task and no other. The pool does not
 * keep it, so it is known only if it was seen in the queue before, or if a thread waits for it.
 */
final class RunningFutures {

    private static final int MAX_REMEMBERED = 200;
    private static final int QUEUED_PER_LOOK = 50;

    private final Optional<Field> runner = Members.field(FutureTask.class, "runner");
    private final Supplier<List<Thread>> threads;
    private List<WeakReference<FutureTask<?>>> seen = List.of();

    /** @param threads all of the JVM */
    RunningFutures(Supplier<List<Thread>> threads) {
        this.threads = threads;
    }

    /** Remembers what is queued. */
    synchronized void look(Iterable<?> queue) {
        List<WeakReference<FutureTask<?>>> now = new ArrayList<>();
        for (WeakReference<FutureTask<?>> known : seen) {
            FutureTask<?> future = known.get();
            if (future != null && !future.isDone() && now.size() < MAX_REMEMBERED) {
                now.add(known);
            }
        }
        int looked = 0;
        for (Object task : queue) {
            if (looked++ == QUEUED_PER_LOOK || now.size() >= MAX_REMEMBERED) {
                break;
            }
            if (task instanceof FutureTask<?> future && now.stream().noneMatch(known -> known.refersTo(future))) {
                now.add(new WeakReference<>(future));
            }
        }
        seen = now;
    }

    /** {@code null} when it is not known. One of a series is none: to cancel a run is to end the series. */
    FutureTask<?> of(Thread worker) {
        FutureTask<?> found = remembered(worker);
        if (found != null) {
            return found;
        }
        for (Thread waiter : threads.get()) {
            if (LockSupport.getBlocker(waiter) instanceof FutureTask<?> future && isRunBy(future, worker)) {
                return future;
            }
        }
        return null;
    }

    private synchronized FutureTask<?> remembered(Thread worker) {
        for (WeakReference<FutureTask<?>> known : seen) {
            FutureTask<?> future = known.get();
            if (future != null && isRunBy(future, worker)) {
                return future;
            }
        }
        return null;
    }

    private boolean isRunBy(FutureTask<?> future, Thread worker) {
        return !(future instanceof RunnableScheduledFuture<?> scheduled && scheduled.isPeriodic())
                && runner.map(field -> Members.read(future, field)).orElse(null) == worker;
    }
}
