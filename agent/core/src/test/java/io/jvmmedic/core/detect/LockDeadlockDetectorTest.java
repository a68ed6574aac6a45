package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Signal;
import java.util.List;
import org.junit.jupiter.api.Test;

class LockDeadlockDetectorTest {

    private final LockDeadlockDetector detector = new LockDeadlockDetector(config());

    @Test
    void theSameCycleTwiceIsProof() {
        assertEquals(Confidence.HINT, only(detector.evaluate(round(1, cycle()))).confidence());
        Finding finding = only(detector.evaluate(round(2, cycle())));
        assertEquals(Fault.LOCK_DEADLOCK, finding.fault());
        assertEquals(Confidence.CERTAIN, finding.confidence());
        assertEquals("lock:cycle-ab", finding.resource().toString());
        assertEquals("A holds Account@1 taken at Transfer.from:12 and waits at Transfer.to:14 for Account@2 held by B; "
                + "B holds Account@2 taken at Transfer.from:12 and waits at Transfer.to:14 for Account@1 held by A",
                finding.cause());
        assertEquals("lock:cycle-ab: deadlock of 2 threads: A, B", finding.summary());
        assertEquals(2, finding.evidence().threads().size());
        assertEquals(2, finding.evidence().measure("monitors"));
    }

    @Test
    void roundsInWhichTheJvmWasNotAskedDoNotMatter() {
        detector.evaluate(round(1, cycle()));
        for (int tick = 2; tick <= 10; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick)));
        }
        assertEquals(Confidence.CERTAIN, only(detector.evaluate(round(11, cycle()))).confidence());
    }

    @Test
    void aTimedWaitIsNeverADeadlock() {
        for (int tick = 1; tick <= 20; tick++) {
            Signal.Builder[] rows = cycle();
            rows[1].with("timed", true);
            assertEquals(Confidence.HINT, only(detector.evaluate(round(tick, rows))).confidence());
        }
    }

    @Test
    void whoSawItIsSaid() {
        Signal.Builder[] rows = cycle();
        rows[0].with("threadId", -31).with("kind", "SYNCHRONIZER");
        rows[1].with("kind", "READ_LOCK");
        detector.evaluate(round(1, rows));
        Finding finding = only(detector.evaluate(round(2, rows)));
        assertEquals(Confidence.CERTAIN, finding.confidence());
        assertEquals("a look into the locks showed the same threads waiting for the same locks twice, a second apart, and no"
                + " wait has a time limit", finding.evidence().proof());
        assertEquals(1, finding.evidence().measure(LockDeadlockDetector.BEYOND_JVM));
        assertEquals(-31, finding.evidence().threads().get(0));
    }

    @Test
    void oneWhoWaitsForItselfIsToldWhatItDidWrong() {
        Signal.Builder row = deadlocked("a", 0, "A", "Table@1", "A").with("kind", "READ_LOCK");
        detector.evaluate(round(1, row));
        Finding finding = only(detector.evaluate(round(2, row)));
        assertEquals(Confidence.CERTAIN, finding.confidence());
        assertEquals("Do not wait for the write lock while holding the read lock: Transfer.to:14.", finding.advice());
    }

    @Test
    void oneWhoJoinsAnotherThatNeedsItsLock() {
        Signal.Builder[] rows = cycle();
        rows[0].with("kind", "JOIN").with("lock", "java.lang.Thread@7").with("holdsAt", "");
        detector.evaluate(round(1, rows));
        Finding finding = only(detector.evaluate(round(2, rows)));
        assertEquals(Confidence.CERTAIN, finding.confidence());
        assertEquals("A holds Account@1 and waits at Transfer.to:14 for the end of B; "
                + "B is to end and waits at Transfer.to:14 for Account@1 held by A", finding.cause());
        assertEquals("Do not wait for a thread to end while it needs something of you: Transfer.to:14.", finding.advice());
        assertEquals(1, finding.evidence().measure(LockDeadlockDetector.JOINS));
    }

    @Test
    void otherMembersAreAnotherCycle() {
        detector.evaluate(round(1, cycle()));
        Signal.Builder[] rows = cycle();
        rows[0].with("lock", "com.acme.Account@9");
        assertEquals(Confidence.HINT, only(detector.evaluate(round(2, rows))).confidence());
    }

    @Test
    void aRowLostOnTheWayLeavesNoProof() {
        Signal.Builder[] three = {deadlocked("abc", 0, "A", "Account@2", "B"),
            deadlocked("abc", 1, "B", "Account@3", "C"), deadlocked("abc", 2, "C", "Account@1", "A")};
        for (int tick = 1; tick <= 3; tick++) {
            assertEquals(Confidence.HINT, only(detector.evaluate(round(tick, three[0], three[2]))).confidence());
        }
        detector.evaluate(round(4, three));
        assertEquals(Confidence.CERTAIN, only(detector.evaluate(round(5, three))).confidence());
    }

    @Test
    void aLateRoundStartsAgain() {
        detector.evaluate(round(1, cycle()));
        assertEquals(Confidence.HINT, only(detector.evaluate(lateRound(2, cycle()))).confidence());
        assertEquals(Confidence.CERTAIN, only(detector.evaluate(round(3, cycle()))).confidence());
    }

    @Test
    void rowsMayComeInAnyOrder() {
        Signal.Builder[] rows = cycle();
        detector.evaluate(round(1, rows[1], rows[0]));
        assertEquals(Confidence.CERTAIN, only(detector.evaluate(round(2, cycle()))).confidence());
    }

    private static Signal.Builder[] cycle() {
        return new Signal.Builder[] {
            deadlocked("ab", 0, "A", "Account@2", "B"), deadlocked("ab", 1, "B", "Account@1", "A")};
    }

    private Finding certain(Signal.Builder... rows) {
        detector.evaluate(round(1, rows));
        Finding finding = only(detector.evaluate(round(2, rows)));
        assertEquals(Confidence.CERTAIN, finding.confidence());
        return finding;
    }

    @Test
    void staticInitializersAreNamed() {
        Finding finding = certain(deadlocked("ab", 0, "A", "Price", "B").with("kind", "CLASS")
                        .with("holdsAt", "com.acme.Tax.<clinit>(Tax.java:7)"),
                deadlocked("ab", 1, "B", "Tax", "A").with("kind", "CLASS").with("holdsAt", ""));
        assertEquals("A holds the initialization of Tax taken at Tax.<clinit>:7 and waits at Transfer.to:14 for the initialization"
                + " of Price held by B; B holds the initialization of Price and waits at Transfer.to:14 for the initialization of"
                + " Tax held by A", finding.cause());
        assertTrue(finding.advice().startsWith("Break the circle between these static initializers"), finding.advice());
        assertEquals(1, finding.evidence().measure(LockDeadlockDetector.BEYOND_JVM));
        assertEquals(2, finding.evidence().measure(LockDeadlockDetector.CLASSES));
    }

    @Test
    void aTaskIsRunAndNotHeld() {
        Finding finding = certain(deadlocked("ab", 0, "A", "FutureTask@1", "B").with("kind", "TASK").with("holdsAt", ""),
                deadlocked("ab", 1, "B", "Account@1", "A").with("kind", "SYNCHRONIZER").with("holdsAt", ""));
        assertEquals("A holds Account@1 and waits at Transfer.to:14 for the task FutureTask@1 run by B; B runs the task"
                + " FutureTask@1 and waits at Transfer.to:14 for Account@1 held by A", finding.cause());
        assertTrue(finding.advice().startsWith("Do not wait for a task while holding what it needs"), finding.advice());
    }

    @Test
    void loadsOfACacheAreCalledSo() {
        Finding finding = certain(deadlocked("ab", 0, "A", "ConcurrentHashMap$ReservationNode@1", "B")
                        .with("through", "java.util.concurrent.ConcurrentHashMap.computeIfAbsent"),
                deadlocked("ab", 1, "B", "ConcurrentHashMap$ReservationNode@2", "A")
                        .with("through", "java.util.concurrent.ConcurrentHashMap.computeIfAbsent"));
        assertTrue(finding.cause().contains("waits at Transfer.to:14 in ConcurrentHashMap.computeIfAbsent for "
                + "ConcurrentHashMap$ReservationNode@1"), finding.cause());
        assertEquals("Do not load one entry of a cache or map while loading another: Transfer.to:14.", finding.advice());
    }
}
