package io.jvmmedic.core.instrument.immunity;

import io.jvmmedic.core.instrument.HostContext;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.DisposableCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Initialises classes in a fixed order, on one thread, before the application's threads are there to begin with two of them
 * at once. Only those of the application's own loader: no other is there yet.
 */
final class ClassOrder {

    private ClassOrder() {
    }

    /** Why it could not be done; empty when it was. The initializers run before {@code main}. */
    static String initialize(List<String> types, Duration limit) {
        ClassLoader loader = ClassLoader.getSystemClassLoader();
        List<String> missing = new ArrayList<>();
        try {
            DisposableCall.await(limit, Clock.SYSTEM, () -> {
                try {
                    HostContext.with(loader, () -> {
                        for (String type : types) {
                            initialize(type, loader, missing);
                        }
                    });
                    return null;
                } catch (Exception | Error e) {
                    throw e;
                } catch (Throwable e) {
                    throw new IllegalStateException(e);
                }
            });
        } catch (DisposableCall.StuckException e) {
            return "its classes are not initialized after " + limit.toMillis() + " ms";
        } catch (Throwable e) {
            return "the initializer of a class failed: " + e;
        }
        return missing.isEmpty() ? "" : "matches nothing: the application's loader has no " + String.join(", ", missing);
    }

    private static void initialize(String type, ClassLoader loader, List<String> missing) {
        try {
            Class.forName(type, true, loader);
        } catch (ClassNotFoundException e) {
            missing.add(type);
        }
    }
}
