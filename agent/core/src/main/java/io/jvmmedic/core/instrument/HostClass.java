package io.jvmmedic.core.instrument;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Optional;

/**
 * A class of a host's library, asked for members that a handle cannot do without. To be dropped once they are found: what
 * hangs on a static would keep the host's loader.
 */
public final class HostClass {

    private final Class<?> type;
    private final String library;

    private HostClass(Class<?> type, String library) {
        this.type = type;
        this.library = library;
    }

    /** @param library name of the library for messages, {@code HikariCP} */
    public static HostClass of(Class<?> type, String library) {
        return new HostClass(type, library);
    }

    public Class<?> type() {
        return type;
    }

    /** Another class of the library, from the same loader; it is not initialised. */
    public HostClass neighbour(String name) {
        try {
            return new HostClass(Class.forName(name, false, type.getClassLoader()), library);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(missing(name), e);
        }
    }

    /** @throws IllegalStateException when it is missing, which the shape check should have found before */
    public Field field(String name) {
        return found(Members.field(type, name), name);
    }

    /** @throws IllegalStateException when it is missing, which the shape check should have found before */
    public Method method(String name, Class<?>... parameters) {
        return found(Members.method(type, name, parameters), name);
    }

    private <M> M found(Optional<M> member, String name) {
        return member.orElseThrow(() -> new IllegalStateException(missing(type.getName() + "." + name)));
    }

    private String missing(String name) {
        return "this version of " + library + " has no " + name;
    }
}
