package io.jvmmedic.core.instrument.immunity;

import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.DisposableCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Initializes classes in a fixed order, on one thread, before the application's threads are there to begin with two of them
 * at once. Only those of the application's own loader: no other is there yet.
 */
final class ClassOrder {

    private ClassOrder() {
    }

    /**
     * Runs the initializers.
     *
     * @return why that was not done; empty when it was
     * @throws IllegalStateException with a sentence when one failed: the JVM refuses that class from then on
     */
    static String initialize(List<String> types, Duration limit) {
        ClassLoader loader = ClassLoader.getSystemClassLoader();
        List<String> missing = types.stream().filter(type -> load(type, loader) == null).toList();
        if (!missing.isEmpty()) {
            return "matches nothing: the application's loader has no " + String.join(", ", missing);
        }
        List<String> begun = new ArrayList<>();
        try {
            DisposableCall.await(limit, Clock.SYSTEM, () -> {
                Thread.currentThread().setContextClassLoader(loader);
                for (String type : types) {
                    begun.add(type);
                    Class.forName(type, true, loader);
                }
                return null;
            });
            return "";
        } catch (DisposableCall.StuckException e) {
            return "its classes are not initialized after " + limit.toMillis() + " ms, which goes on";
        } catch (Throwable e) {
            throw new IllegalStateException("the initializer of " + begun.get(begun.size() - 1) + " failed before main: "
                    + (e.getCause() == null ? e : e.getCause()), e);
        }
    }

    private static Class<?> load(String type, ClassLoader loader) {
        try {
            return Class.forName(type, false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            return null;
        }
    }
}
