package io.jvmmedic.core.util;

import java.util.concurrent.locks.LockSupport;

/** Ten seconds of this clock are one of everybody else's, so that whoever waits for rounds of a second need not. */
public final class HurriedClock implements Clock {

    private static final int TIMES = 10;

    @Override
    public long millis() {
        return monotonicMillis();
    }

    @Override
    public long monotonicMillis() {
        return System.nanoTime() / (1_000_000 / TIMES);
    }

    @Override
    public void park(Object blocker, long millis) {
        LockSupport.parkNanos(blocker, millis * (1_000_000 / TIMES));
    }
}
