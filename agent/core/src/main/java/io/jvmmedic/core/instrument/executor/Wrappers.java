package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.RunnableScheduledFuture;

/**
 * Looks through tasks that only run another task: tracing, MDC, thread names. Follows fields declared as a task and as
 * nothing more: a field declared as a future may just as well be what the task is going to wait for.
 */
final class Wrappers {

    private static final Set<Class<?>> TASK_TYPES =
            Set.of(Runnable.class, Callable.class, RunnableFuture.class, RunnableScheduledFuture.class);

    private Wrappers() {
    }

    /** The task inside, or {@code null} if there is none, more than one, or no way to see it. */
    static Object inner(Object wrapper) {
        Object found = null;
        for (Class<?> type = wrapper.getClass(); type != null && type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) || !TASK_TYPES.contains(field.getType())) {
                    continue;
                }
                Object value = value(wrapper, field);
                if (value != null && value != wrapper) {
                    if (found != null && found != value) {
                        return null;
                    }
                    found = value;
                }
            }
        }
        return found;
    }

    private static Object value(Object owner, Field field) {
        try {
            field.setAccessible(true);
            return Members.read(owner, field);
        } catch (RuntimeException closed) {
            return null;
        }
    }
}
