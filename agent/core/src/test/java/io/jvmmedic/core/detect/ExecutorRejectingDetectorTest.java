package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Signal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExecutorRejectingDetectorTest {

    private static final String POLICY = "java.util.concurrent.ThreadPoolExecutor$";

    private final ExecutorRejectingDetector detector = new ExecutorRejectingDetector(config());

    private Optional<Confidence> run(int from, int to, String policy, int perSecond, int completing) {
        Optional<Confidence> surest = Optional.empty();
        for (int tick = from; tick <= to; tick++) {
            surest = surest(detector.evaluate(round(tick, exceptions(tick * perSecond),
                    executor(4, 4, 10, (long) tick * completing).with("room", 0).with("refusal", POLICY + policy))));
        }
        return surest;
    }

    private static Signal.Builder exceptions(long count) {
        return Signal.of(Signal.EXCEPTIONS, START).with("throwables", count);
    }

    @Test
    void aStormOfRefusalsIsToldWithItsRate() {
        assertEquals(Optional.empty(), run(1, 4, "AbortPolicy", 50, 3));
        Finding finding = only(detector.evaluate(round(5, exceptions(250),
                executor(4, 4, 10, 15).with("room", 0))));
        assertEquals(Fault.EXECUTOR_REJECTING, finding.fault());
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals("executor:reports: refuses tasks since 4.0 s; 4 of 4 workers busy, 10 queued, no room for more",
                finding.summary());
        assertEquals("who hands in tasks, up to 50 times a second", finding.victims());
        assertEquals("4 workers complete 12 tasks in 4.0 s, more come in", finding.cause());
    }

    @Test
    void tomcatsPoolRefusesUnderOtherNames() {
        assertEquals(Optional.of(Confidence.SUSPECTED), run(1, 6, "RejectPolicy", 50, 3));
        assertEquals(Optional.of(Confidence.SUSPECTED), run(20, 26, "RejectHandler", 50, 3));
    }

    @Test
    void nobodyMayBeAsking() {
        assertEquals(Optional.of(Confidence.HINT), run(1, 60, "AbortPolicy", 2, 3));
    }

    @Test
    void aHandlerThatDiscardsWithoutAWordIsTold() {
        assertEquals(Optional.of(Confidence.SUSPECTED), run(1, 6, "DiscardOldestPolicy", 0, 3));
        assertEquals(Optional.of(Confidence.HINT), run(10, 16, "DiscardPolicy", 0, 0));
    }

    @Test
    void aCallerThatRunsItHimselfIsHeldBackAsIsMeant() {
        assertEquals(Optional.empty(), run(1, 60, "CallerRunsPolicy", 500, 3));
    }

    @Test
    void roomForOneForAMomentChangesNothing() {
        run(1, 4, "AbortPolicy", 50, 3);
        assertEquals(List.of(), detector.evaluate(round(5, exceptions(250), executor(4, 4, 9, 15).with("room", 1))));
        Finding finding = only(detector.evaluate(round(6, exceptions(300), executor(4, 4, 10, 18).with("room", 0))));
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertTrue(finding.evidence().proof().startsWith("at 5 of 6 looks all workers were busy"), finding::toString);
    }

    @Test
    void roomInTheQueueFreeWorkersAndALateRoundStartAgain() {
        run(1, 4, "AbortPolicy", 50, 3);
        for (int tick = 5; tick <= 7; tick++) {
            detector.evaluate(round(tick, exceptions(tick * 50), executor(4, 4, 9, 15).with("room", 1)));
        }
        assertEquals(Optional.empty(), run(8, 11, "AbortPolicy", 50, 3));
        for (int tick = 12; tick <= 14; tick++) {
            detector.evaluate(round(tick, exceptions(tick * 50), executor(4, 4, 10, 30).with("room", 0).with("active", 3)));
        }
        assertEquals(Optional.empty(), run(15, 18, "AbortPolicy", 50, 3));
        detector.evaluate(lateRound(19, executor(4, 4, 10, 45).with("room", 0)));
        assertEquals(Optional.empty(), run(20, 22, "AbortPolicy", 50, 3));
    }
}
