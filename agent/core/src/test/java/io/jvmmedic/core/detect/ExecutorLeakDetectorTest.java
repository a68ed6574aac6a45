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
        for (int tick = 1; tick <= 30; tick++) {
            found = evaluate(tick, 5 + tick, ExecutorLeakDetectorTest::idle);
            assertEquals(tick < 20 ? 0 : 1, found.size(), "round " + tick);
        }
        Finding finding = only(found);
        assertEquals(Fault.EXECUTOR_LEAK, finding.fault());
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals("jvm:executors pool-*: 35 executors and still growing, 25 of them idle with 50 threads",
                finding.summary());
        assertEquals(34, finding.evidence().measure("executors") - 1);
    }

    @Test
    void oneForEachTenantMadeAtTheStartIsNone() {
        for (int tick = 1; tick <= 100; tick++) {
            assertEquals(List.of(), evaluate(tick, Math.min(60, 5 * tick), ExecutorLeakDetectorTest::idle));
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
