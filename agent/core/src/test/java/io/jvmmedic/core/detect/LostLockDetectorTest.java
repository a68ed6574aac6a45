package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Signal;
import java.util.List;
import org.junit.jupiter.api.Test;

class LostLockDetectorTest {

    private final LostLockDetector detector = new LostLockDetector(config());

    private static Signal.Builder waiter(long thread, long owner) {
        return waitsForThreads(thread, "", "SYNCHRONIZER", Long.toString(owner)).with("holderEnded", true);
    }

    @Test
    void anOwnerThatHasEndedIsProvenOnTheSecondLook() {
        assertEquals(Confidence.HINT, only(detector.evaluate(round(1, waiter(7, 3), waiter(8, 3)))).confidence());
        Finding finding = only(detector.evaluate(round(4, waiter(7, 3), waiter(8, 3))));
        assertEquals(Confidence.CERTAIN, finding.confidence());
        assertEquals(Fault.LOST_LOCK, finding.fault());
        assertEquals("lock:ReentrantLock$NonfairSync@1", finding.resource().toString());
        assertEquals("lock:ReentrantLock$NonfairSync@1: lost, held by t-3, which has ended; 2 threads waiting",
                finding.summary());
        assertEquals("t-3 ended without releasing ReentrantLock$NonfairSync@1", finding.cause());
        assertEquals(List.of(7L, 8L), finding.evidence().threads());
    }

    @Test
    void anotherOwnerBeginsAnew() {
        detector.evaluate(round(1, waiter(7, 3)));
        assertEquals(Confidence.HINT, only(detector.evaluate(round(2, waiter(7, 4)))).confidence());
        assertEquals(Confidence.CERTAIN, only(detector.evaluate(round(3, waiter(7, 4)))).confidence());
    }

    @Test
    void anOwnerThatLivesLosesNothing() {
        assertEquals(List.of(), detector.evaluate(round(1, waitsForThreads(7, "", "SYNCHRONIZER", "3"))));
    }
}
