package io.jvmmedic.core.instrument.immunity;

import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        return type.getClassLoader() != null && type.getClassLoader() != ClassLoader.getPlatformClassLoader()
                && type.getClassLoader() != LoadedClasses.class.getClassLoader() && !type.getName().startsWith(OURS)
                && instrumentation.isModifiableClass(type);
    }

    List<Class<?>> named(String name) {
        return types.getOrDefault(name, List.of());
    }

    /** What they consist of, before our own changes. One short pause of the JVM per class. */
    List<byte[]> bytes(String name) {
        List<byte[]> all = new ArrayList<>();
        for (Class<?> type : named(name)) {
            transformer.ask(type);
            try {
                instrumentation.retransformClasses(type);
            } catch (UnmodifiableClassException | RuntimeException | LinkageError | InternalError e) {
                // Nothing came by, so nothing is known of it.
            }
            transformer.told(type).ifPresent(all::add);
        }
        return all;
    }
}
