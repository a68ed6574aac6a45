package io.jvmmedic.core.instrument.lock;

import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.RecursiveAction;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.locks.LockSupport;

/**
 * Which threads may complete a task of a fork-join pool that another is parked on. Nothing tells which of them runs it, or a
 * part of it; but who waits has looked for parts that nobody has begun, so one of the workers that run something does.
 * Only of tasks that are completed by being run: others may be completed by anybody. Needs {@code java.util.concurrent} open.
 */
final class ForkJoinRunners {

    private final Optional<Field> pool = Members.field(ForkJoinWorkerThread.class, "pool");

    /**
     * The workers that run something where this task is run; nobody where that is not known.
     *
     * @param blocker what {@code waiter} is parked on
     */
    List<Thread> of(Thread waiter, Object blocker, Collection<Thread> threads) {
        if (!(blocker instanceof ForkJoinTask)) {
            return List.of();
        }
        boolean stream = blocker.getClass().getName().startsWith("java.util.stream.");
        if (pool.isEmpty() || !stream && !(blocker instanceof RecursiveTask) && !(blocker instanceof RecursiveAction)) {
            return List.of();
        }
        // A parallel stream runs where it was begun, else in the common pool. Into which pool another task was put is not
        // known: a worker may have handed it to any, so a worker of any may complete it.
        Object home = !stream ? null : waiter instanceof ForkJoinWorkerThread ? poolOf(waiter) : ForkJoinPool.commonPool();
        return threads.stream().filter(thread -> thread instanceof ForkJoinWorkerThread && thread != waiter)
                .filter(worker -> home == null || poolOf(worker) == home)
                // One that has nothing to do is parked on its pool.
                .filter(worker -> LockSupport.getBlocker(worker) != poolOf(worker)).toList();
    }

    private Object poolOf(Thread worker) {
        return Members.read(worker, pool.orElseThrow());
    }
}
