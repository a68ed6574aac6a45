package io.jvmmedic.core.util;

import java.time.Duration;
import java.time.Instant;

/** A clock that moves when told to, by one thread; any may read it. */
public final class FakeClock implements Clock {

    private volatile long wallMillis = Instant.parse("2026-11-21T10:15:30Z").toEpochMilli();
    private volatile long monotonicMillis = 5_000;

    @Override
    public long millis() {
        return wallMillis;
    }

    @Override
    public long monotonicMillis() {
        return monotonicMillis;
    }

    public void advance(Duration duration) {
        wallMillis += duration.toMillis();
        monotonicMillis += duration.toMillis();
    }

    /** What an administrator or NTP does: wall-clock time jumps, real time does not. */
    public void setWall(long millis) {
        wallMillis = millis;
    }
}
