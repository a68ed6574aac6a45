package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.ExecutorHandle;
import java.util.List;
import org.junit.jupiter.api.Test;

class CarrierStarvationDetectorTest {

    private final CarrierStarvationDetector detector = new CarrierStarvationDetector(config());

    private static Signal.Builder carriers(int queued, long completed, long cpu) {
        return executor(2, 2, queued, completed).with("library", ExecutorHandle.CARRIERS).with("cpuTime", cpu);
    }

    @Test
    void carriersThatNobodyLetsGoOfAreProven() {
        assertEquals(List.of(), detector.evaluate(round(1, carriers(318, 900, -1))), "nobody knows their CPU time yet");
        assertEquals(List.of(), detector.evaluate(round(2, carriers(318, 900, 0))));
        assertEquals(List.of(), detector.evaluate(round(3, carriers(318, 900, 1))));
        Finding finding = only(detector.evaluate(round(4, carriers(318, 900, 0),
                blocked(-1, "CountDownLatch$Sync@3", -1), blocked(-2, "CountDownLatch$Sync@3", -1))));
        assertEquals(Fault.CARRIER_STARVATION, finding.fault());
        assertEquals(Confidence.CERTAIN, finding.confidence());
        assertEquals("executor:reports: no virtual thread can run, 2 carriers held by virtual threads that wait; 318 ready",
                finding.summary());
        assertEquals("virtual threads that wait without letting go of their carrier: 2 at ReportService.render:57",
                finding.cause());
    }

    @Test
    void virtualThreadsThatComputeAreHealthy() {
        for (int tick = 1; tick <= 60; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, carriers(10_000, 900, 1_900))));
        }
    }

    @Test
    void virtualThreadsThatSleepHoldNoCarrier() {
        for (int tick = 1; tick <= 60; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, carriers(0, 900, 0).with("active", 0))));
        }
    }

    @Test
    void oneThatIsRunOrALateRoundStartsAgain() {
        detector.evaluate(round(1, carriers(5, 900, 0)));
        detector.evaluate(round(2, carriers(5, 900, 0)));
        assertEquals(List.of(), detector.evaluate(round(3, carriers(5, 901, 0))));
        assertEquals(List.of(), detector.evaluate(round(4, carriers(5, 901, 0))));
        assertEquals(List.of(), detector.evaluate(lateRound(5, carriers(5, 901, 0))));
        assertEquals(List.of(), detector.evaluate(round(6, carriers(5, 901, 0))));
    }

    @Test
    void otherExecutorsAreNotItsBusiness() {
        for (int tick = 1; tick <= 10; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, executor(2, 2, 5, 900))));
        }
    }
}
