package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/adding-a-detector.md} true: its example compiles, and works. */
class AddingADetectorTest {

    @Test
    void thePageShowsTheCodeThatIsTestedHere() throws IOException {
        String page = Files.readString(Path.of("../../docs/adding-a-detector.md"));
        String source = Files.readString(
                Path.of("src/test/java/io/jvmmedic/core/detect/FailedWaitsDetector.java"));
        String body = source.substring(source.indexOf("/** Hints"));
        assertTrue(page.contains("```java\n" + body + "```"), "the example of the page is not the tested one");
    }

    @Test
    void thePageNamesEveryDetector() throws IOException {
        String page = Files.readString(Path.of("../../docs/adding-a-detector.md"));
        List<Detector> detectors = List.of(new LeakedConnectionDetector(config()), new PoolExhaustionDetector(config()),
                new NestedBorrowDetector(config()), new ExecutorSelfStarvationDetector(config()),
                new ExecutorStalledDetector(config()), new LockDeadlockDetector(config()),
                new WaitKnotDetector(config()), new LostLockDetector(config()),
                new LeakedResponseDetector(config()), new HttpPoolExhaustionDetector(config()), new DeadPeerDetector(config()),
                new StaleSessionsDetector(config()), new PoolCreatorDetector(config()),
                new ExecutorSaturatedDetector(config()), new ExecutorBacklogDetector(config()),
                new ExecutorRejectingDetector(config()), new WorkersDyingDetector(config()), new StuckTaskDetector(config()),
                new ScheduledSeriesDetector(config()), new CarrierStarvationDetector(config()), new PinningDetector(config()),
                new ExecutorLeakDetector(config()), new ThreadLeakDetector(config()));
        for (Detector detector : detectors) {
            assertTrue(page.contains("| `" + detector.name() + "` |"), detector.name());
            for (String need : detector.needs()) {
                assertTrue(page.contains("`" + need + "`"), need);
            }
        }
    }

    @Test
    void theExampleWorks() {
        FailedWaitsDetector detector = new FailedWaitsDetector(config());
        for (int tick = 1; tick <= 3; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, pool(POOL, 10, 10, 4).with("timeouts", tick))));
        }
        Finding finding = only(detector.evaluate(round(4, pool(POOL, 10, 10, 4).with("timeouts", 4))));
        assertEquals(Confidence.HINT, finding.confidence());
        assertEquals(List.of(), detector.evaluate(round(5, pool(POOL, 10, 10, 4).with("timeouts", 4))));
        assertEquals(List.of(), detector.evaluate(lateRound(6, pool(POOL, 10, 10, 4).with("timeouts", 9))));
    }
}
