package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.POOL;
import static io.jvmmedic.core.detect.FakeRounds.check;
import static io.jvmmedic.core.detect.FakeRounds.config;
import static io.jvmmedic.core.detect.FakeRounds.fresh;
import static io.jvmmedic.core.detect.FakeRounds.held;
import static io.jvmmedic.core.detect.FakeRounds.lateRound;
import static io.jvmmedic.core.detect.FakeRounds.only;
import static io.jvmmedic.core.detect.FakeRounds.pool;
import static io.jvmmedic.core.detect.FakeRounds.round;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Signal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadPeerDetectorTest {

    private final DeadPeerDetector detector = new DeadPeerDetector(config());

    /** A statement that began at tick 0. */
    private static Signal.Builder silent(long lease, long tick) {
        return held(POOL, lease).with("heldFor", tick * 1_000 + 50).with("idleFor", tick * 1_000);
    }

    private List<Finding> look(long tick, String outcome, String... verdicts) {
        List<Signal.Builder> rows = new ArrayList<>(List.of(pool(POOL, verdicts.length, 10, 3), fresh(POOL, outcome)));
        for (int i = 0; i < verdicts.length; i++) {
            rows.add(silent(i + 1, tick));
            rows.add(check(POOL, i + 1, tick * 1_000 - 100, verdicts[i]));
        }
        return detector.evaluate(round(tick, false, rows));
    }

    private List<Finding> between(long tick, int sessions) {
        List<Signal.Builder> rows = new ArrayList<>(List.of(pool(POOL, sessions, 10, 3)));
        for (int i = 1; i <= sessions; i++) {
            rows.add(silent(i, tick));
        }
        return detector.evaluate(round(tick, false, rows));
    }

    private void lookAt(long from, String... verdicts) {
        between(from - 2, verdicts.length);
        between(from - 1, verdicts.length);
        look(from, "OK", verdicts);
        between(from + 1, verdicts.length);
        between(from + 2, verdicts.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GONE", "ANSWERED", "UNREACHABLE"})
    void theSameWordTwiceIsAProofForThisSessionOnly(String verdict) {
        lookAt(10, verdict, "ALIVE");
        Finding finding = only(look(13, "OK", verdict, "ALIVE"));
        assertEquals(Confidence.CERTAIN, finding.confidence());
        assertEquals(List.of(1L), finding.evidence().leases());
    }

    @Test
    void onceIsNot() {
        between(9, 1);
        assertEquals(List.of(), look(10, "OK", "GONE"));
    }

    @Test
    void aReportOfTwentyMinutesOnALiveSessionIsLeftAlone() {
        for (int tick = 10; tick <= 1_200; tick++) {
            assertEquals(List.of(), tick % 3 == 0 ? look(tick, "OK", "ALIVE", "ALIVE") : between(tick, 2));
        }
    }

    @Test
    void silenceWithoutAWordIsSuspectedAndOnlyWhereSeveralAreSilent() {
        assertEquals(List.of(), look(10, "OK", "UNKNOWN"));
        Finding finding = only(look(11, "OK", "UNKNOWN", "UNKNOWN", "UNKNOWN"));
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals(List.of(), look(12, "OK", "UNKNOWN", "UNKNOWN", "ALIVE"), "one that works speaks for the others");
    }

    @Test
    void whileNoConnectionCanBeHadNothingIsConcluded() {
        look(10, "FAILED", "GONE", "GONE");
        between(11, 2);
        between(12, 2);
        assertEquals(List.of(), look(13, "FAILED", "GONE", "GONE"));
    }

    @Test
    void anotherReasonOrAnotherStatementStartsAgain() {
        lookAt(10, "GONE");
        assertEquals(List.of(), look(13, "OK", "UNREACHABLE"), "another reason");
        between(14, 1);
        between(15, 1);
        assertEquals(List.of(), detector.evaluate(round(16, pool(POOL, 1, 10, 0), fresh(POOL, "OK"),
                held(POOL, 1).with("idleFor", 6_000), check(POOL, 1, 5_900, "UNREACHABLE"))), "another statement");
    }

    @Test
    void aSessionThatWentOnMeanwhileIsNotAccused() {
        lookAt(10, "GONE");
        assertEquals(List.of(), detector.evaluate(round(13, pool(POOL, 1, 10, 0), fresh(POOL, "OK"),
                held(POOL, 1).with("idleFor", 0), check(POOL, 1, 12_900, "GONE"))));
    }

    @Test
    void aBorrowerThatIsNotInTheDriverIsNone() {
        lookAt(10, "GONE");
        assertEquals(List.of(), detector.evaluate(round(13, pool(POOL, 1, 10, 0), fresh(POOL, "OK"),
                silent(1, 13).with("activity", "PARKED"), check(POOL, 1, 12_900, "GONE"))));
    }

    /** Nobody sees where it is; the word on its session is about the session alone. */
    @Test
    void aVirtualThreadIsReleasedFromASessionThatIsGone() {
        for (int tick = 8; tick < 13; tick++) {
            List<Signal.Builder> rows = new ArrayList<>(List.of(pool(POOL, 1, 10, 3), unseen(tick, -7)));
            if (tick == 10) {
                rows.addAll(List.of(fresh(POOL, "OK"), check(POOL, 1, 9_900, "GONE")));
            }
            assertEquals(List.of(), detector.evaluate(round(tick, false, rows)));
        }
        assertEquals(Confidence.CERTAIN, only(detector.evaluate(round(13, pool(POOL, 1, 10, 0), fresh(POOL, "OK"),
                unseen(13, -7), check(POOL, 1, 12_900, "GONE")))).confidence());
        assertEquals(List.of(), detector.evaluate(round(14, pool(POOL, 1, 10, 0), fresh(POOL, "OK"),
                unseen(14, 7), check(POOL, 1, 13_900, "GONE"))), "a platform thread is seen, and is not in the driver");
    }

    private static Signal.Builder unseen(long tick, long thread) {
        return silent(1, tick).with("threadId", thread).with("activity", "UNKNOWN");
    }

    @Test
    void timeThatTheSiteUsuallyTakesIsNotSilence() {
        assertEquals(List.of(), detector.evaluate(round(10, pool(POOL, 2, 10, 0), fresh(POOL, "OK"),
                silent(1, 10).with("typicalHold", 60_000), silent(2, 10).with("typicalHold", 60_000),
                check(POOL, 1, 9_900, "UNKNOWN"), check(POOL, 2, 9_900, "UNKNOWN"))));
    }

    /** Asked about because a neighbour was dead: where most reports take long, one that nobody works on is dead all the same. */
    @Test
    void theWordOfTheServerIsAProofWhateverTheSiteUsuallyTakes() {
        lookAt(10, "GONE");
        assertEquals(Confidence.CERTAIN, only(detector.evaluate(round(13, pool(POOL, 1, 10, 0), fresh(POOL, "OK"),
                silent(1, 13).with("typicalHold", 60_000), check(POOL, 1, 12_900, "GONE")))).confidence());
    }

    @Test
    void aLateRoundStartsAgain() {
        lookAt(10, "GONE");
        assertEquals(List.of(), detector.evaluate(lateRound(13, pool(POOL, 1, 10, 0), fresh(POOL, "OK"),
                silent(1, 13), check(POOL, 1, 12_900, "GONE"))));
    }
}
