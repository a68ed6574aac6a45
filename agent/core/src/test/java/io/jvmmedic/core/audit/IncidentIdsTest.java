package io.jvmmedic.core.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.util.FakeClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncidentIdsTest {

    private final FakeClock clock = new FakeClock();
    private final IncidentIds ids = new IncidentIds(clock);

    @Test
    void idsAreTheSecondAndTheNumberWithinIt() {
        assertEquals("20261121-101530-1", ids.next());
        assertEquals("20261121-101530-2", ids.next());
        clock.advance(Duration.ofSeconds(1));
        assertEquals("20261121-101531-1", ids.next());
    }

    @Test
    void aClockSetBackRepeatsNone() {
        assertEquals("20261121-101530-1", ids.next());
        clock.setWall(clock.millis() - Duration.ofHours(1).toMillis());
        assertEquals("20261121-101530-2", ids.next());
        clock.setWall(clock.millis() + Duration.ofHours(1).toMillis());
        assertEquals("20261121-101530-3", ids.next());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "20261121-101530-1/../../etc", "20261121-101530-", "x20261121-101530-1"})
    void nothingElseIsAnId(String text) {
        assertFalse(IncidentIds.isId(text));
        assertTrue(IncidentIds.isId("20261121-101530-17"));
    }
}
