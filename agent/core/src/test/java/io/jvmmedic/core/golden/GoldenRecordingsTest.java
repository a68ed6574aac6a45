package io.jvmmedic.core.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.detect.ExhaustionCause;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Recordings of real patients, replayed: the agent still believes of them what a person has once read and found right.
 * Beside each {@code <name>.jfr} stands {@code <name>.findings.txt}; when they differ, what is believed now is written
 * to {@code target/golden}. Read it, and if it is right, copy it over the old one in the same commit.
 *
 * <p>New recordings are needed when samples gain or change fields, and made by
 * {@code mvn verify -pl integration-tests -am -Dtest=GoldenRecorder -Dsurefire.failIfNoSpecifiedTests=false}, or
 * {@code -Dtest=GoldenRecorder#deadlock} for one. Their findings change with them, for example in times and thread ids.
 */
class GoldenRecordingsTest {

    private static final Path ACTUAL = Path.of("target", "golden");

    @ParameterizedTest
    @CsvSource({
        "hikari-leak,              CONNECTION_LEAK",
        "http-leak,                HTTP_LEAK",
        "nested-borrow,            NESTED_BORROW",
        "executor-self-starvation, EXECUTOR_SELF_STARVATION",
        "wait-knot,                WAIT_KNOT",
        "lock-deadlock,            LOCK_DEADLOCK"})
    void aProofIsFoundAndNothingElseIsTreated(String name, Fault expected) throws Exception {
        assertEquals(Set.of(expected), replayed(name).stream().flatMap(belief -> belief.diagnoses().stream())
                .filter(diagnosis -> diagnosis.primary().confidence() == Confidence.CERTAIN)
                .map(diagnosis -> diagnosis.primary().fault()).collect(Collectors.toSet()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"healthy-database", "healthy-threads"})
    void theHealthyAreLeftAlone(String name) throws Exception {
        List<Replay.Belief> beliefs = replayed(name);
        assertTrue(beliefs.size() > 10, "only " + beliefs.size() + " rounds");
        assertEquals(List.of(), beliefs.stream().flatMap(belief -> belief.diagnoses().stream())
                .filter(diagnosis -> diagnosis.primary().confidence() != Confidence.HINT)
                .map(diagnosis -> diagnosis.primary().summary()).toList());
    }

    /** They are a fault that somebody must hear of, once it lasts; and they are no proof, for nobody may be cut off. */
    @ParameterizedTest
    @CsvSource({
        "slow-statements, SLOW_STATEMENTS",
        "held-across-io,  HELD_ACROSS_IO"})
    void holdersAtWorkAreSuspectedAndNeverProof(String name, ExhaustionCause expected) throws Exception {
        List<Diagnosis> diagnoses = replayed(name).stream()
                .flatMap(belief -> belief.diagnoses().stream()).toList();
        assertEquals(Set.of(Confidence.SUSPECTED), diagnoses.subList(diagnoses.size() - 3, diagnoses.size()).stream()
                .map(diagnosis -> diagnosis.primary().confidence()).collect(Collectors.toSet()));
        for (Diagnosis diagnosis : diagnoses) {
            assertTrue(diagnosis.primary().confidence() != Confidence.CERTAIN, diagnosis.primary().summary());
            assertEquals(List.of(), diagnosis.primary().evidence().leases());
            assertEquals(expected, ExhaustionCause.of(diagnosis.primary().evidence()));
        }
    }

    @Test
    void everyRecordingTellsWhatItToldBefore() throws Exception {
        List<String> changed = new ArrayList<>();
        Set<String> names = names();
        for (String name : names) {
            String actual = Findings.text(replayed(name));
            Path expected = file(name + ".findings.txt");
            if (!Files.exists(expected) || !Files.readString(expected).equals(actual)) {
                Files.createDirectories(ACTUAL);
                changed.add(Files.writeString(ACTUAL.resolve(name + ".findings.txt"), actual).toString());
            }
        }
        assertEquals(List.of(), changed, "findings that changed; see the comment of this class");
        assertTrue(names.size() > 5, "recordings: " + names);
    }

    private static List<Replay.Belief> replayed(String name) throws Exception {
        return Replay.of(file(name + ".jfr"));
    }

    private static Set<String> names() throws IOException, URISyntaxException {
        try (Stream<Path> files = Files.list(file(""))) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".jfr"))
                    .map(name -> name.substring(0, name.length() - ".jfr".length()))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Path file(String name) throws URISyntaxException {
        return Path.of(GoldenRecordingsTest.class.getResource("/golden").toURI()).resolve(name);
    }
}
