package io.jvmmedic.core.util;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.ForkJoinPool;

/** What differs between the JDKs we run on; everything newer than 17 is reached from here and nowhere else. */
public final class Jdk {

    private static final Class<?> VIRTUAL = classOrNull("java.lang.VirtualThread");

    private static final Method SET_PARALLELISM = setParallelismOrNull();

    private Jdk() {
    }

    public static int feature() {
        return Runtime.version().feature();
    }

    /**
     * {@code Thread.getId()}, negated for a virtual thread: no list of threads shows those, so nothing may be concluded
     * from not finding one. ({@code threadId()} exists from 19 on only.)
     */
    @SuppressWarnings("deprecation")
    public static long threadId(Thread thread) {
        long id = thread.getId();
        return isVirtual(thread) ? -id : id;
    }

    /** Whether a module is in the running image; {@code jdk.jfr} may be missing after jlink or {@code --limit-modules}. */
    public static boolean hasModule(String name) {
        return ModuleLayer.boot().findModule(name).isPresent();
    }

    /** {@code ForkJoinPool.setParallelism} exists from 19 on. */
    public static boolean canSetParallelism() {
        return SET_PARALLELISM != null;
    }

    /** Sets the parallelism and returns the one before; only where {@link #canSetParallelism()}. */
    public static int setParallelism(ForkJoinPool pool, int size) throws Throwable {
        try {
            return (int) SET_PARALLELISM.invoke(pool, size);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Starts a virtual thread; only where {@link #canSetParallelism()} and there are virtual threads. */
    public static void startVirtual(Runnable task) {
        try {
            Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java has no virtual threads", e);
        }
    }

    public static boolean isVirtual(Thread thread) {
        return thread.getClass() == VIRTUAL;
    }

    private static Method setParallelismOrNull() {
        try {
            return ForkJoinPool.class.getMethod("setParallelism", int.class);
        } catch (NoSuchMethodException e) {
            return null;
        }
    }

    private static Class<?> classOrNull(String name) {
        try {
            return Class.forName(name, false, null);
        } catch (ClassNotFoundException e) {
            return null;
        }
    }
}
