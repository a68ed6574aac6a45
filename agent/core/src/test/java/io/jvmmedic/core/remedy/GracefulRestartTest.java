package io.jvmmedic.core.remedy;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GracefulRestartTest {

    private static final ResourceId LOCK = new ResourceId(ResourceId.Kind.LOCK, "cycle-1");

    @TempDir
    Path folder;

    private final List<String> story = new CopyOnWriteArrayList<>();
    private final Map<String, String> settings = new HashMap<>();
    private Path readiness;
    private Path terminationLog;
    private Optional<String> veto = Optional.empty();
    private FinalRites rites = reason -> story.add("flush " + reason);
    private boolean threadsLeft = true;

    /** A process in which time passes only when somebody pauses, and whose threads run at once. */
    private final ProcessEnd process = new ProcessEnd() {
        private long now;

        @Override
        public void exit(int code) {
            story.add("exit " + code);
        }

        @Override
        public void halt(int code) {
            story.add("halt " + code + " at " + now);
        }

        @Override
        public void pause(long millis) {
            now += millis;
            story.add("pause " + millis + (Files.exists(readiness) ? " unready" : ""));
        }

        @Override
        public Thread start(String role, Runnable work) {
            if (!threadsLeft && role.equals("halt")) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            story.add(role);
            work.run();
            return new Thread(() -> { });
        }

        @Override
        public long monotonicMillis() {
            return now;
        }
    };

    @BeforeEach
    void configure() {
        readiness = folder.resolve("not-ready");
        terminationLog = folder.resolve("termination-log");
        settings.putAll(Map.of("restart.enabled", "true", "restart.drain", "2500ms", "restart.halt-after", "20s",
                "restart.readiness-file", readiness.toString(), "restart.termination-log", terminationLog.toString()));
    }

    private GracefulRestart remedy() {
        return new GracefulRestart(MedicConfig.of(settings), rites, () -> veto, process);
    }

    /** Of a fault whose end cannot be asked for, so that the order of the restart is what is tested. */
    private static Diagnosis diagnosis() {
        return Given.diagnosis(Fault.EXECUTOR_STALLED, LOCK, Confidence.CERTAIN, List.of(), List.of(), Map.of());
    }

    private Action action() {
        return Given.ready(remedy().prepare(diagnosis())).action();
    }

    @Test
    void drainsThenTellsThenExitsAndHaltsAtTheDeadline() throws Throwable {
        Preparation.Ready ready = Given.ready(remedy().prepare(diagnosis()));
        assertEquals(Risk.DRASTIC, ready.plan().risk());
        assertEquals("after 2 s of draining the process ends with exit code 86, 20 s later at the latest",
                ready.plan().claim().text());
        assertEquals("phase=ready", ready.action().observe());
        ready.action().apply();

        String reason = "restart, exit code 86, because of lock:cycle-1: broken";
        assertEquals(List.of("pause 1000 unready", "pause 1000 unready", "pause 500 unready",
                "last-words", "flush " + reason, "halt", "pause 20000 unready", "halt 86 at 22500", "exit", "exit 86"), story);
        assertEquals("JVM Medic: " + reason + "\n", Files.readString(terminationLog));
        assertTrue(Files.readString(readiness).startsWith("JVM Medic: " + reason));
        assertEquals("phase=exiting", ready.action().observe());
        assertFalse(ready.action().claimHolds(), "whoever can ask is still there");
        assertEquals(Duration.ofMillis(2_500 + 10_000 + 20_000 + 30_000), remedy().deadline());
    }

    /** Whether it may is the policy's business, which scores what a restart would have been worth. */
    @Test
    void isPreparedAlsoWhereItIsNotAllowed() {
        settings.put("restart.enabled", "false");
        Given.ready(remedy().prepare(diagnosis()));
        assertEquals(List.of(), story);
    }

    @Test
    void isImpossibleWhenReadinessCannotBeTakenDown() {
        settings.put("restart.readiness-file", folder.resolve("missing/not-ready").toString());
        assertTrue(Given.impossible(remedy().prepare(diagnosis())).endsWith("/missing/not-ready: the folder does not exist"));
    }

    @Test
    void needsNeitherReadinessFileNorTerminationLog() throws Throwable {
        settings.remove("restart.readiness-file");
        settings.remove("restart.termination-log");
        action().apply();
        assertTrue(story.contains("exit 86"));
        assertFalse(Files.exists(readiness));
        assertFalse(Files.exists(terminationLog));
    }

    @Test
    void calledOffWhileDrainingItGetsReadyAgain() {
        Action action = action();
        veto = Optional.of("mode is off");
        assertEquals("lock:cycle-1: restart called off while draining, mode is off",
                assertThrows(IllegalStateException.class, action::apply).getMessage());
        assertFalse(Files.exists(readiness));
        assertEquals(List.of(), story);
        assertEquals("phase=ready", action.observe());
    }

    @Test
    void leavesWhateverTheRecordsDo() throws Throwable {
        rites = reason -> {
            throw new IOException("disk full");
        };
        action().apply();
        assertTrue(story.contains("exit 86"));
    }

    @Test
    void tellsTheRecordsThatTheTerminationLogFailed() throws Throwable {
        Files.createDirectory(terminationLog);
        action().apply();
        assertTrue(story.stream().anyMatch(line -> line.startsWith("flush ")
                && line.contains("; restart.termination-log could not be written: ")), story.toString());
    }

    @Test
    void haltsWhenNoThreadIsLeftToExitOn() throws Throwable {
        threadsLeft = false;
        action().apply();
        assertEquals("halt 86 at 2500", story.get(story.size() - 1));
    }

    @Test
    void aCycleThatIsNoneIsNoReason() {
        Diagnosis deadlock = Given.diagnosis(Fault.LOCK_DEADLOCK, LOCK, Confidence.CERTAIN, List.of(), List.of(1L), Map.of());
        assertEquals("lock:cycle-1: its threads are not deadlocked any more",
                Given.impossible(remedy().prepare(deadlock)));
    }

    @Test
    void cutsTheTerminationLogBetweenCharacters() {
        byte[] bytes = GracefulRestart.cut("x" + "\u00e4".repeat(5_000));
        assertEquals(GracefulRestart.TERMINATION_LOG_BYTES - 1, bytes.length);
        assertTrue(new String(bytes, StandardCharsets.UTF_8).endsWith("\u00e4"));
    }

    @Test
    void removesAStaleReadinessFileOfOursAndNoOther() throws IOException {
        MedicConfig config = MedicConfig.of(settings);
        assertFalse(ReadinessFile.removeStale(config));
        Files.writeString(readiness, "mine");
        assertFalse(ReadinessFile.removeStale(config));
        assertTrue(Files.exists(readiness));
        Files.writeString(readiness, "JVM Medic: restart");
        assertTrue(ReadinessFile.removeStale(config));
        assertFalse(Files.exists(readiness));
    }

    /** A real process with a real deadlock, whose shutdown hook waits for one of the deadlocked locks. */
    @Test
    void aWedgedShutdownHookDoesNotKeepTheProcessAlive() throws Exception {
        Path flushed = folder.resolve("flushed");
        Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), WedgedPatient.class.getName(),
                readiness.toString(), terminationLog.toString(), flushed.toString())
                .redirectErrorStream(true).redirectOutput(folder.resolve("out").toFile()).start();
        try {
            await().atMost(Duration.ofMinutes(2)).until(() -> !child.isAlive());
            String out = Files.readString(folder.resolve("out"));
            assertEquals(86, child.exitValue(), out);
            assertTrue(out.contains("hook runs"), out);
            assertFalse(out.contains("hook ended"), out);
            assertTrue(Files.readString(terminationLog).startsWith("JVM Medic: restart, exit code 86, because of lock:"));
            assertTrue(Files.exists(readiness));
            assertTrue(Files.exists(flushed));
        } finally {
            child.destroyForcibly();
        }
    }
}
