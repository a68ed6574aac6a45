package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.lateRound;
import static io.jvmmedic.core.detect.FakeRounds.round;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class HistoryTest {

    @Test
    void aKeyNotSeenIsForgotten() {
        History<String, Integer> history = History.unbroken();
        for (int tick = 1; tick <= 1_000; tick++) {
            history.open(round(tick));
            history.put("lease-" + tick, tick);
        }
        assertEquals(History.GAP + 1, history.size());
        assertEquals(1_000, history.get("lease-1000"));
    }

    @Test
    void whatIsLearnedSurvivesAFrozenVmButNotAnotherJvm() {
        History<String, Integer> counts = History.unbroken();
        History<String, Integer> learned = History.learned();
        counts.open(round(10));
        learned.open(round(10));
        counts.put("a", 1);
        learned.put("a", 1);
        counts.open(lateRound(90));
        learned.open(lateRound(90));
        assertNull(counts.get("a"));
        assertEquals(1, learned.get("a"));
        learned.put("a", 2);
        learned.open(round(3));
        assertNull(learned.get("a"));
    }

    @Test
    void agesCountFromTheBreak() {
        History<String, Integer> history = History.unbroken();
        history.open(round(1));
        assertEquals(600_000, history.watched(600_000));
        history.open(round(10));
        assertEquals(0, history.watched(600_000));
        history.open(round(11));
        assertEquals(1_000, history.watched(600_000));
        assertEquals(500, history.watched(500));
    }
}
