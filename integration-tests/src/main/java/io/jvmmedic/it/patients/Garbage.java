package io.jvmmedic.it.patients;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What a serving application leaves behind anyway: short-lived objects, so that collections come by themselves. */
final class Garbage {

    private static final int CHUNK_BYTES = 512 * 1024;
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static volatile byte[] last;

    private Garbage() {
    }

    /** About 25 MB a second, for as long as the JVM lives. */
    static void produce() {
        Patient.daemon("garbage", () -> {
            while (true) {
                last = new byte[CHUNK_BYTES];
                LockSupport.parkNanos(PERIOD_NANOS);
            }
        });
    }
}
