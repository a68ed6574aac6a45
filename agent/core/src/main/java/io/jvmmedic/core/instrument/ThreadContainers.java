package io.jvmmedic.core.instrument;

import io.jvmmedic.core.util.Jdk;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The JDK's own containers of threads: what leads to virtual threads, which no list of threads shows. Empty before 21.
 * Those started directly are missing where {@code jdk.trackAllThreads} is false.
 *
 * <p>Each executor has a container, and asking one for its threads walks those of the whole JVM, as does asking it for the
 * containers inside it: with 50 executors of 100 workers that was two thirds of what the sampler cost. So the containers'
 * own sets are read instead, and the scopes that threads have opened are found from the threads. Those the caller has
 * listed already: the list itself is a fifth of the rest.
 */
public final class ThreadContainers {

    private static final String INTERNAL = "jdk.internal.vm";
    private static final int FIRST_JDK = 21;

    private final Optional<Class<?>> container = type("ThreadContainer");
    private final Optional<Method> root;
    private final Optional<Method> threads;
    private final Optional<Method> count;
    private final Optional<Field> registry;
    /** Of the containers of executors, whose own list of threads is the dear one. */
    private final Optional<Field> virtualThreads;
    /** Of those started directly, beside which the root lists all platform threads. */
    private final Optional<Field> startedDirectly;
    private final Optional<Field> innermostScope;
    private final Optional<Field> outerScope;

    public ThreadContainers(ModuleOpener opener) {
        opener.open(Object.class.getModule(), INTERNAL);
        opener.open(Object.class.getModule(), "java.lang");
        Optional<Class<?>> containers = type("ThreadContainers");
        root = containers.flatMap(type -> Members.method(type, "root"));
        registry = containers.flatMap(type -> Members.field(type, "CONTAINER_REGISTRY"));
        threads = container.flatMap(type -> Members.method(type, "threads"));
        count = container.flatMap(type -> Members.method(type, "threadCount"));
        virtualThreads = type("SharedThreadContainer").flatMap(type -> Members.field(type, "virtualThreads"));
        startedDirectly = type("ThreadContainers$RootContainer$TrackingRootContainer")
                .flatMap(type -> Members.field(type, "VTHREADS"));
        innermostScope = Members.field(Thread.class, "headStackableScopes");
        outerScope = type("StackableScope").flatMap(type -> Members.field(type, "previous"));
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

    /**
     * The virtual threads alive now, in all containers.
     *
     * @param platform the platform threads; what one that is not among them has forked in a scope of its own is left out
     */
    public Collection<Thread> all(Collection<Thread> platform) {
        if (!isKnown()) {
            return List.of();
        }
        Set<Thread> found = new LinkedHashSet<>();
        addVirtual(unchecked(null, root.get()), found);
        shared().forEach(executor -> addVirtual(executor, found));
        Deque<Thread> owners = new ArrayDeque<>(found);
        owners.addAll(platform);
        while (!owners.isEmpty()) {
            for (Object scope = Members.read(owners.poll(), innermostScope.get()); scope != null;
                    scope = Members.read(scope, outerScope.get())) {
                if (container.get().isInstance(scope)) {
                    // What one scope has forked may have opened further ones.
                    owners.addAll(addVirtual(scope, found));
                }
            }
        }
        return found;
    }

    /** Containers that belong to no thread: executors that start a thread for each task, and others. */
    public List<Object> shared() {
        if (!isKnown()) {
            return List.of();
        }
        return ((Collection<?>) Members.read(null, registry.get())).stream()
                .map(reference -> ((WeakReference<?>) reference).get()).filter(Objects::nonNull).collect(Collectors.toList());
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
        return root.isPresent() && threads.isPresent() && count.isPresent() && registry.isPresent()
                && virtualThreads.isPresent() && innermostScope.isPresent() && outerScope.isPresent();
    }

    /** Adds those of one container, and returns what was not there yet. */
    private List<Thread> addVirtual(Object container, Set<Thread> found) {
        List<Thread> added = new ArrayList<>();
        try (Stream<?> own = threadsOf(container)) {
            own.map(Thread.class::cast)
                    .filter(thread -> Jdk.isVirtual(thread) && thread.isAlive() && found.add(thread)).forEach(added::add);
        }
        return added;
    }

    private Stream<?> threadsOf(Object container) {
        for (Optional<Field> set : List.of(virtualThreads, startedDirectly)) {
            if (set.isPresent() && set.get().getDeclaringClass().isInstance(container)) {
                Collection<?> own = (Collection<?>) Members.read(container, set.get());
                return own == null ? Stream.of() : own.stream();
            }
        }
        return (Stream<?>) unchecked(container, threads.get());
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
