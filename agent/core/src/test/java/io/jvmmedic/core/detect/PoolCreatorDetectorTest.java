package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.POOL;
import static io.jvmmedic.core.detect.FakeRounds.config;
import static io.jvmmedic.core.detect.FakeRounds.fresh;
import static io.jvmmedic.core.detect.FakeRounds.only;
import static io.jvmmedic.core.detect.FakeRounds.pool;
import static io.jvmmedic.core.detect.FakeRounds.round;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Signal;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolCreatorDetectorTest {

    private final PoolCreatorDetector detector = new PoolCreatorDetector(config());

    private static Signal.Builder wanting(String thread) {
        return pool(POOL, 2, 5, 3).with("total", 2).with("idle", 0).with("creatorWanted", true).with("creatorThread", thread)
                .with("creatorDoing", thread.isEmpty() ? "" : "sun.nio.ch.Net.poll(Net.java)");
    }

    private List<Finding> until(int tick, Signal.Builder... rows) {
        for (int i = 1; i < tick; i++) {
            detector.evaluate(round(i, rows));
        }
        return detector.evaluate(round(tick, rows));
    }

    @Test
    void anEndedCreatorIsProvenByItself() {
        assertEquals(List.of(), until(2, wanting("").with("creatorDead", true)));
        assertEquals(Confidence.CERTAIN,
                only(detector.evaluate(round(3, wanting("").with("creatorDead", true)))).confidence());
    }

    @Test
    void oneThatHangsIsProvenByFreshConnectionsThatWork() {
        assertEquals(List.of(), until(15, wanting("orders:connection-adder")));
        assertEquals(Confidence.SUSPECTED, only(detector.evaluate(round(16, wanting("orders:connection-adder")))).confidence());
        detector.evaluate(round(17, wanting("orders:connection-adder"), fresh(POOL, "OK")));
        Finding finding = only(detector.evaluate(round(18, wanting("orders:connection-adder"), fresh(POOL, "OK"))));
        assertEquals(Confidence.CERTAIN, finding.confidence());
        assertEquals("pool:orders: orders:connection-adder hangs while it makes a connection; 2 of 5 there, 3 waiting",
                finding.summary());
    }

    @Test
    void aServerThatAnswersNobodyIsNoFaultOfTheCreator() {
        for (int tick = 1; tick <= 60; tick++) {
            List<Finding> findings = detector.evaluate(round(tick, wanting("adder"), fresh(POOL, "FAILED")));
            assertEquals(tick < 16, findings.isEmpty());
            findings.forEach(finding -> assertEquals(Confidence.SUSPECTED, finding.confidence()));
        }
    }

    @Test
    void aLostDemandNeedsNoPatience() {
        assertEquals(List.of(), until(5, wanting("")));
        detector.evaluate(round(6, wanting(""), fresh(POOL, "OK")));
        assertEquals(Confidence.CERTAIN, only(detector.evaluate(round(7, wanting(""), fresh(POOL, "OK")))).confidence());
    }

    @Test
    void progressFailuresAndCalmStartAgain() {
        until(14, wanting("adder"), fresh(POOL, "OK"));
        assertEquals(List.of(), detector.evaluate(round(15, wanting("adder").with("failedConnects", 1))));
        assertEquals(List.of(), detector.evaluate(round(29, wanting("adder").with("failedConnects", 1))), "a gap");
        assertEquals(List.of(), detector.evaluate(round(30, wanting("adder").with("failedConnects", 1).with("total", 3))));
        assertEquals(List.of(), detector.evaluate(round(31, wanting("adder").with("waiting", 0))));
        assertEquals(List.of(), detector.evaluate(round(32, pool(POOL, 5, 5, 3))), "full is not stuck");
    }
}
