package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Signal;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

class ExecutorStalledDetectorTest {

    private final ExecutorStalledDetector detector = new ExecutorStalledDetector(config());

    @Test
    void aGrowingQueueAndNothingDoneIsSuspectedBeyondTheLongestPauseSeen() {
        // It completes something every fourth round: pauses of up to 4 s are its habit.
        for (int tick = 1; tick <= 20; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, executor(2, 2, 9, 100 + tick / 4))));
        }
        assertEquals(Optional.empty(), run(21, 24, tick -> executor(2, 2, (int) tick, 105)));
        assertEquals(Optional.of(Confidence.HINT), run(25, 35, tick -> executor(2, 2, (int) tick, 105)));
        Finding finding = null;
        for (int tick = 36; tick <= 38; tick++) {
            finding = only(detector.evaluate(round(tick, executor(2, 2, tick, 105),
                    blocked(1, "FutureTask@1", -1), blocked(2, "CountDownLatch@3", -1))));
        }
        assertEquals(Fault.EXECUTOR_STALLED, finding.fault());
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals("2 of 2 workers wait: 2 at ReportService.render:57", finding.cause());
        assertEquals("executor:reports: stalled, nothing completed for 18 s; 2 of 2 workers busy, 38 queued",
                finding.summary());
    }

    @Test
    void saysWhereMostWorkersAreAlsoWhereNoneWaitsForALockOrATask() {
        String read = "com.acme.Downstream.read(Downstream.java:22)";
        Finding finding = null;
        for (int tick = 1; tick <= 32; tick++) {
            finding = detector.evaluate(round(tick, executor(10, 10, tick, 0), busy(read, "IO", 9),
                    busy("com.acme.Report.render(Report.java:7)", "CPU", 1))).stream().findFirst().orElse(null);
        }
        assertEquals("no worker waits for a lock or a task; of 10 workers looked at, 9 at Downstream.read:22, IO",
                finding.cause());
        assertEquals("executor:reports: stalled, nothing completed for 31 s, most workers are at Downstream.read:22; "
                + "10 of 10 workers busy, 32 queued", finding.summary());
    }

    @Test
    void namesNoPlaceWhereTheWorkersAreAllOver() {
        Finding finding = null;
        for (int tick = 1; tick <= 32; tick++) {
            finding = detector.evaluate(round(tick, executor(10, 10, tick, 0),
                    busy("com.acme.Downstream.read(Downstream.java:22)", "IO", 4),
                    busy("com.acme.Report.render(Report.java:7)", "IO", 4))).stream().findFirst().orElse(null);
        }
        assertEquals("no worker waits for a lock or a task", finding.cause());
        assertEquals("executor:reports: stalled, nothing completed for 31 s; 10 of 10 workers busy, 32 queued",
                finding.summary());
    }

    /** Workers that were quick so far, and then some reports of ten seconds. */
    @Test
    void aFewTasksThatTakeLongAreAHintWhereAllWereQuick() {
        run(1, 20, tick -> executor(2, 2, (int) tick, 10 * tick));
        assertEquals(Optional.of(Confidence.HINT), run(21, 34, tick -> executor(2, 2, (int) tick, 200)));
        assertEquals(Optional.of(Confidence.SUSPECTED), run(35, 36, tick -> executor(2, 2, (int) tick, 200)));
    }

    @Test
    void unlearnedItTakesHalfAMinute() {
        assertEquals(Optional.of(Confidence.HINT), run(1, 30, tick -> executor(2, 2, (int) tick, 0)));
        assertEquals(Optional.of(Confidence.SUSPECTED), run(31, 32, tick -> executor(2, 2, (int) tick, 0)));
    }

    @Test
    void whatAPoolMakesItsConnectionsWithIsLeftToThePool() {
        assertEquals(Optional.empty(), run(1, 120, tick -> executor(1, 1, (int) tick, 0).with("ofPool", true)));
        assertEquals(Optional.of(Confidence.SUSPECTED),
                run(121, 240, tick -> executor(1, 1, (int) tick, 0).with("ofPool", false)));
    }

    @Test
    void workersThatUseCpuAreBusy() {
        assertEquals(Optional.empty(), run(1, 120, tick -> executor(2, 2, (int) tick, 0).with("cpuTime", 60)));
    }

    @Test
    void unknownCpuIsNoMoreThanAHint() {
        assertEquals(Optional.of(Confidence.HINT), run(1, 120, tick -> executor(2, 2, (int) tick, 0).with("cpuTime", -1)));
    }

    @Test
    void aBatchHandedInBeforehandWaitsPatiently() {
        // Ten-minute downloads on two workers, the rest queued from the start.
        assertEquals(Optional.of(Confidence.HINT), run(1, 600, tick -> executor(2, 2, 40, 0)));
    }

    @Test
    void tasksOfASchedulerNeedNotBeDue() {
        for (int tick = 1; tick <= 20; tick++) {
            detector.evaluate(round(tick, scheduler(tick)));
        }
        assertEquals(Optional.of(Confidence.HINT), run(21, 300, tick -> scheduler(20)));
    }

    private static Signal.Builder scheduler(int completed) {
        return executor(1, Integer.MAX_VALUE, 3, completed).with("library", "ScheduledThreadPoolExecutor");
    }

    @Test
    void aPauseThatEndedByItselfTeaches() {
        run(1, 20, tick -> executor(2, 2, (int) tick, tick));
        run(21, 60, tick -> executor(2, 2, (int) tick, 20));
        run(61, 62, tick -> executor(2, 2, (int) tick, tick));
        assertEquals(Optional.of(Confidence.HINT), run(63, 200, tick -> executor(2, 2, (int) tick, 62)));
    }

    @Test
    void aFullQueueThatCannotGrowCountsAfterAMinute() {
        run(1, 20, tick -> executor(2, 2, 9, tick));
        assertEquals(Optional.of(Confidence.HINT), run(21, 79, tick -> executor(2, 2, 9, 20)));
        assertEquals(Optional.of(Confidence.SUSPECTED), run(80, 85, tick -> executor(2, 2, 9, 20)));
    }

    @Test
    void freeWorkersAnEmptyQueueAndALateRoundStartAgain() {
        run(1, 28, tick -> executor(2, 2, (int) tick, 0));
        detector.evaluate(round(29, executor(2, 2, 9, 0).with("active", 1)));
        assertEquals(Optional.of(Confidence.HINT), run(30, 55, tick -> executor(2, 2, (int) tick, 0)));
        detector.evaluate(round(56, executor(2, 2, 0, 0)));
        assertEquals(Optional.of(Confidence.HINT), run(57, 82, tick -> executor(2, 2, (int) tick, 0)));
        detector.evaluate(lateRound(83, executor(2, 2, 90, 0)));
        assertEquals(Optional.of(Confidence.HINT), run(84, 110, tick -> executor(2, 2, (int) tick, 0)));
    }

    /** The surest finding of these rounds. */
    private Optional<Confidence> run(long from, long to, LongFunction<Signal.Builder> sample) {
        Optional<Confidence> surest = Optional.empty();
        for (long tick = from; tick <= to; tick++) {
            Optional<Confidence> now = surest(detector.evaluate(round(tick, sample.apply(tick))));
            if (now.isPresent() && (surest.isEmpty() || now.get().atLeast(surest.get()))) {
                surest = now;
            }
        }
        return surest;
    }
}
