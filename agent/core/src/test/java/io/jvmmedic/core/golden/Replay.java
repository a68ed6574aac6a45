package io.jvmmedic.core.golden;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.detect.Detector;
import io.jvmmedic.core.detect.ExecutorSelfStarvationDetector;
import io.jvmmedic.core.detect.ExecutorStalledDetector;
import io.jvmmedic.core.detect.HttpPoolExhaustionDetector;
import io.jvmmedic.core.detect.LeakedConnectionDetector;
import io.jvmmedic.core.detect.LeakedResponseDetector;
import io.jvmmedic.core.detect.LockDeadlockDetector;
import io.jvmmedic.core.detect.NestedBorrowDetector;
import io.jvmmedic.core.detect.PoolExhaustionDetector;
import io.jvmmedic.core.detect.WaitKnotDetector;
import io.jvmmedic.core.diagnose.Diagnostician;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.signal.EventCopy;
import io.jvmmedic.core.signal.RoundAssembler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.EventStream;

/** A recording on its way through copy, assembly, detectors and diagnosis, as the live stream goes. */
final class Replay {

    /** What was believed at the end of one round. */
    record Belief(long tick, List<Diagnosis> diagnoses) {
    }

    private final Diagnostician diagnostician = new Diagnostician();
    private final List<Detector> detectors;
    private final List<Belief> beliefs = new ArrayList<>();

    private Replay(MedicConfig config) {
        detectors = List.of(
                new LeakedConnectionDetector(config),
                new NestedBorrowDetector(config),
                new PoolExhaustionDetector(config),
                new ExecutorSelfStarvationDetector(config),
                new ExecutorStalledDetector(config),
                new LockDeadlockDetector(config),
                new WaitKnotDetector(config),
                new LeakedResponseDetector(config),
                new HttpPoolExhaustionDetector(config));
    }

    /** One belief per round, with the default configuration. */
    static List<Belief> of(Path recording) throws IOException {
        Replay replay = new Replay(MedicConfig.of(Map.of()));
        RoundAssembler assembler = new RoundAssembler(replay::evaluate);
        List<Throwable> errors = new ArrayList<>();
        try (EventStream stream = EventStream.openFile(recording)) {
            stream.onEvent(event -> assembler.accept(EventCopy.of(event)));
            // The stream goes on after a callback that threw, and so would a replay that proves nothing.
            stream.onError(errors::add);
            stream.start();
        }
        if (!errors.isEmpty()) {
            throw new AssertionError(errors.size() + " events could not be replayed", errors.get(0));
        }
        return replay.beliefs;
    }

    private void evaluate(Round round) {
        List<Finding> findings = detectors.stream().flatMap(detector -> detector.evaluate(round).stream()).toList();
        beliefs.add(new Belief(round.tick(), diagnostician.diagnose(findings, round)));
    }
}
