package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PoolExhaustionDetectorTest {

    private static final String PAY = "com.acme.CheckoutController.pay(CheckoutController.java:141)";

    private final PoolExhaustionDetector detector = new PoolExhaustionDetector(config());

    @Test
    void tellsTheCauseFromTheVictims() {
        Finding finding = null;
        for (int tick = 1; tick <= 3; tick++) {
            List<Signal.Builder> rows = new ArrayList<>();
            rows.add(pool(POOL, 10, 10, 37).with("oldestWait", 30_000 + tick * 1_000));
            for (int lease = 1; lease <= 9; lease++) {
                rows.add(held(POOL, lease).with("site", PAY).with("heldFor", 41_000).with("idleFor", 40_000)
                        .with("activity", "IO").with("doing", "com.acme.PaymentClient.charge(PaymentClient.java:77)"));
            }
            rows.add(held(POOL, 10));
            for (int i = 0; i < 37; i++) {
                rows.add(waiter(POOL, 500 + i, 1_000 + i).with("site", "com.acme.Site" + i % 8 + ".get(Site.java:1)"));
            }
            List<Finding> findings = detector.evaluate(round(tick, false, rows));
            finding = tick < 3 ? null : only(findings);
        }
        assertEquals(Fault.POOL_EXHAUSTION, finding.fault());
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals("9 of 10 held by CheckoutController.pay:141, median 41 s, in I/O (not in JDBC)", finding.cause());
        assertEquals("37 threads waiting from 8 sites, the longest for 1.0 s", finding.victims());
        assertEquals("pool:orders: exhausted, 10 of 10 out, 37 waiting; slots are held across other work",
                finding.summary());
        assertEquals(ExhaustionCause.HELD_ACROSS_IO, ExhaustionCause.of(finding.evidence()));
        assertEquals(10, finding.evidence().facts().size());
        assertEquals("pool:orders: http-1 holds lease 1 since 41 s, idle 40 s, borrowed at CheckoutController.pay:141,"
                + " now in I/O at PaymentClient.charge:77", finding.evidence().facts().get(0));
    }

    @Test
    void neverNamesALeaseThatSomebodyCouldTake() {
        for (Finding finding : stuck(row -> row.with("unreachable", true))) {
            assertEquals(List.of(), finding.evidence().leases());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("causes")
    void theVerdictIsWhatTheHoldersDo(ExhaustionCause cause, UnaryOperator<Signal.Builder> holders) {
        Finding finding = only(stuck(holders));
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals(cause, ExhaustionCause.of(finding.evidence()));
        assertTrue(finding.evidence().proof().endsWith("verdict " + cause), finding.evidence().proof());
        assertTrue(finding.advice().endsWith("."), finding.advice());
    }

    static Stream<Arguments> causes() {
        return Stream.of(
                Arguments.of(ExhaustionCause.LEAK, change(row -> row.with("unreachable", true))),
                Arguments.of(ExhaustionCause.LEAK,
                        change(row -> row.with("activity", "ENDED").with("scopeOver", true).with("idleFor", 40_000)
                                .with("doing", ""))),
                Arguments.of(ExhaustionCause.LEAK,
                        change(row -> row.with("activity", "PARKED").with("scopeOver", true).with("idleFor", 40_000))),
                Arguments.of(ExhaustionCause.LEFT_BEHIND,
                        change(row -> row.with("activity", "PARKED").with("scopeOver", true).with("idleFor", 20_000))),
                Arguments.of(ExhaustionCause.HELD_ACROSS_IO, change(row -> row.with("activity", "IO"))),
                Arguments.of(ExhaustionCause.HELD_ACROSS_IO, change(row -> row.with("activity", "SLEEPING"))),
                Arguments.of(ExhaustionCause.HELD_ACROSS_IO, change(row -> row.with("activity", "PARKED"))),
                Arguments.of(ExhaustionCause.NESTED_BORROW,
                        change(row -> row.with("activity", "WAITING_FOR_POOL").with("waitsFor", POOL).with("inScope", true))),
                Arguments.of(ExhaustionCause.HELD_ACROSS_IO,
                        change(row -> row.with("activity", "WAITING_FOR_POOL").with("waitsFor", "pool:audit"))),
                Arguments.of(ExhaustionCause.UNKNOWN,
                        change(row -> row.with("activity", "WAITING_FOR_POOL").with("waitsFor", POOL).with("inScope", false))),
                Arguments.of(ExhaustionCause.SLOW_STATEMENTS, change(row -> row.with("activity", "JDBC"))),
                Arguments.of(ExhaustionCause.BLOCKED_ON_LOCK, change(row -> row.with("activity", "BLOCKED"))),
                Arguments.of(ExhaustionCause.UNKNOWN, change(row -> row.with("activity", "RUNNING"))),
                Arguments.of(ExhaustionCause.UNKNOWN, change(row -> row.with("activity", "UNKNOWN"))));
    }

    private static UnaryOperator<Signal.Builder> change(UnaryOperator<Signal.Builder> change) {
        return change;
    }

    /** Three stuck rounds; the rows are of the last one. */
    private static Finding stuckInJdbc(Signal.Builder... word) {
        PoolExhaustionDetector detector = new PoolExhaustionDetector(config());
        List<Finding> findings = List.of();
        for (int tick = 1; tick <= 3; tick++) {
            List<Signal.Builder> rows = full(4, 5, tick * 1_000);
            rows.add(held(POOL, 1).with("heldFor", 60_000).with("activity", "IO").with("thread", "mailer"));
            for (int lease = 2; lease <= 4; lease++) {
                rows.add(held(POOL, lease).with("heldFor", 41_000));
            }
            if (tick == 3) {
                rows.addAll(List.of(word));
            }
            findings = detector.evaluate(round(tick, false, rows));
        }
        return only(findings);
    }

    @Test
    void theDatabaseTellsLocksFromSlowStatements() {
        Finding finding = stuckInJdbc(lockWait(POOL, 2, 77), lockWait(POOL, 3, 77), lockWait(POOL, 99, 77), fresh(POOL, "OK"));
        assertEquals(ExhaustionCause.LOCK_WAIT, ExhaustionCause.of(finding.evidence()));
        assertEquals("in the database 2 sessions of it wait for session 77 (psql, idle in transaction), in a transaction"
                + " since 5 min; 3 of 4 held by OrderService.save:88, median 41 s, in JDBC", finding.cause());
        assertEquals(List.of(), finding.evidence().leases());

        assertEquals(ExhaustionCause.SLOW_STATEMENTS, ExhaustionCause.of(
                stuckInJdbc(lockWait(POOL, 2, 77), fresh(POOL, "OK")).evidence()), "one of three is not the reason");
        assertEquals(ExhaustionCause.SLOW_STATEMENTS, ExhaustionCause.of(stuckInJdbc(fresh(POOL, "OK")).evidence()));
    }

    @Test
    void theHeadOfTheLocksMayBeAHolderOfThisPoolAndIsTheCause() {
        Finding finding = stuckInJdbc(lockWait(POOL, 2, 4_001).with("blockerLeaseId", 1),
                lockWait(POOL, 3, 4_001).with("blockerLeaseId", 1),
                lockWait(POOL, 4, 4_002).with("blockerLeaseId", 2).with("blockerWaits", true), fresh(POOL, "OK"));
        assertTrue(finding.cause().contains("which is of this pool: mailer holds lease 1 since 60 s"), finding.cause());
    }

    @Test
    void theHeadIsWhomMostWaitForThroughOthersToo() {
        Signal.Builder[] queue = {lockWait(POOL, 2, 77), lockWait(POOL, 3, 4_002).with("blockerWaits", true),
                lockWait(POOL, 4, 4_003).with("blockerWaits", true), lockWait(POOL, 1, 66).with("blockerName", ""),
                fresh(POOL, "OK")};
        assertTrue(stuckInJdbc(queue).cause().startsWith("in the database 4 sessions of it wait for session 77 (psql"));
    }

    @Test
    void onlyARingIsSaidToWaitForEachOther() {
        Finding ring = stuckInJdbc(lockWait(POOL, 2, 4_003).with("blockerWaits", true),
                lockWait(POOL, 3, 4_002).with("blockerWaits", true), fresh(POOL, "OK"));
        assertTrue(ring.cause().startsWith("in the database 2 sessions of it wait for each other; 3 of 4"), ring.cause());
        Finding torn = stuckInJdbc(lockWait(POOL, 2, 4_003).with("blockerWaits", true),
                lockWait(POOL, 3, 55).with("blockerWaits", true), fresh(POOL, "OK"));
        assertTrue(torn.cause().startsWith("in the database 2 sessions of it wait for one that was not seen; 3 of 4"),
                torn.cause());
    }

    @Test
    void aTalkThatIsToldInTwoRoundsIsOneTalk() {
        PoolExhaustionDetector detector = new PoolExhaustionDetector(config());
        List<Finding> findings = List.of();
        for (int tick = 1; tick <= 20; tick++) {
            List<Signal.Builder> rows = full(2, 5, tick * 1_000);
            rows.add(held(POOL, 1).with("heldFor", 41_000));
            rows.add(held(POOL, 2).with("heldFor", 41_000));
            if (tick == 2) {
                rows.add(lockWait(POOL, 1, 77));
            }
            if (tick == 3) {
                rows.add(fresh(POOL, "OK"));
            }
            findings = detector.evaluate(round(tick, false, rows));
            if (tick == 3 || tick == 15) {
                assertEquals(ExhaustionCause.LOCK_WAIT, ExhaustionCause.of(only(findings).evidence()));
            }
        }
        assertEquals(ExhaustionCause.SLOW_STATEMENTS, ExhaustionCause.of(only(findings).evidence()), "said too long ago");
    }

    @Test
    void statementsOfADatabaseThatCannotBeReachedAreNotSlow() {
        Finding finding = stuckInJdbc(fresh(POOL, "FAILED"));
        assertEquals(ExhaustionCause.DATABASE_UNREACHABLE, ExhaustionCause.of(finding.evidence()));
        assertTrue(finding.cause().startsWith("a fresh connection beside the pool fails: 08001; 3 of 4"), finding.cause());
        assertEquals(ExhaustionCause.SLOW_STATEMENTS,
                ExhaustionCause.of(stuckInJdbc(fresh(POOL, "FAILED").with("error", "53300")).evidence()),
                "a server that has no session to spare is there");
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("dry")
    void whyAPoolWithRoomHasNoConnections(ExhaustionCause cause, String because, UnaryOperator<Signal.Builder> pool,
            List<Signal.Builder> word) {
        Finding finding = null;
        for (int tick = 1; tick <= 12; tick++) {
            List<Signal.Builder> rows = new ArrayList<>();
            rows.add(pool.apply(pool(POOL, 0, 10, 4).with("idle", 0).with("total", 0).with("oldestWait", tick * 1_000)
                    .with("failedConnects", 7)));
            rows.add(waiter(POOL, 500, tick * 1_000).with("activity", because.contains("themselves") ? "JDBC" : "WAITING_FOR_POOL"));
            word.forEach(row -> rows.add(row));
            List<Finding> findings = detector.evaluate(round(tick, false, rows));
            if (tick < 5) {
                assertEquals(List.of(), findings, "a pool may take a moment to connect");
            } else {
                finding = only(findings);
            }
        }
        assertEquals(cause, ExhaustionCause.of(finding.evidence()), finding.evidence().proof());
        assertEquals(cause == ExhaustionCause.UNKNOWN ? Confidence.HINT : Confidence.SUSPECTED, finding.confidence());
        assertTrue(finding.cause().contains(because.split(":")[0]), finding.cause());
        assertEquals(List.of(), finding.evidence().leases());
        assertEquals("4 threads waiting from 1 site, the longest for 12 s", finding.victims());
    }

    static Stream<Arguments> dry() {
        UnaryOperator<Signal.Builder> wanted = change(row -> row.with("creatorWanted", true)
                .with("creatorThread", "orders:adder").with("creatorDoing", "com.acme.Ssl.handshake(Ssl.java:5)"));
        return Stream.of(
                Arguments.of(ExhaustionCause.CREATOR_DEAD, "has ended",
                        change(row -> row.with("creatorWanted", true).with("creatorDead", true)), List.of()),
                Arguments.of(ExhaustionCause.CREATOR_STUCK, "orders:adder at Ssl.handshake:5, while a fresh connection",
                        wanted, List.of(fresh(POOL, "OK"))),
                Arguments.of(ExhaustionCause.CREATOR_STUCK, "nothing makes the connections it wants",
                        change(row -> row.with("creatorWanted", true)), List.of(fresh(POOL, "OK"))),
                Arguments.of(ExhaustionCause.DATABASE_UNREACHABLE, "a fresh connection beside the pool fails, too",
                        wanted, List.of(fresh(POOL, "FAILED"))),
                Arguments.of(ExhaustionCause.DATABASE_UNREACHABLE, "no attempt to connect comes to an end", wanted, List.of()),
                Arguments.of(ExhaustionCause.DATABASE_UNREACHABLE,
                        "no attempt to connect comes to an end: of borrowers that connect themselves", change(row -> row),
                        List.of()),
                Arguments.of(ExhaustionCause.DATABASE_FULL, "a fresh connection beside the pool fails, too", wanted,
                        List.of(fresh(POOL, "FAILED").with("error", "53300"))),
                Arguments.of(ExhaustionCause.UNKNOWN, "", change(row -> row), List.of()));
    }

    @Test
    void attemptsToConnectThatFailSaySoWithoutAnyQuestion() {
        List<Finding> findings = List.of();
        for (int tick = 1; tick <= 6; tick++) {
            findings = detector.evaluate(round(tick, pool(POOL, 0, 10, 4).with("idle", 0).with("total", 0)
                    .with("oldestWait", tick * 1_000).with("failedConnects", tick).with("lastError", "08001")));
        }
        assertEquals(ExhaustionCause.DATABASE_UNREACHABLE, ExhaustionCause.of(only(findings).evidence()));
        assertEquals("each attempt to connect fails: 08001", only(findings).cause());
    }

    @Test
    void aPoolThatOpensConnectionsOneAfterTheOtherIsNotDry() {
        for (int tick = 1; tick <= 12; tick++) {
            assertNothingAboveHint(detector.evaluate(round(tick, pool(POOL, tick / 3, 10, 4).with("idle", 0)
                    .with("oldestWait", tick * 1_000).with("borrows", 1_000 + tick / 3).with("creatorWanted", true))));
        }
    }

    @Test
    void theHolderOfHoursDoesNotOutweighTheNineOfNow() {
        List<Finding> findings = List.of();
        for (int tick = 1; tick <= 3; tick++) {
            List<Signal.Builder> rows = full(4, 3, tick * 1_000);
            rows.add(held(POOL, 1).with("heldFor", 86_400_000).with("activity", "SLEEPING"));
            for (int lease = 2; lease <= 4; lease++) {
                rows.add(held(POOL, lease).with("heldFor", 41_000));
            }
            findings = detector.evaluate(round(tick, false, rows));
        }
        assertEquals(ExhaustionCause.SLOW_STATEMENTS, ExhaustionCause.of(only(findings).evidence()));
    }

    @Test
    void slotsBorrowedBeforeAHotAttachAreUnknownAndTakeLonger() {
        for (int tick = 1; tick <= 4; tick++) {
            assertNothingAboveHint(detector.evaluate(round(tick, pool(POOL, 10, 10, 5))));
        }
        Finding finding = only(detector.evaluate(round(5, pool(POOL, 10, 10, 5))));
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals("10 slots are out, borrowed before the agent saw them", finding.cause());
        assertEquals(ExhaustionCause.UNKNOWN, ExhaustionCause.of(finding.evidence()));
    }

    @Test
    void aFreeSlotOrALateRoundStartsAgain() {
        detector.evaluate(round(1, pool(POOL, 10, 10, 5).with("oldestWait", 1_000)));
        detector.evaluate(round(2, pool(POOL, 10, 10, 5).with("oldestWait", 2_000)));
        detector.evaluate(round(3, pool(POOL, 9, 10, 5).with("oldestWait", 3_000)));
        detector.evaluate(round(4, pool(POOL, 10, 10, 5).with("oldestWait", 4_000)));
        detector.evaluate(round(5, pool(POOL, 10, 10, 5).with("oldestWait", 5_000)));
        assertEquals(List.of(), detector.evaluate(lateRound(6, pool(POOL, 10, 10, 5).with("oldestWait", 6_000))));
        assertEquals(List.of(), detector.evaluate(round(7, pool(POOL, 10, 10, 5).with("oldestWait", 7_000))));
    }

    @Test
    void holdersWithinTheirHabitAreMerelyBusy() {
        assertNothingAboveHint(stuck(row -> row.with("typicalHold", 60_000)));
        assertEquals(Confidence.SUSPECTED, only(stuck(row -> row.with("typicalHold", 10_000))).confidence());
    }

    /** A site soon learns what it takes in a jam; the jam is no less one for that. */
    @Test
    void whatIsHabitOnlySinceTheJamExcusesItForAWhile() {
        for (String habit : List.of("typicalHold", "calmHold")) {
            PoolExhaustionDetector detector = new PoolExhaustionDetector(config());
            for (int tick = 1; tick <= 20; tick++) {
                List<Signal.Builder> rows = full(3, 9, 2_000 + tick * 1_000);
                rows.get(0).with("borrows", 1_000 + tick);
                for (int lease = 0; lease < 3; lease++) {
                    rows.add(held(POOL, tick + lease).with("heldFor", 3_000).with(habit, 4_000));
                }
                List<Finding> findings = detector.evaluate(round(tick, false, rows));
                if (habit.equals("calmHold") || tick < 10) {
                    assertNothingAboveHint(findings);
                } else {
                    assertEquals(Confidence.SUSPECTED, only(findings).confidence());
                    assertEquals(ExhaustionCause.SLOW_STATEMENTS, ExhaustionCause.of(only(findings).evidence()));
                }
            }
        }
    }

    @Test
    void theFirstFactsAreWhereTheSlotTimeWent() {
        PoolExhaustionDetector detector = new PoolExhaustionDetector(config());
        List<Finding> findings = List.of();
        for (int tick = 1; tick <= 3; tick++) {
            List<Signal.Builder> rows = full(2, 5, tick * 1_000);
            rows.add(slotTime(PAY, 1, 2_000, 10_000));
            rows.add(slotTime("", 1, 0, 0).with("unseenTime", 4_000));
            rows.add(held(POOL, 1));
            findings = detector.evaluate(round(tick, false, rows));
        }
        assertEquals(List.of("pool:orders: CheckoutController.pay:141 had 75 % of the slot time since borrowers began to wait,"
                        + " 2.0 s in JDBC and 10 s elsewhere; 1 slot now",
                "pool:orders: an unknown site had 25 % of the slot time since borrowers began to wait,"
                        + " 0.0 s in JDBC and 0.0 s elsewhere, 4.0 s not visible; 1 slot now"),
                only(findings).evidence().facts().subList(0, 2));
    }

    @Test
    void farMoreBorrowersThanEverIsRunawayDemand() {
        for (int perSecond : new int[] {40, 400}) {
            PoolExhaustionDetector detector = new PoolExhaustionDetector(config());
            long borrows = 0;
            for (int tick = 1; tick <= 100; tick++) {
                borrows += 50;
                assertEquals(List.of(), detector.evaluate(round(tick, pool(POOL, 5, 10, 0).with("borrows", borrows))));
            }
            Finding finding = null;
            for (int tick = 101; tick <= 112; tick++) {
                borrows += perSecond;
                finding = detector.evaluate(round(tick, pool(POOL, 10, 10, 30 + tick * 2).with("oldestWait", 1_500)
                        .with("timeouts", tick * 3).with("borrows", borrows))).stream().findFirst().orElse(null);
            }
            assertEquals(Confidence.SUSPECTED, finding.confidence());
            assertEquals(perSecond > 100 ? ExhaustionCause.RUNAWAY_DEMAND : ExhaustionCause.TOO_SMALL,
                    ExhaustionCause.of(finding.evidence()));
            assertTrue(finding.cause().contains("borrowers come per second, at most 50 while nobody waited"), finding.cause());
        }
    }

    @Test
    void borrowersOfSeveralSlotsAreToldTheSizeThatCannotLock() {
        Finding finding = only(stuck(row -> row.with("activity", "WAITING_FOR_POOL").with("waitsFor", POOL)
                .with("inScope", true)));
        // Ten threads hold one each and want a second.
        assertTrue(finding.advice().endsWith("threads x (connections per thread - 1) + 1 = 11."), finding.advice());
    }

    @Test
    void aBurstThatDrainsIsNoFault() {
        for (int tick = 1; tick <= 20; tick++) {
            List<Signal.Builder> rows = new ArrayList<>();
            rows.add(pool(POOL, 10, 10, 2_100 - tick * 100).with("oldestWait", tick * 1_000)
                    .with("borrows", 1_000 + tick * 100));
            assertNothingAboveHint(detector.evaluate(round(tick, false, rows)));
        }
    }

    @Test
    void aBatchOfSlowStatementsThatDrainsIsNoFault() {
        // 100 tasks of 2 s each on 10 slots: ten leave together, every second round.
        for (int tick = 1; tick <= 18; tick++) {
            int wave = tick / 2;
            List<Signal.Builder> rows = full(10, 100 - wave * 10, tick * 1_000);
            rows.get(0).with("borrows", 1_000 + wave * 10);
            IntStream.range(0, 10).forEach(i -> rows.add(held(POOL, wave * 10 + i)));
            assertNothingAboveHint(detector.evaluate(round(tick, false, rows)));
        }
    }

    @Test
    void moreThreadsThanSlotsInAClosedLoopIsNoFaultWhileWaitsAreShort() {
        for (int tick = 1; tick <= 30; tick++) {
            assertNothingAboveHint(detector.evaluate(round(tick, pool(POOL, 10, 10, 10).with("oldestWait", 400)
                    .with("borrows", 1_000 + tick * 30))));
        }
    }

    @Test
    void quickTurnoverWithWaitsThatFailIsTooSmall() {
        Finding finding = null;
        for (int tick = 1; tick <= 12; tick++) {
            List<Finding> findings = detector.evaluate(round(tick, pool(POOL, 10, 10, 40 + tick)
                    .with("oldestWait", 1_900).with("timeouts", tick * 3).with("borrows", 1_000 + tick * 50)));
            if (tick < 10) {
                assertNothingAboveHint(findings);
            } else {
                finding = only(findings);
            }
        }
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals(ExhaustionCause.TOO_SMALL, ExhaustionCause.of(finding.evidence()));
        assertEquals("450 borrows in 9.0 s over 10 slots, no site holds them for long", finding.cause());
    }

    @Test
    void fewQuickSlotsDoNotHideTheSlowOnesBesideThem() {
        Finding finding = null;
        for (int tick = 1; tick <= 12; tick++) {
            List<Signal.Builder> rows = full(10, 20 + tick, tick * 1_000);
            rows.get(0).with("borrows", 1_000 + tick * 20);
            for (int lease = 1; lease <= 8; lease++) {
                rows.add(held(POOL, lease).with("heldFor", 20_000 + tick * 1_000).with("activity", "IO"));
            }
            List<Finding> findings = detector.evaluate(round(tick, false, rows));
            finding = findings.isEmpty() ? null : only(findings);
        }
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals(ExhaustionCause.HELD_ACROSS_IO, ExhaustionCause.of(finding.evidence()));
    }

    @Test
    void moreArriveThanLeaveIsSuspectedEvenThoughSlotsComeBack() {
        List<Finding> findings = List.of();
        for (int tick = 1; tick <= 4; tick++) {
            List<Signal.Builder> rows = full(10, 10 + tick * 5, 5_000 + tick * 800);
            rows.get(0).with("borrows", 1_000 + tick * 2);
            IntStream.range(0, 10).forEach(i -> rows.add(held(POOL, i).with("heldFor", 5_000)));
            findings = detector.evaluate(round(tick, false, rows));
        }
        assertEquals(Confidence.SUSPECTED, only(findings).confidence());
        assertEquals(ExhaustionCause.SLOW_STATEMENTS, ExhaustionCause.of(only(findings).evidence()));
    }

    @Test
    void aCounterThatFallsWithADiscardedSlotHidesNoTurnover() {
        for (int tick = 1; tick <= 6; tick++) {
            int wave = tick;
            List<Signal.Builder> rows = full(10, 50 - tick, tick * 1_000);
            rows.get(0).with("borrows", 1_000 - tick * 100);
            IntStream.range(0, 10).forEach(i -> rows.add(held(POOL, wave * 10 + i)));
            assertNothingAboveHint(detector.evaluate(round(tick, false, rows)));
        }
    }

    /** Three rounds in which nothing moves; all ten holders alike, out for 41 s. */
    private List<Finding> stuck(UnaryOperator<Signal.Builder> holders) {
        PoolExhaustionDetector detector = new PoolExhaustionDetector(config());
        List<Finding> findings = List.of();
        for (int tick = 1; tick <= 3; tick++) {
            List<Signal.Builder> rows = full(10, 5, tick * 1_000);
            for (int lease = 1; lease <= 10; lease++) {
                rows.add(holders.apply(held(POOL, lease).with("heldFor", 41_000)));
            }
            Round round = round(tick, false, rows);
            findings = detector.evaluate(round);
        }
        return findings;
    }

    private static Signal.Builder slotTime(String site, int slots, long jdbc, long other) {
        return Signal.of(Signal.SLOT_TIME, START).with("resource", POOL).with("site", site).with("slots", slots)
                .with("jdbcTime", jdbc).with("otherTime", other).with("unseenTime", 0);
    }

    private static List<Signal.Builder> full(int slots, int waiting, long oldestWait) {
        return new ArrayList<>(List.of(pool(POOL, slots, slots, waiting).with("oldestWait", oldestWait)));
    }
}
