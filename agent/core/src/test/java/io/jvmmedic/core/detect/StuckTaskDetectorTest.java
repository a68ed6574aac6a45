package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Signal;
import java.util.List;
import org.junit.jupiter.api.Test;

class StuckTaskDetectorTest {

    private final StuckTaskDetector detector = new StuckTaskDetector(config());

    private static Signal.Builder task(long runsFor, int seen, long longest) {
        return Signal.of(Signal.LONG_TASK, START).with("resource", EXECUTOR).with("thread", "reports-1").with("threadId", 41)
                .with("task", 12).with("runsFor", runsFor).with("entry", "com.acme.Report.run")
                .with("site", "com.acme.GeoClient.lookup(GeoClient.java:33)").with("activity", "IO").with("unchanged", 3)
                .with("seen", seen).with("longest", longest);
    }

    @Test
    void aTaskThatWaitsFarLongerThanItsLikeIsSuspected() {
        Finding finding = only(detector.evaluate(round(1, task(61_000, 5, 6_000))));
        assertEquals(Fault.STUCK_TASK, finding.fault());
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals("executor:reports: 1 task stuck, com.acme.Report.run runs for 61 s, 5 others took at most 6.0 s",
                finding.summary());
        assertEquals("1 wait: 1 at GeoClient.lookup:33", finding.cause());
        assertEquals(41, finding.evidence().measure("thread"));
        assertEquals(12, finding.evidence().measure("task"));
    }

    @Test
    void aLongTaskIsHealthy() {
        assertEquals(List.of(), detector.evaluate(round(1, task(600_000, 5, 61_000))), "others took as long");
        assertEquals(List.of(), detector.evaluate(round(2, task(3_600_000, 0, -1))), "nobody saw one of its like end");
        assertEquals(List.of(), detector.evaluate(round(3, task(59_000, 900, 10))), "not a minute yet");
        assertEquals(List.of(), detector.evaluate(round(4, task(600_000, 9, 10).with("activity", "RUNNING"))));
        assertEquals(List.of(), detector.evaluate(round(5, task(600_000, 9, 10).with("activity", "SLEEPING"))));
        assertEquals(List.of(), detector.evaluate(round(6, task(600_000, 9, 10).with("unchanged", 1))), "it moves");
    }

    @Test
    void timeInWhichNobodyLookedDoesNotCount() {
        assertEquals(1, detector.evaluate(round(1, task(600_000, 9, 10))).size());
        assertEquals(List.of(), detector.evaluate(lateRound(2, task(601_000, 9, 10))));
        for (int tick = 3; tick < 62; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, task(600_000 + tick * 1_000, 9, 10))));
        }
        assertEquals(1, detector.evaluate(round(62, task(662_000, 9, 10))).size());
    }
}
