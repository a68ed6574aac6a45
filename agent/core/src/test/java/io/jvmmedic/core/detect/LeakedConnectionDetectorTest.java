package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LeakedConnectionDetectorTest {

    private static final long MINUTE = 60_000;
    private static final String LISTEN = "com.acme.Listener.run(Listener.java:12)";

    private final LeakedConnectionDetector detector = new LeakedConnectionDetector(config());

    @Test
    void unreachableHandlesAreProofAtOnceAndOneFindingPerPool() {
        Finding finding = only(detector.evaluate(round(1, pool(POOL, 10, 10, 14),
                held(POOL, 1).with("unreachable", true),
                held(POOL, 2).with("unreachable", true),
                held(POOL, 3).with("unreachable", true).with("site", LISTEN),
                held(POOL, 4))));
        assertEquals(Fault.CONNECTION_LEAK, finding.fault());
        assertEquals(Confidence.CERTAIN, finding.confidence());
        assertEquals(List.of(1L, 2L, 3L), finding.evidence().leases());
        assertEquals(3, finding.evidence().measure("leaked"));
        assertEquals("leaked: 2 at OrderService.save:88, 1 at Listener.run:12", finding.cause());
        assertEquals("pool:orders: 3 connections leaked, nobody can return them; 10 of 10 out, 14 waiting",
                finding.summary());
        assertEquals("14 threads waiting", finding.victims());
    }

    @Test
    void proofNeedsNoHistory() {
        detector.evaluate(round(1, pool(POOL, 1, 10, 0)));
        assertEquals(Confidence.CERTAIN, only(detector.evaluate(
                lateRound(50, pool(POOL, 1, 10, 0), held(POOL, 1).with("unreachable", true)))).confidence());
    }

    @Test
    void unreachabilityProvesNothingWhereDriverObjectsWereTakenOut() {
        assertEquals(List.of(), detector.evaluate(round(1, pool(POOL, 10, 10, 3),
                held(POOL, 1).with("unreachable", true).with("escaped", true))));
    }

    @Test
    void unreachabilityProvesNothingWhileATransactionKeepsTheConnection() {
        assertEquals(List.of(), detector.evaluate(round(1, pool(POOL, 10, 10, 3),
                held(POOL, 1).with("unreachable", true).with("enlisted", true))));
    }

    @Test
    void noProofWhenThePoolCountsFewerLeasesThanWe() {
        assertEquals(List.of(), detector.evaluate(round(1, pool(POOL, 1, 10, 0),
                held(POOL, 1).with("unreachable", true), held(POOL, 2).with("unreachable", true))));
    }

    @Test
    void idleUnderPressureForThreeRoundsIsSuspected() {
        assertNothingAboveHint(detector.evaluate(dry(1, abandoned(POOL, 1, 40_000))));
        assertNothingAboveHint(detector.evaluate(dry(2, abandoned(POOL, 1, 41_000))));
        Finding finding = only(detector.evaluate(dry(3, abandoned(POOL, 1, 42_000))));
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals(List.of(1L), finding.evidence().leases());
        assertEquals("probably leaked: 1 at OrderService.save:88", finding.cause());
    }

    @Test
    void theLearnedHoldTimeOfTheSiteSetsTheLimit() {
        // 4 x 2.5 s: beyond it from the eighth round on, confirmed in the tenth.
        for (int tick = 1; tick <= 9; tick++) {
            assertEquals(List.of(), detector.evaluate(
                    dry(tick, abandoned(POOL, 1, 3_000 + tick * 1_000).with("typicalHold", 2_500))));
        }
        Finding finding = only(detector.evaluate(dry(10, abandoned(POOL, 1, 13_000).with("typicalHold", 2_500))));
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals(10_000, finding.evidence().measure("suspectAfter"));
    }

    @Test
    void aDeadBorrowerIsTheStrongerSentence() {
        LongFunction<Signal.Builder> dead = tick -> abandoned(POOL, 1, 40_000 + tick * 1_000)
                .with("activity", "ENDED").with("doing", "");
        detector.evaluate(dry(1, dead.apply(1)));
        detector.evaluate(dry(2, dead.apply(2)));
        Finding finding = only(detector.evaluate(dry(3, dead.apply(3))));
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertTrue(finding.evidence().proof().startsWith("every thread that borrowed them is dead"),
                finding.evidence().proof());
    }

    /** Where the pool keeps the handles itself there is no proof, and the threads that leaked soon wait with all the others. */
    @Test
    void workThatIsOverLeftItBehindWhateverItsThreadDoesNow() {
        detector.evaluate(dry(1, abandoned(POOL, 1, 40_000).with("activity", "RUNNING").with("doing", LISTEN)));
        detector.evaluate(dry(2, abandoned(POOL, 1, 41_000).with("activity", "WAITING_FOR_POOL").with("waitsFor", POOL)));
        assertEquals(Confidence.SUSPECTED, only(detector.evaluate(
                dry(3, abandoned(POOL, 1, 42_000).with("activity", "JDBC").with("doing", LISTEN)))).confidence());
    }

    @Test
    void useRetractsTheSuspicion() {
        for (int tick = 1; tick <= 3; tick++) {
            detector.evaluate(dry(tick, abandoned(POOL, 1, 40_000 + tick * 1_000)));
        }
        assertEquals(List.of(), detector.evaluate(dry(4, abandoned(POOL, 1, 44_000).with("idleFor", 250))));
        assertEquals(List.of(), detector.evaluate(
                dry(5, attended(POOL, 1, 45_000).with("activity", "RUNNING").with("doing", LISTEN))));
    }

    @Test
    void provenAndSuspectedLeasesOfOnePoolAreTwoFindings() {
        List<Finding> findings = List.of();
        for (int tick = 1; tick <= 3; tick++) {
            findings = detector.evaluate(dry(tick, abandoned(POOL, 1, 40_000 + tick * 1_000),
                    held(POOL, 2).with("unreachable", true)));
        }
        assertEquals(List.of(Confidence.CERTAIN, Confidence.SUSPECTED),
                findings.stream().map(Finding::confidence).toList());
        assertEquals(List.of(2L), findings.get(0).evidence().leases());
        assertEquals(List.of(1L), findings.get(1).evidence().leases());
    }

    @Test
    void aLateRoundAndAGapStartTheCountAgain() {
        detector.evaluate(dry(1, abandoned(POOL, 1, 90_000)));
        detector.evaluate(dry(2, abandoned(POOL, 1, 91_000)));
        detector.evaluate(round(5, pool(POOL, 1, 1, 5), abandoned(POOL, 1, 94_000)));
        detector.evaluate(round(6, pool(POOL, 1, 1, 5), abandoned(POOL, 1, 95_000)));
        assertNothingAboveHint(detector.evaluate(lateRound(7, pool(POOL, 1, 1, 5), abandoned(POOL, 1, 96_000))));
    }

    @Test
    void oneMissingRoundDoesNotBreakTheCount() {
        detector.evaluate(dry(1, abandoned(POOL, 1, 90_000)));
        detector.evaluate(dry(2, abandoned(POOL, 1, 91_000)));
        assertEquals(Confidence.SUSPECTED,
                only(detector.evaluate(dry(4, abandoned(POOL, 1, 93_000)))).confidence());
    }

    @Test
    void timeInAFrozenVmIsNotIdleTime() {
        detector.evaluate(dry(1, abandoned(POOL, 1, 1_000)));
        // Ten minutes under a debugger, or in a suspended laptop.
        detector.evaluate(lateRound(600, pool(POOL, 1, 1, 5), abandoned(POOL, 1, 600_000)));
        for (int tick = 601; tick <= 629; tick++) {
            assertEquals(List.of(), detector.evaluate(dry(tick, abandoned(POOL, 1, tick * 1_000))));
        }
        for (int tick = 630; tick <= 632; tick++) {
            detector.evaluate(dry(tick, abandoned(POOL, 1, tick * 1_000)));
        }
        assertEquals(Confidence.SUSPECTED,
                only(detector.evaluate(dry(633, abandoned(POOL, 1, 633_000)))).confidence());
    }

    @Test
    void veryOldAndIdleWithoutPressureIsAHintThatNamesNoLease() {
        Finding finding = only(detector.evaluate(round(1, pool(POOL, 1, 10, 0), abandoned(POOL, 1, 11 * MINUTE))));
        assertEquals(Confidence.HINT, finding.confidence());
        assertEquals(List.of(), finding.evidence().leases());
        assertTrue(finding.advice().contains("long-lived"), finding.advice());
    }

    @Test
    void aConnectionThePoolLivedWithForLongIsNotSuspectedWhenPressureComes() {
        for (int tick = 1; tick <= 70; tick++) {
            assertNothingAboveHint(detector.evaluate(
                    round(tick, rows(List.of(pool(POOL, 2, 10, 0)), List.of(twoForLong(tick))))));
        }
        // Not even after a pause of the VM.
        detector.evaluate(lateRound(100, rows(List.of(pool(POOL, 2, 10, 0)), List.of(twoForLong(100)))));
        for (int tick = 101; tick <= 200; tick++) {
            assertNothingAboveHint(detector.evaluate(pressed(tick, twoForLong(tick))));
        }
    }

    private static Signal.Builder[] twoForLong(int tick) {
        return new Signal.Builder[] {abandoned(POOL, 1, MINUTE + tick * 1_000), abandoned(POOL, 2, MINUTE + tick * 1_000)};
    }

    /** A leader's session, elected by a task that is over: nobody uses it, what counts is the lock that it has. */
    @Test
    void theOnlyOneOfItsSiteIsAHintUntilAnotherOneFollows() {
        List<Finding> findings = List.of();
        for (int tick = 1; tick <= 4; tick++) {
            findings = detector.evaluate(pressed(tick, abandoned(POOL, 1, 40_000 + tick * 1_000),
                    abandoned(POOL, 2, 50_000 + tick * 1_000).with("site", LISTEN)));
        }
        assertEquals(Confidence.HINT, only(findings).confidence());
        assertEquals(List.of(), only(findings).evidence().leases());
        for (int tick = 5; tick <= 8; tick++) {
            findings = detector.evaluate(pressed(tick, abandoned(POOL, 1, 40_000 + tick * 1_000),
                    abandoned(POOL, 2, 50_000 + tick * 1_000).with("site", LISTEN), abandoned(POOL, 3, 40_000)));
        }
        assertEquals(List.of(Confidence.SUSPECTED, Confidence.HINT), findings.stream().map(Finding::confidence).toList());
        assertEquals(List.of(1L, 3L), findings.get(0).evidence().leases());
    }

    @Test
    void mostOfThePoolIdleWhileBorrowersWaitIsSuspectedHoweverSlowlyItCame() {
        Signal.Builder[] slowLeaks = Stream.iterate(1L, lease -> lease + 1).limit(6)
                .map(lease -> abandoned(POOL, lease, 30 * MINUTE)).toArray(Signal.Builder[]::new);
        for (int tick = 1; tick <= 70; tick++) {
            assertNothingAboveHint(detector.evaluate(round(tick, rows(List.of(pool(POOL, 6, 10, 0)), List.of(slowLeaks)))));
        }
        for (int tick = 71; tick <= 72; tick++) {
            detector.evaluate(pressed(tick, slowLeaks));
        }
        assertEquals(6, only(detector.evaluate(pressed(73, slowLeaks))).evidence().leases().size());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lookAlikes")
    void healthyLookAlikesUnderPressureAreNotSuspected(String name, Map<String, String> options, Signal.Builder row) {
        LeakedConnectionDetector detector = new LeakedConnectionDetector(MedicConfig.of(options));
        for (int tick = 1; tick <= 10; tick++) {
            assertNothingAboveHint(detector.evaluate(dry(tick, row)));
        }
    }

    static Stream<Arguments> lookAlikes() {
        Map<String, String> none = Map.of();
        return Stream.of(
                Arguments.of("a 20 minute report: the statement runs since the borrow", none,
                        attended(POOL, 1, 20 * MINUTE).with("activity", "JDBC").with("doing", SAVE)),
                Arguments.of("LISTEN/NOTIFY through the driver's own object", none,
                        abandoned(POOL, 1, 300 * MINUTE).with("escaped", true)),
                Arguments.of("LISTEN/NOTIFY declared by site", Map.of("long-lived", "com.acme.Listener*"),
                        abandoned(POOL, 1, 300 * MINUTE).with("site", LISTEN)),
                Arguments.of("a pool of lifetime connections declared by name", Map.of("long-lived", "pool:ord*"),
                        abandoned(POOL, 1, 300 * MINUTE)),
                Arguments.of("declared long-lived and unreachable", Map.of("long-lived", "com.acme.Listener*"),
                        abandoned(POOL, 1, 300 * MINUTE).with("site", LISTEN).with("unreachable", true)),
                Arguments.of("a leader that sleeps between looks at its advisory lock", none,
                        attended(POOL, 1, 300 * MINUTE).with("activity", "SLEEPING").with("doing", LISTEN)),
                Arguments.of("held across a slow call", none,
                        attended(POOL, 1, 41_000).with("activity", "IO").with("doing", SAVE)),
                Arguments.of("waits for a future below the transaction", none,
                        attended(POOL, 1, 41_000).with("activity", "PARKED").with("doing", SAVE)),
                Arguments.of("parked in a framework that will come back to the borrower", none,
                        attended(POOL, 1, 41_000).with("inScope", true)),
                Arguments.of("computes inside the transaction", none,
                        attended(POOL, 1, 41_000).with("activity", "RUNNING").with("doing", SAVE)),
                Arguments.of("blocked on a lock", none,
                        attended(POOL, 1, 41_000).with("activity", "BLOCKED").with("doing", SAVE)),
                Arguments.of("waits for a second connection", none,
                        attended(POOL, 1, 41_000).with("activity", "WAITING_FOR_POOL").with("waitsFor", POOL)),
                Arguments.of("waits for another pool", none,
                        attended(POOL, 1, 41_000).with("activity", "WAITING_FOR_POOL").with("waitsFor", "pool:audit")),
                Arguments.of("a virtual thread, which nobody can see", none,
                        attended(POOL, 1, 41_000).with("activity", "UNKNOWN").with("doing", "").with("threadId", -7)),
                Arguments.of("a batch whose site usually takes ten minutes", none,
                        abandoned(POOL, 1, 20 * MINUTE).with("typicalHold", 10 * MINUTE)),
                Arguments.of("a poller whose site came back from pauses as long before", none,
                        abandoned(POOL, 1, 11 * MINUTE).with("longestPause", 10 * MINUTE)),
                Arguments.of("a statement of the thread it was handed to runs on it", none,
                        abandoned(POOL, 1, 20 * MINUTE).with("inUse", true)),
                Arguments.of("a distributed transaction keeps it until its end", none,
                        abandoned(POOL, 1, 20 * MINUTE).with("enlisted", true)),
                Arguments.of("used a moment ago by the thread it was handed to", none,
                        abandoned(POOL, 1, 20 * MINUTE).with("idleFor", 500)));
    }

    /** Unused, but its work goes on. */
    private static Signal.Builder attended(String resource, long lease, long heldFor) {
        return abandoned(resource, lease, heldFor).with("scopeOver", false);
    }

    /** All of a pool of one. */
    private static Round dry(long tick, Signal.Builder... rows) {
        return round(tick, rows(List.of(pool(POOL, 1, 1, 5)), List.of(rows)));
    }

    private static Round pressed(long tick, Signal.Builder... rows) {
        return round(tick, rows(List.of(pool(POOL, 10, 10, 5)), List.of(rows)));
    }
}
