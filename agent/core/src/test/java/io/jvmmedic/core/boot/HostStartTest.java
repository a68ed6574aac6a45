package io.jvmmedic.core.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HostStartTest {

    private static final Duration GRACE = Duration.ofSeconds(10);

    private Duration slept = Duration.ZERO;

    /** A host that keeps {@code cores} busy until {@code calmAt} and is idle from then on. */
    private Duration waited(double cores, Duration calmAt, Duration grace) throws InterruptedException {
        new HostStart(() -> {
            Duration busy = slept.compareTo(calmAt) < 0 ? slept : calmAt;
            return Duration.ofMillis((long) (busy.toMillis() * cores));
        }, time -> slept = slept.plus(time)).await(grace);
        return slept;
    }

    @Test
    void waitsUntilTheHostIsCalm() throws InterruptedException {
        assertEquals(Duration.ofMillis(5_500), waited(1.8, Duration.ofSeconds(5), GRACE));
    }

    @Test
    void aHostThatIsIdleFromTheStartIsJoinedAtOnce() throws InterruptedException {
        assertEquals(Duration.ofMillis(1_500), waited(1, Duration.ofMillis(600), GRACE));
    }

    @Test
    void aHostThatIsBusyForEverIsJoinedBeforeTheGraceEnds() throws InterruptedException {
        assertEquals(Duration.ofSeconds(7), waited(2, Duration.ofHours(1), GRACE));
    }

    @Test
    void withoutGraceNothingIsAwaited() throws InterruptedException {
        assertEquals(Duration.ofSeconds(1), waited(2, Duration.ofHours(1), Duration.ZERO));
    }

    @Test
    void aSystemThatDoesNotTellIsNotAwaited() throws InterruptedException {
        new HostStart(() -> null, time -> slept = slept.plus(time)).await(GRACE);
        assertEquals(Duration.ofMillis(1_500), slept);
    }
}
