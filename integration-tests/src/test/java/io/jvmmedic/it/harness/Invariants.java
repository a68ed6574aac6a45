package io.jvmmedic.it.harness;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.regex.Pattern;
import jdk.jfr.consumer.RecordedEvent;

/** What must be true after every scenario, whatever it was about. */
public final class Invariants {

    /** A finding is told as a warning; whether there may be one is judged by the events. */
    private static final Pattern FINDING = Pattern.compile("\\([A-Z_]+, (HINT|SUSPECTED|CERTAIN), incident [0-9-]+\\)$");

    private Invariants() {
    }

    /** Checks what only a living patient can tell. */
    public static void checkAlive(PatientJvm jvm) {
        assertEquals("no", jvm.ask("visible io.jvmmedic.core.boot.MedicCore"), "core seen from the host's loader");
        assertEquals("no", jvm.ask("visible io.jvmmedic.core.model.Finding"), "core seen from the host's loader");
    }

    /**
     * Checks a patient that has ended.
     *
     * @param healthy nothing was wrong with it, so nothing may have been done to it
     * @param warnings regular expressions of the warnings that belong to the scenario
     */
    public static void check(PatientJvm jvm, boolean healthy, List<String> warnings) {
        List<RecordedEvent> rows = jvm.witness().left();
        assertAll(
                () -> assertEquals(List.of(), jvm.strayOutput(), "stdout belongs to the host"),
                () -> assertEquals(List.of(), unexpectedLines(jvm, warnings), "warnings nobody expected"),
                () -> assertEquals(List.of(), jvm.threads().stream()
                        .filter(thread -> thread.startsWith("jvm-medic-") && !thread.endsWith(":daemon")).toList(),
                        "threads of ours that keep the JVM alive"),
                () -> assertEquals(0, rows.stream().filter(row -> Witness.isNamed(row, "AgentHealth"))
                        .mapToLong(row -> row.getLong("adviceFailures")).max().orElse(0), "errors in our hooks"),
                () -> assertEquals(List.of(), healthy ? harm(rows) : List.of(), "a healthy patient was treated"));
    }

    private static List<String> unexpectedLines(PatientJvm jvm, List<String> warnings) {
        return jvm.stderr().stream()
                .filter(Invariants::isTrouble)
                .filter(line -> warnings.stream().noneMatch(warning -> Pattern.compile(warning).matcher(line).find()))
                .toList();
    }

    /** A warning of ours, or a stack trace that runs through us. */
    private static boolean isTrouble(String line) {
        return !FINDING.matcher(line).find() && (line.startsWith("[jvm-medic] warning:") || line.startsWith("[jvm-medic] error:")
                || line.startsWith("[jvm-medic] not started") || line.contains("at io.jvmmedic.core")
                || line.contains("at io.jvmmedic.bootstrap") || line.contains("in thread \"jvm-medic-"));
    }

    private static List<String> harm(List<RecordedEvent> rows) {
        return rows.stream().filter(Invariants::isHarm).map(RecordedEvent::toString).toList();
    }

    private static boolean isHarm(RecordedEvent row) {
        if (Witness.isNamed(row, "Remediation")) {
            return !"NONE".equals(row.getString("risk"));
        }
        if (Witness.isNamed(row, "Decision")) {
            return !"NONE".equals(row.getString("risk")) && "ALLOWED".equals(row.getString("verdict"));
        }
        return Witness.isNamed(row, "Finding") && "CERTAIN".equals(row.getString("confidence"));
    }
}
