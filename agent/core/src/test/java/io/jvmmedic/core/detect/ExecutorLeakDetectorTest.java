package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class ExecutorLeakDetectorTest {

    private final ExecutorLeakDetector detector = new ExecutorLeakDetector(config());

    /** As many executors as there are, each made by an own {@code Executors.newFixedThreadPool}. */
    private List<Finding> evaluate(int tick, int count, IntFunction<Signal.Builder> executor) {
        List<Signal.Builder> rows = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            rows.add(executor.apply(i).with("resource", "executor:pool-" + i));
        }
        return detector.evaluate(round(tick, false, rows));
    }

    private static Signal.Builder idle(int number) {
        return executor(2, 2, 0, 5).with("active", 0);
    }

    @Test
    void executorsMadeAgainAndAgainAndLeftIdleAreSuspected() {
        List<Finding> found = List.of();
        for (int tick = 1; tick <= 40; tick++) {
            found = evaluate(tick, 5 + tick, ExecutorLeakDetectorTest::idle);
            assertEquals(tick < 20 ? List.of() : List.of(tick < 40 ? Confidence.HINT : Confidence.SUSPECTED),
                    found.stream().map(Finding::confidence).toList(), "round " + tick);
        }
        Finding finding = only(found);
        assertEquals(Fault.EXECUTOR_LEAK, finding.fault());
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals("jvm:executors pool-*: 45 executors and still growing, 35 of them idle with 70 threads",
                finding.summary());
        assertEquals(44, finding.evidence().measure("executors") - 1);
    }

    @Test
    void oneForEachTenantMadeAtTheStartIsNone() {
        for (int tick = 1; tick <= 100; tick++) {
            assertEquals(List.of(), evaluate(tick, Math.min(60, 5 * tick), ExecutorLeakDetectorTest::idle));
        }
    }

    /** A server that deploys its applications one after the other, on a busy machine. */
    @Test
    void aLongStartIsAHintAtMost() {
        for (int tick = 1; tick <= 120; tick++) {
            evaluate(tick, Math.min(60, 2 * tick), ExecutorLeakDetectorTest::idle)
                    .forEach(finding -> assertEquals(Confidence.HINT, finding.confidence()));
        }
    }

    @Test
    void executorsThatWorkAreNone() {
        for (int tick = 1; tick <= 60; tick++) {
            int now = tick;
            assertEquals(List.of(), evaluate(tick, 5 + tick, number -> executor(2, 2, 0, now).with("active", 0)));
        }
    }

    @Test
    void thoseWithoutAWorkerOrShutDownHoldNothing() {
        for (int tick = 1; tick <= 60; tick++) {
            assertEquals(List.of(), evaluate(tick, 5 + tick, number -> number % 2 == 0
                    ? idle(number).with("size", 0) : idle(number).with("shutdown", true)));
        }
    }
}
