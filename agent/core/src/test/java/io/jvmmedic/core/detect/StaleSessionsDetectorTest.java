package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.POOL;
import static io.jvmmedic.core.detect.FakeRounds.assertNothingAboveHint;
import static io.jvmmedic.core.detect.FakeRounds.check;
import static io.jvmmedic.core.detect.FakeRounds.config;
import static io.jvmmedic.core.detect.FakeRounds.fresh;
import static io.jvmmedic.core.detect.FakeRounds.lateRound;
import static io.jvmmedic.core.detect.FakeRounds.only;
import static io.jvmmedic.core.detect.FakeRounds.pool;
import static io.jvmmedic.core.detect.FakeRounds.round;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Signal;
import java.util.List;
import org.junit.jupiter.api.Test;

class StaleSessionsDetectorTest {

    private final StaleSessionsDetector detector = new StaleSessionsDetector(config());

    private static Signal.Builder lost(long errors, long sessions) {
        return pool(POOL, 2, 10, 0).with("lostErrors", errors).with("failedSessions", sessions).with("lastError", "57P01");
    }

    private static Signal.Builder readOnly(long errors) {
        return pool(POOL, 2, 10, 0).with("readOnlyErrors", errors).with("lastError", "25006");
    }

    private static Signal.Builder roles(String fresh, String pooled) {
        return fresh(POOL, "OK").with("role", fresh).with("pooledRole", pooled);
    }

    private List<Finding> afterCalm(Signal.Builder... rows) {
        assertEquals(List.of(), detector.evaluate(round(1, lost(0, 0).with("readOnlyErrors", 0))));
        return detector.evaluate(round(2, rows));
    }

    @Test
    void lostSessionsAndIdleOnesThatTheServerClosedAreAProof() {
        Finding finding = only(afterCalm(lost(3, 3), fresh(POOL, "OK"), check(POOL, -1, 0, "CLOSED"),
                check(POOL, -1, 0, "ALIVE")));
        assertEquals(Confidence.CERTAIN, finding.confidence());
        assertEquals(1, finding.evidence().measure("softEvict"));
        assertEquals(FakeRounds.START, finding.evidence().measure("asOf"));
        assertEquals(List.of(), finding.evidence().leases(), "nobody who uses one is accused");
    }

    @Test
    void withoutAFreshConnectionNothingIsConcluded() {
        assertEquals(Confidence.HINT, only(afterCalm(lost(3, 3))).confidence());
        assertEquals(Confidence.HINT, only(detector.evaluate(
                round(3, lost(5, 5), fresh(POOL, "FAILED"), check(POOL, -1, 0, "CLOSED")))).confidence());
    }

    @Test
    void aFreshConnectionAloneIsNoProof() {
        assertEquals(Confidence.SUSPECTED, only(afterCalm(lost(3, 3), fresh(POOL, "OK"),
                check(POOL, -1, 0, "UNKNOWN"))).confidence());
    }

    @Test
    void idleSessionsThatLiveAreLeftAlone() {
        assertNothingAboveHint(afterCalm(lost(3, 3), fresh(POOL, "OK"), check(POOL, -1, 0, "ALIVE")));
        assertNothingAboveHint(detector.evaluate(round(3, lost(6, 6), fresh(POOL, "OK"))));
    }

    @Test
    void oneBrokenSessionIsNoBurstAndOldErrorsAreNone() {
        assertEquals(List.of(), afterCalm(lost(4, 1), fresh(POOL, "OK"), check(POOL, -1, 0, "CLOSED")));
        for (int tick = 3; tick < 13; tick++) {
            detector.evaluate(round(tick, lost(6, 3)));
        }
        assertEquals(List.of(), detector.evaluate(round(13, lost(6, 3), fresh(POOL, "OK"), check(POOL, -1, 0, "CLOSED"))));
    }

    @Test
    void anAnswerHoldsForAMomentOnly() {
        afterCalm(lost(3, 3), fresh(POOL, "OK"), check(POOL, -1, 0, "GONE"));
        for (int tick = 3; tick <= 5; tick++) {
            assertEquals(Confidence.CERTAIN, only(detector.evaluate(round(tick, lost(3, 3)))).confidence());
        }
        assertEquals(Confidence.HINT, only(detector.evaluate(round(6, lost(3, 3)))).confidence());
    }

    @Test
    void whoIsAskedTheSameAndAnswersDifferentlyProvesTheStaleRole() {
        Finding finding = only(afterCalm(readOnly(3), roles("WRITABLE", "READ_ONLY")));
        assertEquals(Confidence.CERTAIN, finding.confidence());
        assertEquals("pool:orders: 3 writes refused as read-only within 10 s, its sessions are with a server that takes none",
                finding.summary());
    }

    @Test
    void aBurstThatIsOverIsNoFinding() {
        afterCalm(readOnly(3), roles("WRITABLE", "READ_ONLY"));
        assertEquals(List.of(), detector.evaluate(round(3, readOnly(3))));
        assertEquals(Confidence.CERTAIN, only(detector.evaluate(round(4, readOnly(4)))).confidence(), "and on it goes");
    }

    @Test
    void anApplicationThatWritesInReadOnlyTransactionsIsNotTreated() {
        assertNothingAboveHint(afterCalm(readOnly(300), roles("WRITABLE", "WRITABLE")));
    }

    @Test
    void aServerThatTakesNoWritesFromAnybodyIsNotTreated() {
        assertNothingAboveHint(afterCalm(readOnly(300), roles("READ_ONLY", "UNKNOWN")));
    }

    @Test
    void whereThePoolCannotBeAskedItIsOnlySuspected() {
        assertEquals(Confidence.SUSPECTED, only(afterCalm(readOnly(3), roles("WRITABLE", "UNKNOWN"))).confidence());
    }

    @Test
    void twoRefusedWritesAreNoBurst() {
        assertEquals(List.of(), afterCalm(readOnly(2), roles("WRITABLE", "READ_ONLY")));
    }

    @Test
    void aLateRoundStartsTheCountAgain() {
        detector.evaluate(round(1, lost(0, 0)));
        assertEquals(List.of(), detector.evaluate(lateRound(2, lost(9, 9), fresh(POOL, "OK"), check(POOL, -1, 0, "CLOSED"))));
    }

    /** Each session counts once; a server that is away for long has them all counted long before it is back. */
    @Test
    void aBurstLastsAsLongAsErrorsFollowOneAnother() {
        afterCalm(lost(3, 3));
        for (int tick = 3; tick < 40; tick++) {
            assertEquals(Confidence.HINT, only(detector.evaluate(round(tick, lost(3 + tick, 6)))).confidence());
        }
        assertEquals(Confidence.CERTAIN, only(detector.evaluate(
                round(40, lost(43, 6), fresh(POOL, "OK"), check(POOL, -1, 0, "CLOSED")))).confidence());
        for (int tick = 41; tick < 51; tick++) {
            detector.evaluate(round(tick, lost(43, 6)));
        }
        assertEquals(List.of(), detector.evaluate(round(51, lost(43, 6))), "and ends with them");
        assertEquals(List.of(), detector.evaluate(round(52, lost(44, 7))), "the next one begins at nought");
    }

    @Test
    void aDeadSessionThatIsLentAgainAndAgainIsFound() {
        afterCalm(lost(4, 1));
        assertEquals(List.of(), detector.evaluate(round(3, lost(9, 1))));
        assertEquals(Confidence.CERTAIN, only(detector.evaluate(
                round(4, lost(10, 1), fresh(POOL, "OK"), check(POOL, -1, 0, "CLOSED")))).confidence());
    }
}
