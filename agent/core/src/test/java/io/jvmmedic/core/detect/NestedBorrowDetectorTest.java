package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class NestedBorrowDetectorTest {

    private static final String AUDIT = "pool:audit";

    private final NestedBorrowDetector detector = new NestedBorrowDetector(config());

    @Test
    void everyHolderWaitsTwiceIsProof() {
        assertEquals(Confidence.HINT, only(detector.evaluate(round(1, false, locked(POOL, POOL, 3, 1)))).confidence());
        Finding finding = only(detector.evaluate(round(2, false, locked(POOL, POOL, 3, 2))));
        assertEquals(Fault.NESTED_BORROW, finding.fault());
        assertEquals(Confidence.CERTAIN, finding.confidence());
        assertEquals(3, finding.evidence().measure("neededSlots"));
        assertEquals(4, finding.evidence().measure("suggestedMax"));
        assertEquals(List.of(101L, 102L, 103L), finding.evidence().threads());
        assertEquals(List.of(), finding.evidence().leases());
        assertEquals("3 threads hold a connection (3 at OrderService.save:88) and ask for another at AuditService.log:21",
                finding.cause());
    }

    @Test
    void strangersServedFirstNeedSlotsOfTheirOwn() {
        List<Signal.Builder> rows = null;
        Finding finding = null;
        for (int tick = 1; tick <= 2; tick++) {
            rows = locked(POOL, POOL, 3, tick);
            rows.add(waiter(POOL, 900, 60_000 + tick * 1_000));
            rows.add(waiter(POOL, 901, 100));
            finding = only(detector.evaluate(round(tick, false, rows)));
        }
        assertEquals(Confidence.CERTAIN, finding.confidence());
        assertEquals(4, finding.evidence().measure("neededSlots"));
        assertEquals(6, finding.evidence().measure("suggestedMax"));
    }

    @Test
    void twoPoolsThatWaitForEachOtherAreOneLock() {
        List<Finding> findings = List.of();
        for (int tick = 1; tick <= 2; tick++) {
            List<Signal.Builder> rows = locked(POOL, AUDIT, 2, tick);
            // The second pool's leases belong to other threads.
            locked(AUDIT, POOL, 2, tick).forEach(row -> {
                Signal signal = row.build();
                rows.add(signal.type().equals(Signal.POOL) ? row : row.with("threadId", signal.number("threadId") + 50));
            });
            findings = detector.evaluate(round(tick, false, rows));
        }
        Map<String, Confidence> byPool = findings.stream()
                .collect(Collectors.toMap(finding -> finding.resource().toString(), Finding::confidence));
        assertEquals(Map.of(POOL, Confidence.CERTAIN, AUDIT, Confidence.CERTAIN), byPool);
        assertTrue(findings.get(0).evidence().proof().contains("or for pool:audit, locked in the same way"),
                findings.get(0).evidence().proof());
    }

    @Test
    void aPoolThatWaitsForOneThatMovesIsNotLocked() {
        for (int tick = 1; tick <= 5; tick++) {
            List<Signal.Builder> rows = locked(POOL, AUDIT, 2, tick);
            rows.add(pool(AUDIT, 2, 2, 2));
            rows.add(held(AUDIT, 50));
            rows.add(held(AUDIT, 51));
            assertEquals(List.of(), detector.evaluate(round(tick, false, rows)));
        }
    }

    @Test
    void whatSpoilsTheProof() {
        assertNeverCertain("a slot nobody accounts for", rows -> rows.remove(1));
        assertNeverCertain("a holder that runs", rows -> rows.get(1).with("activity", "RUNNING").with("waitsFor", ""));
        assertNeverCertain("a leaked slot", rows -> rows.get(1).with("unreachable", true));
        assertNeverCertain("a free slot", rows -> rows.get(0).with("active", 2));
        assertNeverCertain("a wait that is not listed", rows -> rows.remove(rows.size() - 1));
    }

    @Test
    void progressSpoilsTheProof() {
        assertNotCertainWhenChanged("somebody borrowed", rows -> rows.get(0).with("borrows", 1_001));
        assertNotCertainWhenChanged("another thread uses the lease", rows -> rows.get(1).with("idleFor", 100));
        assertNotCertainWhenChanged("another lease", rows -> rows.get(1).with("leaseId", 77));
        assertNotCertainWhenChanged("a wait that began anew", rows -> rows.get(rows.size() - 1).with("waitedFor", 100));
    }

    /** A wait of 3 s times out each second; who gets the slot takes the same position. */
    @Test
    void waitsThatTimeOutInTurnAreNoProgress() {
        assertEquals(Confidence.CERTAIN, afterOneSlotChangedHands(1, 400).confidence());
        assertEquals(Confidence.HINT, afterOneSlotChangedHands(0, 400).confidence(), "nobody timed out, so somebody gave it back");
        assertEquals(Confidence.HINT, afterOneSlotChangedHands(1, 1_400).confidence(), "it was not seen in the round before");
    }

    private static Finding afterOneSlotChangedHands(int timeouts, int heldMillis) {
        NestedBorrowDetector detector = new NestedBorrowDetector(config());
        detector.evaluate(round(1, false, locked(POOL, POOL, 3, 1)));
        List<Signal.Builder> rows = locked(POOL, POOL, 3, 2);
        rows.get(0).with("borrows", 1_001).with("timeouts", timeouts);
        rows.get(3).with("leaseId", 77).with("threadId", 177).with("idleFor", heldMillis).with("heldFor", heldMillis);
        rows.get(6).with("threadId", 177).with("waitedFor", heldMillis);
        return only(detector.evaluate(round(2, false, rows)));
    }

    @Test
    void threadsThatMayHaveLeakedWhatTheyHoldAreNoProofBeforeTheCollectorLooked() {
        for (int tick = 1; tick <= 6; tick++) {
            List<Signal.Builder> rows = locked(POOL, POOL, 3, tick);
            rows.get(2).with("inScope", false);
            // The last collection was before the waits began, as far as anybody noticed.
            rows.get(0).with("sinceGc", Math.max(0, tick - 1) * 1_000);
            assertEquals(tick < 6 ? Confidence.HINT : Confidence.SUSPECTED,
                    only(detector.evaluate(round(tick, false, rows))).confidence());
        }
        List<Signal.Builder> rows = locked(POOL, POOL, 3, 7);
        rows.get(2).with("inScope", false);
        rows.get(0).with("sinceGc", 0);
        assertEquals(Confidence.CERTAIN, only(detector.evaluate(round(7, false, rows))).confidence());
        rows = locked(POOL, POOL, 3, 8);
        rows.get(2).with("inScope", false).with("heldFor", 90_000);
        rows.get(0).with("sinceGc", 1_000);
        assertEquals(Confidence.SUSPECTED, only(detector.evaluate(round(8, false, rows))).confidence());
    }

    /** In c3p0 the handles of those that leaked are reachable, too. */
    @Test
    void whereThePoolKeepsTheHandlesACollectionIsNoProof() {
        for (int tick = 1; tick <= 10; tick++) {
            List<Signal.Builder> rows = locked(POOL, POOL, 3, tick);
            rows.get(2).with("inScope", false);
            rows.get(0).with("sinceGc", 0).with("keepsHandles", true);
            Finding finding = only(detector.evaluate(round(tick, false, rows)));
            assertEquals(tick < 6 ? Confidence.HINT : Confidence.SUSPECTED, finding.confidence());
            assertEquals(tick > 1, finding.evidence().proof().contains("cannot be told, for the pool itself keeps"),
                    finding.evidence().proof());
        }
        List<Signal.Builder> rows = locked(POOL, POOL, 3, 11);
        rows.get(0).with("keepsHandles", true);
        assertEquals(Confidence.CERTAIN, only(detector.evaluate(round(11, false, rows))).confidence(),
                "the code that borrowed them still runs");
    }

    @Test
    void aLateRoundStartsAgain() {
        detector.evaluate(round(1, false, locked(POOL, POOL, 3, 1)));
        assertEquals(Confidence.HINT, only(detector.evaluate(round(2, true, locked(POOL, POOL, 3, 2)))).confidence());
        assertEquals(Confidence.CERTAIN, only(detector.evaluate(round(3, false, locked(POOL, POOL, 3, 3)))).confidence());
    }

    @Test
    void everyWaiterAHolderButSomeHolderRunsIsSuspectedAfterThreeRounds() {
        Function<Integer, List<Signal.Builder>> rows = tick -> {
            List<Signal.Builder> all = locked(POOL, POOL, 3, tick);
            all.get(0).with("active", 4).with("max", 4);
            all.add(held(POOL, 9).with("activity", "RUNNING"));
            return all;
        };
        assertEquals(Confidence.HINT, only(detector.evaluate(round(1, false, rows.apply(1)))).confidence());
        assertEquals(Confidence.HINT, only(detector.evaluate(round(2, false, rows.apply(2)))).confidence());
        assertEquals(Confidence.SUSPECTED, only(detector.evaluate(round(3, false, rows.apply(3)))).confidence());
    }

    @Test
    void plainWaitersAreNoNestedBorrow() {
        for (int tick = 1; tick <= 5; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, pool(POOL, 2, 2, 1),
                    held(POOL, 1), held(POOL, 2), waiter(POOL, 500, tick * 1_000))));
        }
    }

    private static void assertNeverCertain(String what, Consumer<List<Signal.Builder>> spoil) {
        NestedBorrowDetector detector = new NestedBorrowDetector(config());
        for (int tick = 1; tick <= 5; tick++) {
            List<Signal.Builder> rows = locked(POOL, POOL, 3, tick);
            spoil.accept(rows);
            List<Finding> findings = detector.evaluate(round(tick, false, rows));
            assertTrue(findings.stream().noneMatch(finding -> finding.confidence() == Confidence.CERTAIN),
                    () -> what + ": " + findings);
        }
    }

    private static void assertNotCertainWhenChanged(String what, Consumer<List<Signal.Builder>> change) {
        NestedBorrowDetector detector = new NestedBorrowDetector(config());
        detector.evaluate(round(1, false, locked(POOL, POOL, 3, 1)));
        List<Signal.Builder> rows = locked(POOL, POOL, 3, 2);
        change.accept(rows);
        List<Finding> findings = detector.evaluate(round(2, false, rows));
        assertTrue(findings.stream().noneMatch(finding -> finding.confidence() == Confidence.CERTAIN),
                () -> what + ": " + findings);
    }

    /** A full pool whose holders all wait for {@code awaited}: the sample, then the leases, then the waits. */
    private static List<Signal.Builder> locked(String resource, String awaited, int slots, int tick) {
        List<Signal.Builder> rows = new ArrayList<>();
        rows.add(pool(resource, slots, slots, slots).with("oldestWait", tick * 1_000));
        for (int lease = 1; lease <= slots; lease++) {
            rows.add(held(resource, lease).with("heldFor", 500 + tick * 1_000).with("idleFor", 250 + tick * 1_000)
                    .with("activity", "WAITING_FOR_POOL").with("waitsFor", awaited).with("inScope", true));
        }
        for (int lease = 1; lease <= slots; lease++) {
            rows.add(waiter(awaited, 100 + lease, tick * 1_000).with("holds", resource.equals(awaited) ? 1 : 0));
        }
        return rows;
    }
}
