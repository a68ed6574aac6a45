package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Private members of the JDK's executors, by the names they have in 17 and in 25, and of the worker loops that servers
 * have in their place. Where one is missing its readers say "unknown", and the probe behind it stays silent. Needs
 * {@code java.lang}, {@code java.util.concurrent} and its {@code locks} open.
 */
final class JdkMembers {

    private static final String WORKER = "java.util.concurrent.ThreadPoolExecutor$Worker";
    /** Tomcat's copy of the class above. */
    private static final String TOMCAT_WORKER = "org.apache.tomcat.util.threads.ThreadPoolExecutor$Worker";
    private static final String JETTY_RUNNER = "org.eclipse.jetty.util.thread.QueuedThreadPool$Runner";
    private static final Set<String> WORKERS = Set.of(WORKER, TOMCAT_WORKER);
    /** Inner classes of their executors. */
    private static final Set<String> LOOPS = Set.of(WORKER, TOMCAT_WORKER, JETTY_RUNNER);
    /** A thread factory may wrap the worker, and what wraps may be wrapped. */
    private static final int MAX_WRAPPERS = 3;

    private final Optional<Field> completed = nested(WORKER).flatMap(type -> Members.field(type, "completedTasks"));
    /** A worker is a lock that it holds while it runs a task, in the JDK and in its copies. */
    private final Optional<Field> lockState = Members.field(AbstractQueuedSynchronizer.class, "state");
    private final Optional<Field> queues = Members.field(ForkJoinPool.class, "queues");
    private final Optional<Field> queueArray = queues.flatMap(field -> Members.field(field.getType().componentType(), "array"));
    private final Optional<Field> queueBase = queues.flatMap(field -> Members.field(field.getType().componentType(), "base"));
    private final Optional<Field> queueTop = queues.flatMap(field -> Members.field(field.getType().componentType(), "top"));
    /** JDK 17: {@code Thread.target}; from 19 on {@code Thread.holder.task}. */
    private final Optional<Field> target = Members.field(Thread.class, "target");
    private final Optional<Field> holder = Members.field(Thread.class, "holder");
    private final Optional<Field> holderTask = holder.flatMap(field -> Members.field(field.getType(), "task"));

    /** The executor a thread works for; {@code null} if none is known. */
    Object executorOf(Thread thread) {
        if (thread instanceof ForkJoinWorkerThread worker) {
            return worker.getPool();
        }
        Object loop = innermost(thread, LOOPS);
        return loop == null ? null : Members.read(loop, "this$0");
    }

    /** Tasks completed by a worker; -1 if it is none. Counted by the JDK after each task, whatever came of it. */
    long tasksDone(Thread thread) {
        Object worker = workerOf(thread);
        return worker == null ? -1 : tasksDone(worker);
    }

    /** The worker behind a thread of a thread pool; {@code null} if it is none. */
    Object workerOf(Thread thread) {
        return innermost(thread, WORKERS);
    }

    /** As {@link #tasksDone(Thread)}. */
    long tasksDone(Object worker) {
        boolean ofJdk = completed.isPresent() && completed.get().getDeclaringClass().isInstance(worker);
        Object done = ofJdk ? Members.read(worker, completed.get()) : Members.read(worker, "completedTasks");
        return done instanceof Long count ? count : -1;
    }

    /** Whether a thread runs a task of its pool; an idle worker sits in {@code take()} and waits for nothing in particular. */
    boolean isRunningTask(Thread thread) {
        Object worker = workerOf(thread);
        return worker != null && isRunning(worker);
    }

    /** As {@link #isRunningTask(Thread)}. */
    boolean isRunning(Object worker) {
        return worker instanceof AbstractQueuedSynchronizer && lockState.isPresent()
                && Members.read(worker, lockState.get()) instanceof Integer state && state != 0;
    }

    /** The lock over the workers of a pool, the JDK's or a copy of it; {@code null} if unknown. */
    static ReentrantLock mainLock(Object executor) {
        return Members.read(executor, "mainLock") instanceof ReentrantLock lock ? lock : null;
    }

    /** Queued tasks of a fork-join pool, queue by queue; racy, bounded. */
    List<Object> queued(ForkJoinPool pool, int limit) {
        List<Object> found = new ArrayList<>();
        Object[] all = (Object[]) queues.map(field -> Members.read(pool, field)).orElse(null);
        if (all == null || queueArray.isEmpty()) {
            return found;
        }
        for (Object queue : all) {
            Object[] tasks = queue == null ? null : (Object[]) Members.read(queue, queueArray.get());
            if (tasks == null) {
                continue;
            }
            for (Object task : tasks) {
                if (task != null && found.size() < limit) {
                    found.add(task);
                }
            }
        }
        return found;
    }

    /**
     * Ends of the queues of a fork-join pool.
     *
     * @param bases sum of where tasks are taken from by others, which only goes up while no queue comes or goes
     * @param tops sum of where workers put tasks of their own and take them; who hands in tasks from outside is no worker
     */
    record Ends(long bases, long tops) {
        static final Ends UNKNOWN = new Ends(0, 0);
    }

    /** Racy; {@link Ends#UNKNOWN} where it cannot be read. */
    Ends endsOfQueues(ForkJoinPool pool) {
        Object[] all = (Object[]) queues.map(field -> Members.read(pool, field)).orElse(null);
        if (all == null || queueBase.isEmpty() || queueTop.isEmpty()) {
            return Ends.UNKNOWN;
        }
        long bases = 0;
        long tops = 0;
        for (int i = 0; i < all.length; i++) {
            if (all[i] != null) {
                bases += (int) Members.read(all[i], queueBase.get());
                // The queues of workers have the odd places.
                tops += i % 2 == 1 ? (int) Members.read(all[i], queueTop.get()) : 0;
            }
        }
        return new Ends(bases, tops);
    }

    /** What a thread runs, wrappers taken off, if it is of one of these classes. */
    private Object innermost(Thread thread, Set<String> types) {
        Object task = taskOf(thread);
        Wrappers wrappers = new Wrappers();
        for (int depth = 0; task != null && depth <= MAX_WRAPPERS; depth++) {
            if (types.contains(task.getClass().getName())) {
                return task;
            }
            task = wrappers.inner(task);
        }
        return null;
    }

    private Object taskOf(Thread thread) {
        if (target.isPresent()) {
            return Members.read(thread, target.get());
        }
        Object fields = holder.map(field -> Members.read(thread, field)).orElse(null);
        return fields == null ? null : holderTask.map(field -> Members.read(fields, field)).orElse(null);
    }

    private static Optional<Class<?>> nested(String name) {
        try {
            return Optional.of(Class.forName(name, false, null));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }
}
