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
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class ExecutorBacklogDetectorTest {

    private static final long MB = 1 << 20;

    private final ExecutorBacklogDetector detector = new ExecutorBacklogDetector(config());

    /** Used heap goes up and down with each collection, on top of what lives. */
    private static Signal.Builder memory(long tick, long live, long gcs) {
        return Signal.of(Signal.MEMORY, START).with("heapUsed", (live + tick % 3 * 8) * MB).with("heapMax", 256 * MB)
                .with("gcCount", gcs).with("gcTime", 0).with("youngGcCount", gcs).with("sinceFullGc", -1).with("threads", 20);
    }

    private List<Finding> evaluate(long tick, long queued, long live, long gcs) {
        return detector.evaluate(round(tick, executor(4, 4, (int) queued, tick), memory(tick, live, gcs)));
    }

    private Optional<Confidence> run(long from, long to, LongUnaryOperator queued, LongUnaryOperator live) {
        Optional<Confidence> surest = Optional.empty();
        for (long tick = from; tick <= to; tick++) {
            surest = surest(evaluate(tick, queued.applyAsLong(tick), live.applyAsLong(tick), tick));
        }
        return surest;
    }

    @Test
    void aQueueThatFillsTheHeapIsToldWithTheTimeThatIsLeft() {
        assertEquals(Optional.of(Confidence.HINT), run(1, 20, tick -> 1_000 * tick, tick -> 80 + 2 * tick));
        Finding finding = null;
        for (int tick = 21; tick <= 30; tick++) {
            finding = only(evaluate(tick, 1_000 * tick, 80 + 2 * tick, tick));
        }
        assertEquals(Fault.EXECUTOR_BACKLOG, finding.fault());
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        long left = finding.evidence().measure("heapFullInMillis");
        assertTrue(left > 30_000 && left < 120_000, () -> "58 s it is: " + left);
        assertEquals(2 * MB / 1_000, finding.evidence().measure("bytesPerTask"), 500.0);
        assertTrue(finding.summary().startsWith("executor:reports: its queue grows by 1"), finding::summary);
    }

    @Test
    void aQueueWithoutWeightIsAHint() {
        assertEquals(Optional.of(Confidence.HINT), run(1, 120, tick -> 1_000 * tick, tick -> 150));
    }

    @Test
    void withoutACollectionNobodyKnowsWhatLives() {
        Optional<Confidence> surest = Optional.empty();
        for (int tick = 1; tick <= 60; tick++) {
            surest = surest(evaluate(tick, 1_000 * tick, 100 + 2 * tick, 5));
        }
        assertEquals(Optional.of(Confidence.HINT), surest);
    }

    @Test
    void aBurstThatDrainsIsNone() {
        assertEquals(Optional.empty(), run(1, 10, tick -> 5_000 * tick, tick -> 130 + 10 * tick));
        assertEquals(Optional.empty(), run(11, 60, tick -> 50_000 - 1_000 * (tick - 10), tick -> 230 - 2 * (tick - 10)));
    }

    @Test
    void twiceWhatWasWorkedOffBeforeIsUnusual() {
        run(1, 10, tick -> 10_000 * tick, tick -> 130);
        run(11, 12, tick -> 0, tick -> 130);
        assertEquals(Optional.empty(), run(13, 40, tick -> 1_000 * tick, tick -> 130 + 2 * tick));
    }

    @Test
    void aBoundedQueueIsGoingToRefuse() {
        Finding finding = null;
        for (int tick = 1; tick <= 20; tick++) {
            List<Finding> found = detector.evaluate(round(tick,
                    executor(4, 4, 100 * tick, tick).with("room", 4_000 - 100 * tick), memory(tick, 50, 3)));
            finding = found.isEmpty() ? null : found.get(0);
        }
        assertEquals(Confidence.HINT, finding.confidence());
        assertEquals(20_000, finding.evidence().measure("queueFullInMillis"), 6_000.0);
    }

    @Test
    void aQueueWithoutALimitIsNotSaidToRefuseInAThousandYears() {
        Finding finding = null;
        for (int tick = 1; tick <= 20; tick++) {
            finding = detector.evaluate(round(tick, executor(4, 4, 100 * tick, tick).with("room", Integer.MAX_VALUE - 100 * tick),
                    memory(tick, 50, 3))).stream().findFirst().orElse(null);
        }
        assertEquals("executor:reports: its queue grows by 105 tasks a second, there is no limit in sight, and what a task takes "
                + "of the heap is not known yet; 4 of 4 workers busy, 2000 queued", finding.summary());
    }

    @Test
    void aLateRoundStartsAgain() {
        run(1, 14, tick -> 1_000 * tick, tick -> 130 + 2 * tick);
        detector.evaluate(lateRound(15, executor(4, 4, 15_000, 15), memory(15, 160, 15)));
        assertEquals(Optional.empty(), run(16, 27, tick -> 1_000 * tick, tick -> 130 + 2 * tick));
    }
}
