package io.jvmmedic.core.instrument;

import io.jvmmedic.core.util.Jdk;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The JDK's own containers of threads: what leads to virtual threads, which no list of threads shows. Empty before 21.
 * Those started directly are missing where {@code jdk.trackAllThreads} is false.
 */
public final class ThreadContainers {

    private static final String INTERNAL = "jdk.internal.vm";
    private static final int FIRST_JDK = 21;

    private final Optional<Method> root;
    private final Optional<Method> threads;
    private final Optional<Method> children;
    private final Optional<Method> count;

    public ThreadContainers(ModuleOpener opener) {
        opener.open(Object.class.getModule(), INTERNAL);
        Optional<Class<?>> containers = type("ThreadContainers");
        Optional<Class<?>> container = type("ThreadContainer");
        root = containers.flatMap(type -> Members.method(type, "root"));
        threads = container.flatMap(type -> Members.method(type, "threads"));
        children = container.flatMap(type -> Members.method(type, "children"));
        count = container.flatMap(type -> Members.method(type, "threadCount"));
    }

    private static Optional<Class<?>> type(String name) {
        try {
            return Optional.of(Class.forName(INTERNAL + "." + name, false, null));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    /** Why virtual threads may be missing; empty when all are seen, or there can be none. */
    public Optional<String> blindness() {
        if (Jdk.feature() < FIRST_JDK) {
            return Optional.empty();
        }
        if (!isKnown()) {
            return Optional.of("this JDK does not tell which ones there are");
        }
        return "false".equals(System.getProperty("jdk.trackAllThreads"))
                ? Optional.of("-Djdk.trackAllThreads=false hides those that are started directly") : Optional.empty();
    }

    /** Those alive now in all containers; platform threads of structured scopes may be among them. */
    public List<Thread> all() {
        List<Thread> found = new ArrayList<>();
        if (isKnown()) {
            collect(unchecked(null, root.get()), found);
        }
        return found;
    }

    /** Containers that belong to no thread: executors that start a thread for each task, and others. */
    public List<Object> shared() {
        return isKnown() ? childrenOf(unchecked(null, root.get())) : List.of();
    }

    /** Threads alive in a container. */
    public long countOf(Object container) {
        return (long) unchecked(container, count.orElseThrow());
    }

    /** One thread of a container, any; {@code null} when it has none. */
    public Thread anyOf(Object container) {
        try (Stream<?> own = (Stream<?>) unchecked(container, threads.orElseThrow())) {
            return (Thread) own.findFirst().orElse(null);
        }
    }

    private boolean isKnown() {
        return root.isPresent() && threads.isPresent() && children.isPresent() && count.isPresent();
    }

    private void collect(Object container, List<Thread> found) {
        try (Stream<?> own = (Stream<?>) unchecked(container, threads.get())) {
            own.forEach(thread -> found.add((Thread) thread));
        }
        childrenOf(container).forEach(child -> collect(child, found));
    }

    private List<Object> childrenOf(Object container) {
        try (Stream<?> nested = (Stream<?>) unchecked(container, children.get())) {
            return List.copyOf(nested.toList());
        }
    }

    private static Object unchecked(Object container, Method method) {
        try {
            return Members.call(container, method);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
