package io.jvmmedic.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.it.harness.Folders;
import io.jvmmedic.it.harness.Jdks;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.PatientSpec;
import io.jvmmedic.it.harness.Postgres;
import io.jvmmedic.it.patients.DeadlockPatient;
import io.jvmmedic.it.patients.ExecutorPatient;
import io.jvmmedic.it.patients.ExhaustionPatient;
import io.jvmmedic.it.patients.HealthyDatabasePatient;
import io.jvmmedic.it.patients.HealthyThreadsPatient;
import io.jvmmedic.it.patients.HikariLeakPatient;
import io.jvmmedic.it.patients.NestedBorrowPatient;
import io.jvmmedic.it.patients.Patient;
import io.jvmmedic.it.patients.WaitsPatient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import jdk.jfr.consumer.RecordingFile;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Makes the recordings that {@code GoldenRecordingsTest} of the core replays, and puts them into its test resources. No
 * test, and by its name no build runs it; {@code GoldenRecordingsTest} says when and how to.
 *
 * <p>A kill file switches the agent of these patients off: it samples, believes nothing and does nothing, so that the
 * recording holds what was and the replay alone says what to think of it.
 */
@ExtendWith(Folders.class)
class GoldenRecorder {

    /** The oldest format that must be understood: newer JDKs read it, the reverse is not promised. */
    private static final int JDK = 17;
    private static final Path TARGET = Path.of("..", "agent", "core", "src", "test", "resources", "golden");
    private static final long MAX_BYTES = 200_000;
    private static final int ROUNDS_BEFORE = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** From the header of a chunk of a recording: a magic word, the version, the size of the chunk. */
    private static final int CHUNK_SIZE_AT = 8;

    @BeforeAll
    static void recordSamplesOnly() throws Exception {
        // This recorder is alone in its JVM, so what the witness records may be changed for all.
        System.setProperty("jvmmedic.it.settings", Path.of(GoldenRecorder.class.getResource("/golden.jfc").toURI()).toString());
    }

    @Test
    void hikariLeak(Path folder) throws IOException {
        record("hikari-leak", 9, "break",
                spec(folder, HikariLeakPatient.class, with -> with.libraries("HikariCP-5.1.0+h2")));
    }

    @Test
    void nestedBorrow(Path folder) throws IOException {
        record("nested-borrow", 6, "break",
                spec(folder, NestedBorrowPatient.class, with -> with.libraries("h2").arguments("%libs", "HikariCP-5.1.0")));
    }

    @Test
    void selfStarvation(Path folder) throws IOException {
        record("executor-self-starvation", 6, "break", spec(folder, ExecutorPatient.class, with -> with.arguments("fixed")));
    }

    @Test
    void deadlock(Path folder) throws IOException {
        record("lock-deadlock", 6, "break", spec(folder, DeadlockPatient.class, with -> with.arguments("monitors")));
    }

    @Test
    void waitKnot(Path folder) throws IOException {
        record("wait-knot", 6, "executors", spec(folder, WaitsPatient.class,
                with -> with.libraries("h2").arguments("%libs", "HikariCP-7.1.0")));
    }

    @Test
    void slowStatements(Path folder) throws IOException {
        record("slow-statements", 15, "break", spec(folder, ExhaustionPatient.class,
                with -> with.libraries("HikariCP-5.1.0+postgresql").arguments("slow", Postgres.url())));
    }

    @Test
    void heldAcrossIo(Path folder) throws IOException {
        record("held-across-io", 15, "break", spec(folder, ExhaustionPatient.class,
                with -> with.libraries("HikariCP-5.1.0+postgresql").arguments("io", Postgres.url())));
    }

    @Test
    void healthyDatabase(Path folder) throws IOException {
        record("healthy-database", 16, "begin", spec(folder, HealthyDatabasePatient.class,
                with -> with.libraries("postgresql").arguments(Postgres.url(), "%libs", "HikariCP-5.1.0")));
    }

    @Test
    void healthyThreads(Path folder) throws IOException {
        record("healthy-threads", 16, "begin", spec(folder, HealthyThreadsPatient.class,
                with -> with.libraries("httpclient5-5.2.3")));
    }

    private static PatientSpec spec(Path folder, Class<? extends Patient> patient, UnaryOperator<PatientSpec.Builder> how)
            throws IOException {
        Path killFile = Files.createFile(folder.resolve("kill"));
        return how.apply(PatientSpec.of(Jdks.find(JDK).orElseThrow(), folder, patient)
                .agentOptions("mode=observe,kill-file=" + killFile)).build();
    }

    /** Some calm rounds, the command, so many rounds more. */
    private static void record(String name, int rounds, String command, PatientSpec spec) throws IOException {
        try (PatientJvm jvm = PatientJvm.fork(spec)) {
            awaitRounds(jvm, ROUNDS_BEFORE);
            jvm.ask(command);
            awaitRounds(jvm, rounds);
            jvm.stop();
            byte[] recording = samples(Files.readAllBytes(jvm.witness().recording()), spec.directory());
            assertTrue(recording.length < MAX_BYTES, name + " has " + recording.length + " bytes");
            Files.createDirectories(TARGET);
            Files.write(TARGET.resolve(name + ".jfr"), recording);
        }
    }

    private static void awaitRounds(PatientJvm jvm, int more) {
        int before = jvm.witness().rows("AgentHealth").size();
        Awaitility.await().atMost(PATIENCE).until(() -> jvm.witness().rows("AgentHealth").size() >= before + more);
    }

    /** The chunks that hold samples: each weighs 110 kB without any, and the agent's start makes a few of those. */
    private static byte[] samples(byte[] recording, Path folder) throws IOException {
        List<byte[]> kept = new ArrayList<>();
        ByteBuffer all = ByteBuffer.wrap(recording);
        while (all.hasRemaining()) {
            byte[] chunk = new byte[Math.toIntExact(all.getLong(all.position() + CHUNK_SIZE_AT))];
            all.get(chunk);
            Path alone = Files.write(folder.resolve("chunk.jfr"), chunk);
            if (RecordingFile.readAllEvents(alone).stream()
                    .anyMatch(row -> row.getEventType().getName().startsWith("jvmmedic."))) {
                kept.add(chunk);
            }
        }
        ByteBuffer joined = ByteBuffer.allocate(kept.stream().mapToInt(chunk -> chunk.length).sum());
        kept.forEach(joined::put);
        return joined.array();
    }
}
