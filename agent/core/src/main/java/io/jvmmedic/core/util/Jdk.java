package io.jvmmedic.core.util;

/** What differs between the JDKs we run on; everything newer than 17 is reached from here and nowhere else. */
public final class Jdk {

    private Jdk() {
    }

    public static int feature() {
        return Runtime.version().feature();
    }

    /** {@code Thread.getId()}: still right on all JDKs, {@code threadId()} exists from 19 on only. */
    @SuppressWarnings("deprecation")
    public static long threadId(Thread thread) {
        return thread.getId();
    }

    /** Whether a module is in the running image; {@code jdk.jfr} may be missing after jlink or {@code --limit-modules}. */
    public static boolean hasModule(String name) {
        return ModuleLayer.boot().findModule(name).isPresent();
    }
}
