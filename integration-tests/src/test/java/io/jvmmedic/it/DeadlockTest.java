package io.jvmmedic.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.it.harness.Attach;

import io.jvmmedic.it.harness.Invariants;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.harness.Story;
import io.jvmmedic.it.harness.Tree;
import io.jvmmedic.it.patients.DeadlockPatient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;

/** Threads that wait for each other for ever: found and told, and the process restarted where that is allowed. */
class DeadlockTest {

    private static final String RESTART = "graceful-restart";
    private static final int EXIT_CODE = 86;
    private static final String MAY_RESTART = "restart.enabled=true,restart.readiness-file=%dir/draining,"
            + "restart.drain=2s,startup-grace=0s";
    /** Of the drain; the time of a file is told by another clock. */
    private static final long LEAST_DRAIN_MILLIS = 1_900;

    @Scenario(patient = DeadlockPatient.class, arguments = "monitors", attach = {Attach.PREMAIN, Attach.HOT})
    void ofMonitorsIsFoundAndDumped(PatientJvm jvm) {
        isFoundAndDumped(jvm);
    }

    @Scenario(patient = DeadlockPatient.class, arguments = "locks", agentOptions = "disabled-remedies=break-deadlock")
    void ofReentrantLocksIsFoundAndDumpedWhereItMayNotBeBroken(PatientJvm jvm) {
        isFoundAndDumped(jvm);
    }

    @Scenario(patient = DeadlockPatient.class, arguments = "monitors", agentOptions = MAY_RESTART)
    void endsInARestartWhereAllowed(PatientJvm jvm) throws IOException {
        jvm.ask("break");
        Path readiness = jvm.spec().directory().resolve("draining");
        await().atMost(Story.SOON).until(() -> Files.exists(readiness));
        assertEquals(EXIT_CODE, jvm.awaitExit(Story.SOON));
        // Its end may be noticed late, but not early.
        long drained = System.currentTimeMillis() - Files.getLastModifiedTime(readiness).toMillis();
        assertTrue(drained >= LEAST_DRAIN_MILLIS, "ended " + drained + " ms after draining had begun");
        String journal = Tree.find(jvm.spec().medicDirectory(), "journal.jsonl");
        assertTrue(journal.lines().anyMatch(line -> line.contains(RESTART) && line.contains("\"BEGINS\"")), journal);
        assertTrue(jvm.witness().left().stream().anyMatch(row -> row.getEventType().getName().equals("jvmmedic.Decision")
                && row.getString("remedy").equals(RESTART) && row.getString("verdict").equals("ALLOWED")),
                "the recording does not tell why the process ended");
    }

    @Scenario(patient = DeadlockPatient.class, arguments = "monitors", jdks = 17,
            agentOptions = MAY_RESTART + ",restart.halt-after=8s")
    void haltsWhenAShutdownHookNeverEnds(PatientJvm jvm) {
        jvm.ask("wedge");
        jvm.ask("break");
        assertEquals(EXIT_CODE, jvm.awaitExit(Story.SOON));
        String journal = Tree.find(jvm.spec().medicDirectory(), "journal.jsonl");
        assertTrue(journal.contains(RESTART), journal);
    }

    @Scenario(patient = DeadlockPatient.class, arguments = "monitors", agentOptions = MAY_RESTART + ",budget.restart=1/1h",
            jdks = 25)
    void isNotRestartedAgainOnceTheBudgetIsSpent(PatientJvm jvm) {
        jvm.ask("break");
        assertEquals(EXIT_CODE, jvm.awaitExit(Story.SOON));
        try (PatientJvm second = PatientJvm.fork(jvm.spec())) {
            second.ask("break");
            Story.awaitVerdict(second, RESTART, "REFUSED", "remedy budget");
            Story.assertOnlyLooked(second);
            second.stop();
            Invariants.check(second, false, List.of());
        }
    }

    private static void isFoundAndDumped(PatientJvm jvm) {
        jvm.ask("break");
        RecordedEvent finding = Story.awaitCertain(jvm, "LOCK_DEADLOCK");
        assertEquals(new TreeSet<>(List.of("transfer-ab", "transfer-ba")),
                jvm.witness().rows("DeadlockedThread").stream()
                        .map(row -> row.getString("thread")).collect(Collectors.toCollection(TreeSet::new)));
        Path incident = Tree.path(jvm.spec().medicDirectory(), "incident-" + finding.getString("incidentId"));
        await().atMost(Story.SOON).until(() -> jvm.agentLines().stream().anyMatch(
                line -> line.contains(RESTART + " SHADOWED") && line.contains("restart.enabled=true")));
        for (String file : List.of("threads.txt", "all-threads.txt", "incident.md")) {
            await(file).atMost(Story.SOON).ignoreExceptions().until(() -> Tree.find(incident, file),
                    text -> text.contains("transfer-ab") && text.contains("transfer-ba"));
        }
        assertEquals(1, jvm.witness().rows("Finding").size(), jvm.witness().story());
        Story.assertOnlyLooked(jvm);
    }
}
