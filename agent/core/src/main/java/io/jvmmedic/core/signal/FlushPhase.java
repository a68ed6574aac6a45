package io.jvmmedic.core.signal;

import io.jvmmedic.core.util.CoarseClock;

/**
 * Keeps the rounds just before the flushes of Flight Recorder. It flushes about once a second, and a sample taken right
 * after a flush is read a second later: as long as a wait for a connection may last in all. So while signals arrive late,
 * the rounds are put off by one tick at a time.
 */
final class FlushPhase {

    /** Two ticks: nearer than one the rounds would hunt for the flush, whose period is not exactly a second. */
    private static final long LATE_MILLIS = 2L * CoarseClock.TICK_MILLIS;
    /** A correction shows in the second round after it. */
    private static final int ROUNDS_PER_SHIFT = 3;
    /** Once around; where that did not help, the delay has another reason. */
    private static final int MAX_SHIFTS = 1_000 / CoarseClock.TICK_MILLIS;
    private static final int ROUNDS_PER_ALLOWANCE = 120;

    private int ticks;
    private int rounds;
    private int shifts;

    /** Ticks by which the rounds are put off in all. */
    int ticks() {
        return ticks;
    }

    /** @param delayMillis how long the signals of the last round took to be read */
    void roundEnded(long delayMillis) {
        rounds++;
        if (rounds % ROUNDS_PER_ALLOWANCE == 0) {
            shifts = 0;
        }
        if (delayMillis > LATE_MILLIS && shifts < MAX_SHIFTS && rounds % ROUNDS_PER_SHIFT == 0) {
            shifts++;
            ticks++;
        }
    }
}
