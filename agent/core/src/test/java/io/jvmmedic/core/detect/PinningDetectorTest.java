package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.ExecutorHandle;
import java.util.List;
import org.junit.jupiter.api.Test;

class PinningDetectorTest {

    private final PinningDetector detector = new PinningDetector(config());

    private static Signal.Builder carriers(int queued) {
        return executor(2, 2, queued, 900).with("library", ExecutorHandle.CARRIERS);
    }

    private static Signal.Builder pinned(long millis) {
        return Signal.of(Signal.PINNED, START).with("site", SAVE).with("duration", millis);
    }

    @Test
    void waitsThatKeepTheirCarrierAreToldWithTheirSite() {
        for (int tick = 1; tick <= 4; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, carriers(0), pinned(150))));
        }
        Finding finding = only(detector.evaluate(round(5, carriers(0), pinned(400))));
        assertEquals(Fault.VIRTUAL_THREAD_PINNING, finding.fault());
        assertEquals(Confidence.HINT, finding.confidence(), "nobody suffers");
        assertEquals("executor:reports: virtual threads kept their carrier while they waited, 5 times lately, for up to 0.4 s",
                finding.summary());
        assertEquals("pinned: 5 at OrderService.save:88", finding.cause());
    }

    @Test
    void whoFindsNoCarrierMeanwhileMakesItWorse() {
        Finding finding = null;
        for (int tick = 1; tick <= 10; tick++) {
            List<Finding> found = detector.evaluate(round(tick, carriers(9), pinned(900)));
            finding = found.isEmpty() ? null : found.get(0);
        }
        assertEquals(Confidence.SUSPECTED, finding.confidence());
    }

    @Test
    void aFewAreNone() {
        for (int tick = 1; tick <= 50; tick++) {
            assertEquals(List.of(), detector.evaluate(tick % 5 == 0 ? round(tick, carriers(9), pinned(150))
                    : round(tick, carriers(9))));
        }
    }
}
