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
        if (!stream && !(blocker instanceof RecursiveTask) && !(blocker instanceof RecursiveAction)) {
            return List.of();
        }
        // Whoever is no worker runs a parallel stream in the common pool; into which pool it put another task is not known.
        Object home = waiter instanceof ForkJoinWorkerThread ? poolOf(waiter) : stream ? ForkJoinPool.commonPool() : null;
        return home == null ? List.of()
                : threads.stream().filter(thread -> thread != waiter && poolOf(thread) == home)
                        // One that has nothing to do is parked on its pool.
                        .filter(worker -> LockSupport.getBlocker(worker) != home).toList();
    }

    private Object poolOf(Thread thread) {
        return thread instanceof ForkJoinWorkerThread ? pool.map(field -> Members.read(thread, field)).orElse(null) : null;
    }
}
