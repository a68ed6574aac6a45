package io.jvmmedic.core.instrument.immunity;

import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The classes of some names that are loaded and may be woven: none of the JDK's, none of ours. */
final class LoadedClasses {

    private static final String OURS = "io.jvmmedic.bootstrap.";

    private final Instrumentation instrumentation;
    private final GateTransformer transformer;
    private final Map<String, List<Class<?>>> types = new HashMap<>();

    LoadedClasses(Instrumentation instrumentation, GateTransformer transformer, Set<String> names) {
        this.instrumentation = instrumentation;
        this.transformer = transformer;
        for (Class<?> type : instrumentation.getAllLoadedClasses()) {
            if (names.contains(type.getName()) && mayBeWoven(type)) {
                types.computeIfAbsent(type.getName(), name -> new ArrayList<>()).add(type);
            }
        }
    }

    private boolean mayBeWoven(Class<?> type) {
        return isHost(type.getClassLoader(), type.getName()) && instrumentation.isModifiableClass(type);
    }

    /** Whether a class is neither the JDK's nor ours. */
    static boolean isHost(ClassLoader loader, String name) {
        return loader != null && loader != ClassLoader.getPlatformClassLoader()
                && loader != LoadedClasses.class.getClassLoader() && !name.startsWith(OURS);
    }

    List<Class<?>> named(String name) {
        return types.getOrDefault(name, List.of());
    }

    /** What they consist of, before our own changes. One short pause of the JVM per class. */
    List<byte[]> bytes(String name) {
        return named(name).stream().flatMap(type -> bytes(type).stream()).toList();
    }

    /** As {@link #bytes(String)}, of one that is here; empty when it does not come by. */
    Optional<byte[]> bytes(Class<?> type) {
        if (!named(type.getName()).contains(type)) {
            return Optional.empty();
        }
        transformer.ask(type);
        try {
            instrumentation.retransformClasses(type);
        } catch (UnmodifiableClassException | RuntimeException | LinkageError | InternalError e) {
            // Nothing came by, so nothing is known of it.
        }
        return transformer.told(type);
    }
}
