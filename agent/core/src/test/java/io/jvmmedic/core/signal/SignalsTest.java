package io.jvmmedic.core.signal;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.AtomicFiles;
import io.jvmmedic.core.util.Clock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import jdk.jfr.consumer.EventStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignalsTest {

    private final List<Round> rounds = new CopyOnWriteArrayList<>();

    private static Signal pool(long tick, long waiting) {
        return Signal.of(Signal.POOL, System.currentTimeMillis()).with("tick", tick).with("resource", "pool:orders")
                .with("library", "HikariCP").with("active", 10).with("idle", 0).with("total", 10).with("max", 10)
                .with("waiting", waiting).with("oldestWait", 1_234).with("borrows", 5_000_000_000L)
                .with("timeouts", 0).with("sinceGc", -1).build();
    }

    private static Signal held(long tick) {
        return Signal.of(Signal.HELD_CONNECTION, System.currentTimeMillis()).with("tick", tick)
                .with("resource", "pool:orders").with("leaseId", 7).with("unreachable", true).with("escaped", false)
                .with("site", "Shop.buy(Shop.java:3)").build();
    }

    private static Signal health(long tick, long lateness) {
        return Signal.of(Signal.HEALTH, System.currentTimeMillis()).with("tick", tick).with("mode", "heal")
                .with("lateness", lateness).with("resources", 1).with("adviceFailures", 0).with("dropped", 0)
                .with("treatments", 0).build();
    }

    private static void commit(SignalSink signals, long tick, long lateness) {
        signals.accept(pool(tick, 4));
        signals.accept(held(tick));
        signals.accept(health(tick, lateness));
    }

    /** The stream may have begun to read in the middle of one. */
    private static boolean isWhole(Round round) {
        return !round.of(Signal.POOL).isEmpty() && !round.of(Signal.HELD_CONNECTION).isEmpty();
    }

    @Test
    void whatIsCommittedComesBackUnchanged(@TempDir Path folder) throws Exception {
        Signals signals = Signals.open(MedicConfig.of(Map.of()), Clock.SYSTEM, rounds::add);
        try {
            assertEquals("streaming", signals.describe());
            // Level-triggered as the sampler: what was committed before the stream began to read is said again.
            await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(200)).until(() -> {
                commit(signals, 1, 0);
                return rounds.stream().anyMatch(SignalsTest::isWhole);
            });
            Round round = rounds.stream().filter(SignalsTest::isWhole).findFirst().orElseThrow();
            assertEquals(1, round.tick());
            assertFalse(round.late());
            Map<String, Object> committed = pool(1, 4).fields();
            Map<String, Object> back = without(round.of(Signal.POOL).get(0));
            back.keySet().retainAll(committed.keySet());
            assertEquals(committed, back);
            assertTrue(round.of(Signal.HELD_CONNECTION).get(0).flag("unreachable"));

            Path file = folder.resolve("box.jfr");
            signals.dump(file);
            assertTrue(Files.size(file) > 0);
            assertReplaysTheSame(file, round);
        } finally {
            signals.close();
        }
    }

    /** As the JVM does when it ends: who asked before for a dump must not look for files that are gone. */
    @Test
    void aRecordingThatWasStoppedGivesNoDumpAndTouchesNoFile(@TempDir Path folder) {
        Signals signals = Signals.open(MedicConfig.of(Map.of()), Clock.SYSTEM, rounds::add);
        try {
            assertTrue(signals.isRecorded());
            List<Recording> all = FlightRecorder.getFlightRecorder().getRecordings().stream()
                    .filter(recording -> recording.getName().equals(BlackBox.NAME)).toList();
            all.forEach(Recording::stop);
            assertFalse(signals.isRecorded());
            assertTrue(all.stream().allMatch(recording -> recording.getState() == RecordingState.CLOSED));
            assertThrows(AtomicFiles.NoContentException.class, () -> signals.dump(folder.resolve("late.jfr")));
        } finally {
            signals.close();
        }
    }

    private static void assertReplaysTheSame(Path file, Round live) throws Exception {
        List<Round> replayed = new ArrayList<>();
        RoundAssembler assembler = new RoundAssembler(replayed::add);
        try (EventStream stream = EventStream.openFile(file)) {
            stream.setOrdered(true);
            stream.onEvent(event -> {
                if (event.getEventType().getName().startsWith(JfrEvents.PREFIX)) {
                    assembler.accept(EventCopy.of(event));
                }
            });
            stream.start();
        }
        Round last = replayed.get(replayed.size() - 1);
        assertEquals(live.tick(), last.tick());
        assertEquals(without(live.of(Signal.POOL).get(0)), without(last.of(Signal.POOL).get(0)));
    }

    /** A recorded event also has a start time and a duration, which are not ours. */
    private static Map<String, Object> without(Signal signal) {
        Map<String, Object> own = new java.util.LinkedHashMap<>(signal.fields());
        own.remove("startTime");
        own.remove("duration");
        return own;
    }

    @Test
    void withoutFlightRecorderTheSameRoundsComeStraight() {
        Signals signals = Signals.open(MedicConfig.of(Map.of("jfr", "false")), Clock.SYSTEM, rounds::add);
        commit(signals, 1, 0);
        commit(signals, 2, 5_000);
        assertEquals(2, rounds.size());
        assertFalse(rounds.get(0).late());
        assertTrue(rounds.get(1).late());
        assertTrue(signals.describe().startsWith("degraded: "));
    }

    @Test
    void aRoundWhoseEndWasLostLeaksNothingIntoTheNext() {
        RoundAssembler assembler = new RoundAssembler(rounds::add);
        assembler.accept(pool(1, 9));
        assembler.accept(pool(2, 4));
        assembler.accept(health(2, 0));
        assertEquals(1, rounds.get(0).of(Signal.POOL).size());
        assertEquals(4, rounds.get(0).of(Signal.POOL).get(0).number("waiting"));
    }
}
