package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Signal;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThreadLeakDetectorTest {

    private final ThreadLeakDetector detector = new ThreadLeakDetector(config());

    private static Signal.Builder family(long alive, long ended) {
        return Signal.of(Signal.THREAD_FAMILY, START).with("resource", "jvm:threads poller-#").with("family", "poller-#")
                .with("alive", alive).with("ended", ended).with("executors", 0).with("executor", "")
                .with("site", "com.acme.Poller.run(Poller.java:12)");
    }

    @Test
    void aFamilyThatOnlyGrowsIsNamedWithWhoStartsIt() {
        detector.evaluate(round(1, Signal.of(Signal.THREAD_START, START).with("startedThread", "poller-17").with("site", SAVE),
                family(33, 0)));
        for (int tick = 2; tick <= 19; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, family(30 + 3 * tick, 0))));
        }
        assertEquals(Confidence.HINT, only(detector.evaluate(round(20, family(90, 0)))).confidence());
        for (int tick = 21; tick <= 39; tick++) {
            assertEquals(Confidence.HINT, only(detector.evaluate(round(tick, family(30 + 3 * tick, 0)))).confidence());
        }
        Finding finding = only(detector.evaluate(round(40, family(150, 1))));
        assertEquals(Fault.THREAD_LEAK, finding.fault());
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals("jvm:threads poller-#: 150 threads and still growing, 117 more within 40 rounds", finding.summary());
        assertEquals("started at OrderService.save:88; the youngest is at Poller.run:12", finding.cause());
    }

    @Test
    void aFamilyThatComesAndGoesIsNone() {
        for (int tick = 1; tick <= 200; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, family(100 + 50 * (tick % 20), 100 * tick))));
        }
    }

    @Test
    void threadsThatEndAsFastAsTheyComeAreNone() {
        for (int tick = 1; tick <= 60; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, family(30 + 3 * tick, 30 * tick))));
        }
    }

    @Test
    void growthThatHasEndedIsNone() {
        for (int tick = 1; tick <= 15; tick++) {
            detector.evaluate(round(tick, family(30 + 20 * tick, 0)));
        }
        for (int tick = 16; tick <= 120; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, family(330, 0))));
        }
    }

    @Test
    void anExecutorWithALimitMayFillUp() {
        for (int tick = 1; tick <= 100; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, executor(20 + 2 * tick, 250, 0, tick),
                    family(20 + 2 * tick, 0).with("executors", 1).with("executor", EXECUTOR))));
        }
    }

    @Test
    void anExecutorWithoutALimitHasAMinute() {
        for (int tick = 1; tick <= 59; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, executor(20 + 2 * tick, Integer.MAX_VALUE, 0, tick),
                    family(20 + 2 * tick, 0).with("executors", 1).with("executor", EXECUTOR))));
        }
        assertEquals(1, detector.evaluate(round(60, executor(140, Integer.MAX_VALUE, 0, 1),
                family(140, 0).with("executors", 1).with("executor", EXECUTOR))).size());
    }
}
