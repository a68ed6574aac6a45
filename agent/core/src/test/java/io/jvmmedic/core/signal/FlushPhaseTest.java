package io.jvmmedic.core.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.util.CoarseClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlushPhaseTest {

    private final FlushPhase phase = new FlushPhase();

    @ParameterizedTest
    @ValueSource(longs = {0, 130, 500, 510, 760, 1_000})
    void settlesShortlyBeforeTheFlush(long firstDelay) {
        long delay = firstDelay;
        for (int round = 0; round < 60; round++) {
            delay = firstDelay - (long) phase.ticks() * CoarseClock.TICK_MILLIS;
            phase.roundEnded(delay);
        }
        assertTrue(delay >= 0 && delay <= 500, "settled at " + delay);
    }

    @Test
    void followsAFlushThatDrifts() {
        long late = 0;
        for (int round = 0; round < 600; round++) {
            long delay = Math.floorMod(400 + 2L * round - (long) phase.ticks() * CoarseClock.TICK_MILLIS, 1_000L);
            late += delay > 600 ? 1 : 0;
            phase.roundEnded(delay);
        }
        assertTrue(late < 60, late + " of 600 rounds were read late");
    }

    @Test
    void aDelayOfAnotherKindIsNotHuntedForEver() {
        for (int round = 0; round < 119; round++) {
            phase.roundEnded(3_000);
        }
        assertEquals(4, phase.ticks());
    }
}
