package io.jvmmedic.core.instrument.lock;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.ModuleOpener;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The virtual threads of this JVM, by the JDK's own containers: no list of threads shows them. None before 21, none of
 * those started directly where {@code jdk.trackAllThreads} is false.
 */
final class VirtualThreads {

    private static final String INTERNAL = "jdk.internal.vm";

    private final Optional<Method> root;
    private final Optional<Method> threads;
    private final Optional<Method> children;

    VirtualThreads(ModuleOpener opener) {
        opener.open(Object.class.getModule(), INTERNAL);
        Optional<Class<?>> containers = type("ThreadContainers");
        Optional<Class<?>> container = type("ThreadContainer");
        root = containers.flatMap(type -> Members.method(type, "root"));
        threads = container.flatMap(type -> Members.method(type, "threads"));
        children = container.flatMap(type -> Members.method(type, "children"));
    }

    private static Optional<Class<?>> type(String name) {
        try {
            return Optional.of(Class.forName(INTERNAL + "." + name, false, null));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    /** Those alive now; platform threads of structured scopes may be among them. */
    List<Thread> all() {
        List<Thread> found = new ArrayList<>();
        if (root.isPresent() && threads.isPresent() && children.isPresent()) {
            try {
                collect(Members.call(null, root.get()), found);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
        return found;
    }

    private void collect(Object container, List<Thread> found) throws Throwable {
        try (Stream<?> own = (Stream<?>) Members.call(container, threads.get())) {
            own.forEach(thread -> found.add((Thread) thread));
        }
        try (Stream<?> nested = (Stream<?>) Members.call(container, children.get())) {
            for (Object child : nested.toList()) {
                collect(child, found);
            }
        }
    }
}
