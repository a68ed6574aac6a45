package io.jvmmedic.core.util;

import java.util.concurrent.locks.LockSupport;

/** Time as a parameter, so that everything that decides can be tested without waiting. */
public interface Clock {

    Clock SYSTEM = new Clock() {
        @Override
        public long millis() {
            return System.currentTimeMillis();
        }

        @Override
        public long monotonicMillis() {
            return System.nanoTime() / 1_000_000;
        }
    };

    /** Wall-clock time, ms since the epoch; for records people read. */
    long millis();

    /** Time that never goes backwards, ms from an arbitrary origin; for every duration. */
    long monotonicMillis();

    /** Parks this thread for so many milliseconds of this clock, or until it is unparked; may return early without reason. */
    default void park(Object blocker, long millis) {
        LockSupport.parkNanos(blocker, millis * 1_000_000);
    }
}
