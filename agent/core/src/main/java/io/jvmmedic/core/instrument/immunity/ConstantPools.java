package io.jvmmedic.core.instrument.immunity;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.ModuleOpener;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What loaded classes refer to, as the JVM has it in memory: nothing is loaded, linked, paused or asked of a host's loader.
 * The way over a retransformation would throw away the compiled code of every class that is only looked at.
 */
final class ConstantPools {

    private static final String ACCESS = "jdk.internal.access.SharedSecrets";
    private static final String POOL = "jdk.internal.reflect.ConstantPool";

    private final Object access;
    private final Method poolOf;
    private final Method size;
    private final Method tag;
    private final Method text;
    private final Method pair;
    private final Method pairOf;
    private final Method member;

    private ConstantPools(ModuleOpener opener) throws ReflectiveOperationException {
        Module base = Object.class.getModule();
        opener.open(base, "jdk.internal.access");
        opener.open(base, "jdk.internal.reflect");
        Class<?> secrets = Class.forName(ACCESS, false, null);
        access = method(secrets, "getJavaLangAccess").invoke(null);
        poolOf = method(Class.forName("jdk.internal.access.JavaLangAccess", false, null), "getConstantPool", Class.class);
        Class<?> pool = Class.forName(POOL, false, null);
        size = method(pool, "getSize");
        tag = method(pool, "getTagAt", int.class);
        text = method(pool, "getUTF8At", int.class);
        pair = method(pool, "getNameAndTypeRefInfoAt", int.class);
        pairOf = method(pool, "getNameAndTypeRefIndexAt", int.class);
        member = method(pool, "getMemberRefInfoAt", int.class);
    }

    private static Method method(Class<?> type, String name, Class<?>... parameters) throws NoSuchMethodException {
        return Members.method(type, name, parameters).orElseThrow(() -> new NoSuchMethodException(type + "." + name));
    }

    /** Empty where this JVM does not have them in the form of 17 to 25. */
    static Optional<ConstantPools> open(ModuleOpener opener) {
        try {
            return Optional.of(new ConstantPools(opener));
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            return Optional.empty();
        }
    }

    /** Whether a class could declare a method: both words are in it. Throws what {@link #owners} throws. */
    boolean mentions(Class<?> type, String name, String descriptor) {
        Object pool = pool(type);
        boolean named = false;
        boolean described = false;
        for (int i = 1; i < (int) call(size, pool); i++) {
            if (tag(pool, i).equals("UTF8")) {
                String word = (String) call(text, pool, i);
                named |= word.equals(name);
                described |= word.equals(descriptor);
            }
        }
        return named && described;
    }

    /**
     * Internal names of the types by which a class calls or refers to methods of this name and descriptor.
     *
     * @throws IllegalStateException when the class cannot be read
     */
    Set<String> owners(Class<?> type, String name, String descriptor) {
        Object pool = pool(type);
        int entries = (int) call(size, pool);
        // More than one where an agent has changed the class.
        BitSet pairs = new BitSet();
        for (int i = 1; i < entries; i++) {
            if (tag(pool, i).equals("NAMEANDTYPE")) {
                String[] words = (String[]) call(pair, pool, i);
                pairs.set(i, words[0].equals(name) && words[1].equals(descriptor));
            }
        }
        Set<String> owners = new HashSet<>();
        for (int i = 1; i < entries && !pairs.isEmpty(); i++) {
            String kind = tag(pool, i);
            if ((kind.equals("METHODREF") || kind.equals("INTERFACEMETHODREF"))
                    && pairs.get((int) call(pairOf, pool, i))) {
                owners.add(((String[]) call(member, pool, i))[0]);
            }
        }
        return owners;
    }

    private Object pool(Class<?> type) {
        Object pool = call(poolOf, access, type);
        if (pool == null) {
            throw new IllegalStateException(type.getName() + " has no constant pool");
        }
        return pool;
    }

    private String tag(Object pool, int index) {
        return ((Enum<?>) call(tag, pool, index)).name();
    }

    private static Object call(Method method, Object on, Object... arguments) {
        try {
            return method.invoke(on, arguments);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }
}
