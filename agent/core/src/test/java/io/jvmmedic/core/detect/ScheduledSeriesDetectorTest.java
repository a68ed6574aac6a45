package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Signal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScheduledSeriesDetectorTest {

    private static final String REPORT = "com.acme.NightlyReport";

    private final ScheduledSeriesDetector detector = new ScheduledSeriesDetector(config());

    private static Signal.Builder series(String state, long behind, long runs) {
        return Signal.of(Signal.SCHEDULED_SERIES, START).with("resource", EXECUTOR).with("series", 7).with("task", REPORT)
                .with("state", state).with("period", 1_000).with("behind", behind).with("runs", runs).with("error", "")
                .with("site", "");
    }

    private static Signal.Builder scheduler() {
        return executor(1, 1, 1, 5).with("library", "ScheduledThreadPoolExecutor");
    }

    private Optional<Confidence> run(int from, int to, String state, long runs) {
        Optional<Confidence> surest = Optional.empty();
        for (int tick = from; tick <= to; tick++) {
            surest = surest(detector.evaluate(round(tick, scheduler(), series(state, (tick - from + 1) * 1_000L, runs))));
        }
        return surest;
    }

    @Test
    void aSeriesThatThrewIsCertainToBeOver() {
        Finding finding = only(detector.evaluate(round(1, scheduler(), series("ENDED", 0, 12)
                .with("error", "java.lang.IllegalStateException").with("site", SAVE))));
        assertEquals(Fault.SCHEDULE_ENDED, finding.fault());
        assertEquals(Confidence.CERTAIN, finding.confidence());
        assertEquals("executor:reports: a periodic task will not run again, NightlyReport threw IllegalStateException",
                finding.summary());
        assertEquals("IllegalStateException at OrderService.save:88", finding.cause());
        assertEquals(7, finding.evidence().measure("series"));
    }

    @Test
    void aRunThatFindsNoWorkerIsLateAfterHalfAMinute() {
        assertEquals(Optional.empty(), run(1, 29, "WAITING", 0));
        Finding finding = null;
        for (int tick = 30; tick <= 31; tick++) {
            finding = only(detector.evaluate(round(tick, scheduler(), series("WAITING", tick * 1_000L, 0),
                    blocked(1, "CountDownLatch@3", -1))));
        }
        assertEquals(Fault.SCHEDULE_LATE, finding.fault());
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals("executor:reports: NightlyReport is overdue by 31 s, its period is 1.0 s", finding.summary());
        assertEquals("no worker is free, 1 of 1 worker busy, 1 queued: 1 at ReportService.render:57", finding.cause());
    }

    @Test
    void whatWasPlannedToRunOnceIsLateAfterAMinute() {
        Finding finding = null;
        for (int tick = 1; tick <= 61; tick++) {
            List<Finding> found = detector.evaluate(round(tick, scheduler(),
                    series("WAITING", tick * 1_000L, 0).with("series", 0).with("period", 0)));
            assertEquals(tick < 60 ? 0 : 1, found.size(), "tick " + tick);
            finding = found.isEmpty() ? null : found.get(0);
        }
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals("executor:reports: NightlyReport is overdue by 61 s, planned to run once", finding.summary());
    }

    @Test
    void aRunThatDoesNotEndIsLateIfOthersDid() {
        assertEquals(Optional.of(Confidence.SUSPECTED), run(1, 31, "RUNNING", 3));
    }

    @Test
    void aSeriesMeantToRunForEverIsNot() {
        assertEquals(Optional.empty(), run(1, 3_600, "RUNNING", 0));
    }

    @Test
    void whatItWasBehindBeforeIsItsHabit() {
        run(1, 60, "WAITING", 1);
        detector.evaluate(round(61, scheduler()));
        assertEquals(Optional.empty(), run(62, 290, "WAITING", 2), "not yet four times as long");
        detector.evaluate(round(291, scheduler()));
        assertEquals(Optional.of(Confidence.SUSPECTED), run(292, 292 + 4 * 229, "WAITING", 2));
    }

    @Test
    void anHourlyRunNeedNotBeThreeHoursLate() {
        for (int tick = 1; tick <= 3; tick++) {
            assertEquals(tick == 3 ? 1 : 0, detector.evaluate(round(tick, scheduler(),
                    series("WAITING", 300_000 + tick * 1_000L, 0).with("period", 3_600_000))).size());
        }
    }

    @Test
    void aLateRoundStartsTheCountAgain() {
        run(1, 29, "WAITING", 0);
        assertEquals(List.of(), detector.evaluate(lateRound(30, scheduler(), series("WAITING", 90_000, 0))));
        assertEquals(List.of(), detector.evaluate(round(31, scheduler(), series("WAITING", 91_000, 0))));
        assertEquals(1, detector.evaluate(round(32, scheduler(), series("WAITING", 92_000, 0))).size());
    }
}
