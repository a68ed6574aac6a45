package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkersDyingDetectorTest {

    private final WorkersDyingDetector detector = new WorkersDyingDetector(config());

    private List<Finding> died(int tick, long count) {
        return detector.evaluate(round(tick, executor(4, 4, 0, tick).with("died", count)));
    }

    @Test
    void workersThatDieAgainAndAgainAreSuspected() {
        for (int tick = 1; tick <= 3; tick++) {
            assertEquals(List.of(), died(tick, 4 * (tick - 1)));
        }
        Finding finding = only(died(4, 12));
        assertEquals(Fault.WORKERS_DYING, finding.fault());
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals("executor:reports: its tasks throw, 12 workers ended by exceptions within 3 rounds", finding.summary());
    }

    @Test
    void aFewAreNot() {
        for (int tick = 1; tick <= 100; tick++) {
            assertEquals(List.of(), died(tick, tick / 2));
        }
    }

    @Test
    void allAtOnceIsOneAccident() {
        for (int tick = 1; tick <= 20; tick++) {
            assertEquals(List.of(), died(tick, tick < 5 ? 0 : 1_000));
        }
    }

    @Test
    void unknownIsNone() {
        for (int tick = 1; tick <= 20; tick++) {
            assertEquals(List.of(), died(tick, -1));
        }
    }

    @Test
    void aLateRoundStartsAgain() {
        died(1, 0);
        died(2, 5);
        detector.evaluate(lateRound(3, executor(4, 4, 0, 1).with("died", 20)));
        assertEquals(List.of(), died(4, 25));
        assertEquals(List.of(), died(5, 26));
        assertEquals(1, died(6, 30).size());
    }
}
