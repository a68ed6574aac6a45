package io.jvmmedic.bootstrap;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.runtime.ObjectMethods;

/**
 * What the JDK remembers of records. The handles out of which it builds {@code equals}, {@code hashCode} and
 * {@code toString} each keep the type they were last adapted to, on 17 by a strong reference: after a detach that is a
 * record of the core, and its loader would stay until the host happens to link a record of its own.
 */
final class RecordCaches {

    private RecordCaches() {
    }

    /** Has the JDK build the three methods once more, for a type that stays anyway. */
    static void forgetCore() throws Throwable {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        MethodHandle component = lookup.findVirtual(String.class, "strip", MethodType.methodType(String.class));
        build(lookup, "equals", MethodType.methodType(boolean.class, String.class, Object.class), component);
        build(lookup, "hashCode", MethodType.methodType(int.class, String.class), component);
        build(lookup, "toString", MethodType.methodType(String.class, String.class), component);
    }

    private static void build(MethodHandles.Lookup lookup, String name, MethodType type, MethodHandle component)
            throws Throwable {
        ObjectMethods.bootstrap(lookup, name, type, String.class, "component", component);
    }
}
