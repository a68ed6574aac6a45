package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** By class; lives as long as one look, so that no class of the host is held. */
    private final Map<Class<?>, List<Field>> taskFields = new HashMap<>();

    /** The task inside, or {@code null} if there is none, more than one, or no way to see it. */
    Object inner(Object wrapper) {
        Object found = null;
        for (Field field : taskFields.computeIfAbsent(wrapper.getClass(), Wrappers::taskFieldsOf)) {
            Object value = Members.read(wrapper, field);
            if (value != null && value != wrapper) {
                if (found != null && found != value) {
                    return null;
                }
                found = value;
            }
        }
        return found;
    }

    private static List<Field> taskFieldsOf(Class<?> wrapper) {
        List<Field> fields = new ArrayList<>();
        try {
            for (Class<?> type = wrapper; type != null && type != Object.class; type = type.getSuperclass()) {
                for (Field field : type.getDeclaredFields()) {
                    if (!Modifier.isStatic(field.getModifiers()) && TASK_TYPES.contains(field.getType())) {
                        field.setAccessible(true);
                        fields.add(field);
                    }
                }
            }
        } catch (RuntimeException | LinkageError closed) {
            // A package that is closed, or an optional dependency that is missing: no way to see what is inside.
            return List.of();
        }
        return fields;
    }
}
