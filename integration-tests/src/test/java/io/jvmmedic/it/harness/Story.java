package io.jvmmedic.it.harness;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** What the scenarios ask of the recorded story. */
public final class Story {

    /**
     * Covers a GC that has to come first, a suspicion that has to be confirmed, a machine too busy to operate on, and the
     * minute of rest after an act that did not help; nothing waits this long when all is well.
     */
    public static final Duration SOON = Duration.ofSeconds(150);

    private Story() {
    }

    /** Waits until borrowers of so many pools are seen: after a hot attach, hooks go into what is loaded one by one. */
    public static void awaitSeen(PatientJvm jvm, int pools) {
        Awaitility.await("hooks in " + pools + " pools").atMost(SOON).until(() -> jvm.witness()
                .rows("PoolSample", row -> row.getLong("borrows") > 0).stream()
                .map(row -> row.getString("resource")).distinct().count() >= pools);
    }

    /** Waits for a certain finding of that fault. */
    public static RecordedEvent awaitCertain(PatientJvm jvm, String fault) {
        return jvm.witness().await(SOON, "Finding",
                row -> row.getString("fault").equals(fault) && row.getString("confidence").equals("CERTAIN"));
    }

    /** Waits until that remedy has healed, and checks that proof, claim and verification are on the record. */
    public static RecordedEvent awaitHealed(PatientJvm jvm, String remedy) {
        return awaitHealed(jvm, remedy, 1).get(0);
    }

    /** Waits until that remedy has healed so many resources, and checks the record of each as {@link #awaitHealed} does. */
    public static List<RecordedEvent> awaitHealed(PatientJvm jvm, String remedy, int resources) {
        Map<String, RecordedEvent> healed = new TreeMap<>();
        try {
            Awaitility.await().atMost(SOON).until(() -> {
                jvm.witness().rows("Remediation", row -> isHealed(row, remedy))
                        .forEach(row -> healed.putIfAbsent(row.getString("resource"), row));
                return healed.size() >= resources;
            });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(remedy + " healed " + healed.keySet() + " only; the story:\n" + jvm.witness().story(), e);
        }
        healed.values().forEach(row -> checkRecord(jvm, remedy, row));
        return List.copyOf(healed.values());
    }

    /**
     * Waits until every incident is closed and the last recording of it written. A JVM that ends while one is being dumped
     * has its say about that on stdout.
     */
    public static void awaitClosed(PatientJvm jvm) {
        Awaitility.await("all incidents closed").atMost(SOON).ignoreExceptions().until(() -> {
            List<String> journal = Tree.lines(jvm.spec().medicDirectory(), "journal.jsonl");
            return count(journal, "OPENED") == count(journal, "CLOSED")
                    && !Tree.has(jvm.spec().medicDirectory(), ".tmp");
        });
    }

    private static long count(List<String> journal, String kind) {
        return journal.stream().filter(line -> line.contains("\"kind\":\"" + kind + "\"")).count();
    }

    /** Waits until that remedy's loan was given back. */
    public static RecordedEvent awaitGivenBack(PatientJvm jvm, String remedy) {
        return jvm.witness().await(SOON, "Undo",
                row -> row.getString("remedy").equals(remedy) && row.getString("outcome").equals("GIVEN_BACK"));
    }

    /** Waits until that remedy was not allowed. */
    public static RecordedEvent awaitVerdict(PatientJvm jvm, String remedy, String verdict, String gate) {
        return jvm.witness().await(SOON, "Decision", row -> row.getString("remedy").equals(remedy)
                && row.getString("verdict").equals(verdict) && row.getString("gate").equals(gate));
    }

    private static boolean isHealed(RecordedEvent row, String remedy) {
        return row.getString("remedy").equals(remedy) && row.getString("outcome").equals("HEALED");
    }

    private static void checkRecord(PatientJvm jvm, String remedy, RecordedEvent done) {
        String incident = done.getString("incidentId");
        assertAll(
                () -> assertEquals("CERTAIN", done.getString("confidence")),
                () -> assertFalse(done.getString("proof").isEmpty(), "no proof"),
                () -> assertFalse(done.getString("claim").isEmpty(), "no claim"),
                () -> assertFalse(done.getString("undo").isEmpty(), "no word about undoing it"),
                () -> jvm.witness().await(SOON, "Verification", row -> row.getString("incidentId").equals(incident)
                        && row.getString("remedy").equals(remedy) && row.getBoolean("held")),
                () -> jvm.witness().await(SOON, "Decision", row -> row.getString("incidentId").equals(incident)
                        && row.getString("remedy").equals(remedy) && row.getString("verdict").equals("ALLOWED")));
    }

    /** Nothing was done but looking. */
    public static void assertOnlyLooked(PatientJvm jvm) {
        List<RecordedEvent> deeds = jvm.witness().rows("Remediation", row -> !row.getString("risk").equals("NONE"));
        assertEquals(List.of(), deeds, jvm.witness().story());
    }
}
