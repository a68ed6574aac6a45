package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Private members of the JDK's executors, by the names they have in 17 and in 25. Where one is missing its readers say
 * "unknown", and the probe behind it stays silent. Needs {@code java.lang} and {@code java.util.concurrent} open.
 */
final class JdkMembers {

    private static final String WORKER = "java.util.concurrent.ThreadPoolExecutor$Worker";
    /** Tomcat's copy of the class above. */
    private static final String TOMCAT_WORKER = "org.apache.tomcat.util.threads.ThreadPoolExecutor$Worker";
    /** A thread factory may wrap the worker, and what wraps may be wrapped. */
    private static final int MAX_WRAPPERS = 3;

    private final Optional<Class<?>> workerType = nested(WORKER);
    private final Optional<Field> workerPool = workerType.flatMap(type -> Members.field(type, "this$0"));
    private final Optional<Method> workerRuns = workerType.flatMap(type -> Members.method(type, "isLocked"));
    private final Optional<Field> mainLock = Members.field(ThreadPoolExecutor.class, "mainLock");
    private final Optional<Field> queues = Members.field(ForkJoinPool.class, "queues");
    private final Optional<Field> queueArray = queues.flatMap(field -> Members.field(field.getType().componentType(), "array"));
    /** JDK 17: {@code Thread.target}; from 19 on {@code Thread.holder.task}. */
    private final Optional<Field> target = Members.field(Thread.class, "target");
    private final Optional<Field> holder = Members.field(Thread.class, "holder");
    private final Optional<Field> holderTask = holder.flatMap(field -> Members.field(field.getType(), "task"));

    /** The executor a thread works for; {@code null} if none is known. */
    Object executorOf(Thread thread) {
        if (thread instanceof ForkJoinWorkerThread worker) {
            return worker.getPool();
        }
        Object worker = workerOf(thread);
        return worker == null ? null : workerPool.map(field -> Members.read(worker, field)).orElse(null);
    }

    /** Tasks completed by a worker; -1 if it is none. Counted by the JDK after each task, whatever came of it. */
    long tasksDone(Thread thread) {
        Object worker = innermost(thread, Set.of(WORKER, TOMCAT_WORKER));
        return worker != null && Members.read(worker, "completedTasks") instanceof Long done ? done : -1;
    }

    /** Whether a thread runs a task of its pool; an idle worker sits in {@code take()} and waits for nothing in particular. */
    boolean isRunningTask(Thread thread) {
        Object worker = workerOf(thread);
        return worker != null && workerRuns.isPresent() && isTrue(worker, workerRuns.get());
    }

    /** The lock over a pool's workers; {@code null} if unknown. */
    ReentrantLock mainLock(ThreadPoolExecutor executor) {
        return (ReentrantLock) mainLock.map(field -> Members.read(executor, field)).orElse(null);
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

    private Object workerOf(Thread thread) {
        return innermost(thread, Set.of(WORKER));
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

    private static boolean isTrue(Object owner, Method method) {
        try {
            return (boolean) Members.call(owner, method);
        } catch (Throwable e) {
            return false;
        }
    }

    private static Optional<Class<?>> nested(String name) {
        try {
            return Optional.of(Class.forName(name, false, null));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }
}
