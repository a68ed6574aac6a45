package io.jvmmedic.core.boot;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.ModuleOpener;
import java.lang.reflect.Field;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until the launcher has found the class whose {@code main} it is about to run: what stops the JVM for a moment shall
 * not be part of the time before that. Reads one field, for a look at the main thread's stack would be such a stop itself.
 */
final class HostMain {

    private static final String LAUNCHER = "sun.launcher.LauncherHelper";
    private static final long LOOK_EVERY_NANOS = 2_000_000;

    private HostMain() {
    }

    /** @return whether it was seen; a JVM that was not started by the JDK's launcher never tells */
    static boolean await(ModuleOpener opener, long limitNanos) {
        opener.open(Object.class.getModule(), LAUNCHER.substring(0, LAUNCHER.lastIndexOf('.')));
        Optional<Field> main = Members.neighbour(Object.class, LAUNCHER).flatMap(type -> Members.field(type, "appClass"));
        long start = System.nanoTime();
        while (System.nanoTime() - start < limitNanos) {
            if (main.isPresent() && Members.read(null, main.get()) != null) {
                return true;
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
        return false;
    }
}
