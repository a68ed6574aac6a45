package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Signal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeakedResponseDetectorTest {

    private final LeakedResponseDetector detector = new LeakedResponseDetector(config());

    @Test
    void unreachableResponsesAreProofAtOnce() {
        Finding finding = only(detector.evaluate(round(1, http(3, 3, 7),
                response(1).with("unreachable", true), response(2).with("unreachable", true), response(3))));
        assertEquals(Fault.HTTP_LEAK, finding.fault());
        assertEquals(Confidence.CERTAIN, finding.confidence());
        assertEquals(List.of(1L, 2L), finding.evidence().leases());
        assertEquals("leaked: 2 at GeoClient.lookup:33", finding.cause());
        assertEquals("http:payments: 2 responses leaked, nobody can close them; route api:443: 3 of 3 leased, 7 pending",
                finding.summary());
        assertEquals("7 requests waiting", finding.victims());
    }

    @Test
    void noProofWhenTheClientCountsFewerLeasesThanWeOrItIsDeclared() {
        assertEquals(List.of(), detector.evaluate(round(1, http(0, 3, 0), response(1).with("unreachable", true))));
        LeakedResponseDetector declared =
                new LeakedResponseDetector(MedicConfig.of(Map.of("long-lived", "com.acme.GeoClient*")));
        assertEquals(List.of(), declared.evaluate(round(1, http(3, 3, 2), response(1).with("unreachable", true))));
    }

    @Test
    void leftByItsThreadUnderPressureForThreeRoundsIsSuspected() {
        detector.evaluate(round(1, http(3, 3, 7), left(41_000)));
        assertEquals(List.of(), detector.evaluate(round(2, http(3, 3, 7), left(42_000))));
        Finding finding = only(detector.evaluate(round(3, http(3, 3, 7), left(43_000))));
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals(List.of(1L), finding.evidence().leases());
        assertEquals(List.of(), detector.evaluate(round(4, http(3, 3, 0), left(44_000))));
    }

    @Test
    void aLongPollAStreamAndAFreeRouteAreNotSuspected() {
        for (int tick = 1; tick <= 10; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, http(3, 3, 7),
                    response(1).with("heldFor", 7_200_000),
                    response(2).with("heldFor", 7_200_000).with("activity", "PARKED"),
                    response(3).with("heldFor", 7_200_000).with("activity", "RUNNING"))));
        }
        for (int tick = 11; tick <= 20; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, http(2, 3, 0), left(7_200_000))));
        }
    }

    @Test
    void pressureOnAnotherRouteIsNoReason() {
        for (int tick = 1; tick <= 10; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, http(3, 3, 7), left(7_200_000).with("route", "sse:443"))));
        }
    }

    private static Signal.Builder left(long heldFor) {
        return response(1).with("heldFor", heldFor).with("activity", "PARKED").with("doing", PARK)
                .with("scopeOver", true);
    }
}
