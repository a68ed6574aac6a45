package io.jvmmedic.core.util;

/**
 * A clock that a thread ticks and hot paths read: one field load, where a pair of {@code System.nanoTime()} calls would
 * already cost the whole budget of a hook (about 20 ns each).
 */
public final class CoarseClock {

    /** Length of a tick, ms; the resolution of every hold time measured by a hook. */
    public static final int TICK_MILLIS = 250;

    private static volatile int now;

    private CoarseClock() {
    }

    /** Ticks since the agent started. */
    public static int now() {
        return now;
    }

    public static void set(int ticks) {
        now = ticks;
    }

    public static long millisSince(int tick) {
        return (long) Math.max(0, now - tick) * TICK_MILLIS;
    }
}
