package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExecutorSelfStarvationDetectorTest {

    private final ExecutorSelfStarvationDetector detector = new ExecutorSelfStarvationDetector(config());

    @Test
    void everyWorkerWaitsForItsOwnQueueTwiceIsProof() {
        assertEquals(List.of(), detector.evaluate(round(1, executor(2, 2, 9, 40),
                blocked(1, "FutureTask@1", 3), blocked(2, "FutureTask@2", 5))));
        Finding finding = only(detector.evaluate(round(2, executor(2, 2, 11, 40),
                blocked(1, "FutureTask@1", 3), blocked(2, "FutureTask@2", 5))));
        assertEquals(Fault.EXECUTOR_SELF_STARVATION, finding.fault());
        assertEquals(Confidence.CERTAIN, finding.confidence());
        assertEquals(2, finding.evidence().measure("blockedWorkers"));
        assertEquals(4, finding.evidence().measure("firstAwaited"));
        assertEquals(List.of(1L, 2L), finding.evidence().threads());
        assertEquals("workers wait for tasks of their own executor: 2 at ReportService.render:57", finding.cause());
        assertEquals("executor:reports: reports-1 waits for FutureTask@1, queued here at place 4 at"
                + " ReportService.render:57, WAITING", finding.evidence().facts().get(0));
    }

    @Test
    void anUnboundedQueueKeepsTheCoreFromGrowing() {
        detector.evaluate(round(1, executor(1, 50, 1, 0), blocked(1, "FutureTask@1", 0)));
        assertEquals(Confidence.CERTAIN, only(detector.evaluate(
                round(2, executor(1, 50, 1, 0), blocked(1, "FutureTask@1", 0)))).confidence());
    }

    @Test
    void anExecutorThatStillGrowsIsNotStuck() {
        for (int tick = 1; tick <= 10; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, executor(1, 50, 1, 0).with("core", 8),
                    blocked(1, "FutureTask@1", 0))));
        }
    }

    /** future.get(30 s) on a task queued behind: it ends by itself, by failing. */
    @Test
    void aWaitWithATimeLimitTakesOneRoundMore() {
        for (int tick = 1; tick <= 2; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, executor(2, 2, 9, 40),
                    blocked(1, "FutureTask@1", 3), blocked(2, "FutureTask@2", 5).with("state", "TIMED_WAITING"))));
        }
        assertEquals(Confidence.CERTAIN, only(detector.evaluate(round(3, executor(2, 2, 9, 40),
                blocked(1, "FutureTask@1", 3), blocked(2, "FutureTask@2", 5).with("state", "TIMED_WAITING")))).confidence());
    }

    @Test
    void aWaitWithoutAKnownEdgeIsNoProof() {
        List<Finding> findings = List.of();
        for (int tick = 1; tick <= 5; tick++) {
            findings = detector.evaluate(round(tick, executor(2, 2, 9, 40),
                    blocked(1, "FutureTask@1", 3), blocked(2, "CountDownLatch@2", -1)));
        }
        assertEquals(Confidence.SUSPECTED, only(findings).confidence());
        assertEquals(1, only(findings).evidence().measure("blockedWorkers"));
    }

    @Test
    void oneWorkerThatRunsIsEnoughToGoOn() {
        for (int tick = 1; tick <= 10; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, executor(2, 2, 9, 40), blocked(1, "FutureTask@1", 3))));
        }
    }

    @Test
    void moreWorkersThanRowsAreSuspectedOnly() {
        List<Finding> findings = List.of();
        for (int tick = 1; tick <= 5; tick++) {
            findings = detector.evaluate(round(tick, executor(200, 200, 9, 40).with("selfBlocked", 200),
                    blocked(1, "FutureTask@1", 3), blocked(2, "FutureTask@2", 4)));
        }
        assertEquals(Confidence.SUSPECTED, only(findings).confidence());
    }

    @Test
    void progressSpoilsTheProof() {
        detector.evaluate(round(1, executor(1, 1, 9, 40), blocked(1, "FutureTask@1", 3)));
        assertEquals(List.of(), detector.evaluate(round(2, executor(1, 1, 9, 41), blocked(1, "FutureTask@1", 3))));
        assertEquals(List.of(), detector.evaluate(round(3, executor(1, 1, 9, 41), blocked(1, "FutureTask@2", 3))));
        assertEquals(List.of(), detector.evaluate(round(4, executor(1, 1, 9, 41), blocked(2, "FutureTask@2", 3))));
        assertEquals(List.of(), detector.evaluate(lateRound(5, executor(1, 1, 9, 41), blocked(2, "FutureTask@2", 3))));
    }

    @Test
    void idleWorkersAreNoWorkers() {
        for (int tick = 1; tick <= 10; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, executor(4, 4, 0, 40).with("active", 0),
                    blocked(1, "SynchronousQueue@1", -1), blocked(2, "SynchronousQueue@1", -1))));
        }
    }

    /** Nobody owns a latch: it is a suspicion, late, and only where queued tasks refer to what all workers wait for. */
    @Test
    void latchesThatQueuedTasksReferToAreSuspectedOnly() {
        for (int tick = 1; tick <= 40; tick++) {
            List<Finding> findings = detector.evaluate(round(tick, executor(2, 2, 9, 40),
                    blocked(1, "CountDownLatch$Sync@1", -1), blocked(2, "CountDownLatch$Sync@2", -1),
                    waits(1, EXECUTOR, "LATCH", "java.util.concurrent.CountDownLatch$Sync@1").with("slotOf", EXECUTOR)
                            .with("queuePosition", 0),
                    waits(2, EXECUTOR, "LATCH", "java.util.concurrent.CountDownLatch$Sync@2")));
            assertEquals(tick < 12 ? List.of() : List.of(Confidence.SUSPECTED),
                    findings.stream().map(Finding::confidence).toList());
        }
        for (int tick = 41; tick <= 60; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, executor(1, 1, 9, 40),
                    blocked(1, "CountDownLatch$Sync@1", -1), waits(1, EXECUTOR, "LATCH", "CountDownLatch$Sync@1"))));
        }
    }

    /** A queued task reaches the latch through other objects, or the wait has a limit: libraries do both. */
    @Test
    void whatIsOnlyReachedOrTimedTakesLonger() {
        for (boolean timed : new boolean[] {false, true}) {
            ExecutorSelfStarvationDetector fresh = new ExecutorSelfStarvationDetector(config());
            for (int tick = 1; tick <= 40; tick++) {
                String state = timed ? "TIMED_WAITING" : "WAITING";
                List<Finding> findings = fresh.evaluate(round(tick, executor(2, 2, 9, 40),
                        blocked(1, "CountDownLatch$Sync@1", -1).with("state", state),
                        blocked(2, "CountDownLatch$Sync@2", -1).with("state", state),
                        waits(1, EXECUTOR, "LATCH", "java.util.concurrent.CountDownLatch$Sync@1").with("slotOf", EXECUTOR)
                                .with("queuePosition", timed ? 0 : -1),
                        waits(2, EXECUTOR, "LATCH", "java.util.concurrent.CountDownLatch$Sync@2")));
                assertEquals(tick < 30 ? List.of() : List.of(Confidence.SUSPECTED),
                        findings.stream().map(Finding::confidence).toList());
            }
        }
    }

    /** Who waits for a future is parked on something of his own. */
    @Test
    void aFutureThatAllWaitForIsTheSameForAll() {
        for (int tick = 1; tick <= 59; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, executor(2, 2, 9, 40),
                    blocked(1, "CompletableFuture$Signaller@1", -1), blocked(2, "CompletableFuture$Signaller@2", -1),
                    waits(1, EXECUTOR, "FUTURE", "java.util.concurrent.CompletableFuture@7").with("slotOf", EXECUTOR),
                    waits(2, EXECUTOR, "FUTURE", "java.util.concurrent.CompletableFuture@7").with("slotOf", EXECUTOR))));
        }
    }

    /** A start gate: the workers wait behind it, and so will the tasks in the queue. */
    @Test
    void whereAllWaitForTheSameItTakesMuchLonger() {
        for (int tick = 1; tick <= 59; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, executor(2, 2, 9, 40),
                    blocked(1, "CountDownLatch$Sync@1", -1), blocked(2, "CountDownLatch$Sync@1", -1),
                    waits(1, EXECUTOR, "LATCH", "java.util.concurrent.CountDownLatch$Sync@1").with("slotOf", EXECUTOR),
                    waits(2, EXECUTOR, "LATCH", "java.util.concurrent.CountDownLatch$Sync@1").with("slotOf", EXECUTOR))));
        }
    }
}
