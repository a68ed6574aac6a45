package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;

/**
 * Which latches, semaphores, barriers and futures queued tasks refer to, by what threads are parked on there. A task that
 * counts a latch down has caught it, or the object it is a field of; whether it will count it down or only wait for it as
 * well is not known, so this is no proof of anything.
 * Reads fields, calls no method of a host object.
 */
final class TaskReferences {

    private static final int MAX_TASKS = 200;
    private static final int MAX_OBJECTS_PER_TASK = 300;
    /** From a task to what it caught, and to the fields of that. */
    private static final int MAX_DEPTH = 2;
    private static final int MAX_DEPENDENTS = 100;

    /** Position in the queue, by what a thread would be parked on. */
    private final Map<Object, Integer> positions = new IdentityHashMap<>();
    /** By what a thread is parked on, each on one of its own, that knows nothing of its future. */
    private final Map<Object, Object> futures = new IdentityHashMap<>();
    /** By class; lives as long as one look, so that no class of the host is held. */
    private final Map<Class<?>, List<Field>> fields = new HashMap<>();
    private final Wrappers wrappers = new Wrappers();
    private int objects;

    TaskReferences(List<Object> queue) {
        for (int position = 0; position < Math.min(queue.size(), MAX_TASKS); position++) {
            objects = 0;
            follow(userCode(queue.get(position)), position, 0);
        }
    }

    int position(Object blocker) {
        return positions.getOrDefault(blocker, -1);
    }

    /** The future behind what a thread is parked on; that itself for anything else. */
    Object behind(Object blocker) {
        return futures.getOrDefault(blocker, blocker);
    }

    /** What the application handed in, behind the JDK's and others' wrappers. */
    private Object userCode(Object task) {
        Object inner = task;
        for (int depth = 0; depth <= MAX_DEPTH * 2; depth++) {
            Object next = inner(inner);
            if (next == null) {
                return inner;
            }
            inner = next;
        }
        return inner;
    }

    /** What a task runs, if that is all it does; {@code null} for none. */
    Object inner(Object task) {
        return task instanceof FutureTask ? Members.read(task, "callable")
                : task.getClass().getName().startsWith("java.util.concurrent.CompletableFuture$") ? Members.read(task, "fn")
                // What a fork-join pool makes of a Runnable need not be one.
                : task instanceof Runnable || task instanceof Callable || task instanceof ForkJoinTask ? wrappers.inner(task)
                : null;
    }

    private void follow(Object object, int position, int depth) {
        if (objects++ > MAX_OBJECTS_PER_TASK || note(object, position) || depth > MAX_DEPTH || isJdk(object.getClass())) {
            return;
        }
        for (Field field : fields.computeIfAbsent(object.getClass(), TaskReferences::fieldsOf)) {
            Object value = Members.read(object, field);
            if (value != null && value != object) {
                follow(value, position, depth + 1);
            }
        }
    }

    /** Whether it is something threads wait for. */
    private boolean note(Object object, int position) {
        for (Object blocker : awaited(object)) {
            positions.putIfAbsent(blocker, position);
            if (object instanceof CompletableFuture) {
                futures.put(blocker, object);
            }
        }
        return object instanceof CountDownLatch || object instanceof Semaphore || object instanceof CyclicBarrier
                || object instanceof CompletableFuture;
    }

    /** What threads that wait for this object are parked on; nothing for what nobody waits for. */
    static List<Object> awaited(Object object) {
        List<Object> blockers = new ArrayList<>();
        if (object instanceof CountDownLatch || object instanceof Semaphore) {
            blockers.add(Members.read(object, "sync"));
        } else if (object instanceof CyclicBarrier) {
            blockers.add(Members.read(object, "trip"));
        } else if (object instanceof CompletableFuture) {
            Object dependent = Members.read(object, "stack");
            for (int i = 0; dependent != null && i < MAX_DEPENDENTS; i++) {
                blockers.add(dependent);
                dependent = Members.read(dependent, "next");
            }
        }
        blockers.removeIf(Objects::isNull);
        return blockers;
    }

    static boolean isJdk(Class<?> type) {
        return type.isArray() || type.getName().startsWith("java.") || type.getName().startsWith("jdk.");
    }

    static List<Field> fieldsOf(Class<?> type) {
        List<Field> found = new ArrayList<>();
        try {
            for (Class<?> each = type; each != null && !isJdk(each); each = each.getSuperclass()) {
                for (Field field : each.getDeclaredFields()) {
                    if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()
                            && field.getType() != String.class) {
                        field.setAccessible(true);
                        found.add(field);
                    }
                }
            }
        } catch (RuntimeException | LinkageError closed) {
            // A package that is closed, or an optional dependency that is missing: no way to see what is inside.
            return List.of();
        }
        return found;
    }
}
