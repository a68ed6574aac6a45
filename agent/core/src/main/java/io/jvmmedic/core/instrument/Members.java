package io.jvmmedic.core.instrument;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Optional;

/** Reflection on host classes: finds, opens, reads, calls. An absent member is a value, not an exception. */
public final class Members {

    private Members() {
    }

    /** The field, declared in {@code type} or above; empty if absent or closed to us. */
    public static Optional<Field> field(Class<?> type, String name) {
        for (Class<?> current = type; current != null; current = current.getSuperclass()) {
            try {
                Field field = current.getDeclaredField(name);
                field.setAccessible(true);
                return Optional.of(field);
            } catch (NoSuchFieldException e) {
                // Perhaps further up.
            } catch (RuntimeException | LinkageError closed) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** The method, declared in {@code type} or above; empty if absent or closed to us. */
    public static Optional<Method> method(Class<?> type, String name, Class<?>... parameters) {
        for (Class<?> current = type; current != null; current = current.getSuperclass()) {
            try {
                Method method = current.getDeclaredMethod(name, parameters);
                method.setAccessible(true);
                return Optional.of(method);
            } catch (NoSuchMethodException e) {
                // Perhaps further up.
            } catch (RuntimeException | LinkageError closed) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** Another class of the same loader, not initialised; empty if absent. */
    public static Optional<Class<?>> neighbour(Class<?> type, String name) {
        try {
            return Optional.of(Class.forName(name, false, type.getClassLoader()));
        } catch (ClassNotFoundException | LinkageError absent) {
            return Optional.empty();
        }
    }

    /** Value of a field; {@code null} when the field is absent, closed to us, or null. */
    public static Object read(Object owner, String field) {
        return field(owner.getClass(), field).map(found -> read(owner, found)).orElse(null);
    }

    public static Object read(Object owner, Field field) {
        try {
            return field.get(owner);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("field was opened, yet is closed: " + field, e);
        }
    }

    /** Calls a method; what it throws comes out as it is. */
    public static Object call(Object owner, Method method, Object... arguments) throws Throwable {
        try {
            return method.invoke(owner, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
