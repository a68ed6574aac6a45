package io.jvmmedic.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.harness.Story;
import io.jvmmedic.it.patients.TroubledExecutorsPatient;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import org.awaitility.Awaitility;

/** Executors of Spring, Tomcat, Jetty and the JDK, all ill at the same time, each of something else. */
class TroubledExecutorsTest {

    /** A stuck task takes a minute to be told from a long one. */
    private static final Duration PATIENCE = Duration.ofSeconds(150);
    /** What follows from the others: a full pool does not keep up, and executors that leak are threads that leak. */
    private static final Set<String> CONSEQUENCES =
            Set.of("EXECUTOR_SATURATED executor:http-nio-8080-exec", "EXECUTOR_SATURATED executor:imports",
                    "THREAD_LEAK jvm:threads report-#");
    private static final Set<String> EXPECTED = Set.of(
            "EXECUTOR_SATURATED executor:mail", "EXECUTOR_SATURATED executor:shop",
            "EXECUTOR_SATURATED executor:ForkJoinPool.commonPool", "EXECUTOR_REJECTING executor:http-nio-8080-exec",
            "WORKERS_DYING executor:audit", "STUCK_TASK executor:exports", "EXECUTOR_LEAK jvm:executors report*",
            "THREAD_LEAK jvm:threads Timer-#", "SCHEDULE_ENDED executor:nightly", "SCHEDULE_LATE executor:jobs",
            "SCHEDULE_LATE executor:cron", "EXECUTOR_BACKLOG executor:imports");

    @Scenario(patient = TroubledExecutorsPatient.class, libraries = "servers",
            jvmOptions = {"-Xmx160m", "-XX:ActiveProcessorCount=4"},
            agentOptions = "act-on=suspicion,schedule.rearm=executor:nightly,backlog.shed=oldest,"
                    + "force-on-suspicion=executor:exports|executor:imports")
    void eachIsFoundWithItsCauseAndWhatCanBeHealedIs(PatientJvm jvm) {
        jvm.ask("break");
        assertCause(jvm, "SCHEDULE_ENDED", "executor:nightly", "IllegalStateException at TroubledExecutorsPatient.nightly:");
        Story.awaitHealed(jvm, "rearm-schedule");
        assertCause(jvm, "WORKERS_DYING", "executor:audit", "execute()");
        RecordedEvent refusing = assertCause(jvm, "EXECUTOR_REJECTING", "executor:http-nio-8080-exec", "more come in");
        assertTrue(refusing.getString("victims").contains("times a second"), refusing::toString);
        assertCause(jvm, "EXECUTOR_LEAK", "jvm:executors report*", "nobody shuts down");
        awaitDone(jvm, "release-idle-workers", "HEALED");
        assertCause(jvm, "THREAD_LEAK", "jvm:threads Timer-#", "TroubledExecutorsPatient");
        RecordedEvent mail = assertCause(jvm, "EXECUTOR_SATURATED", "executor:mail", "TroubledExecutorsPatient.smtp:");
        assertTrue(mail.getString("victims").contains("TroubledExecutorsPatient.invoice:"), mail::toString);
        assertCause(jvm, "EXECUTOR_SATURATED", "executor:shop", "TroubledExecutorsPatient.checkout:");
        assertCause(jvm, "EXECUTOR_SATURATED", "executor:ForkJoinPool.commonPool", "TroubledExecutorsPatient.price:");
        jvm.ask("flood");
        assertCause(jvm, "SCHEDULE_LATE", "executor:jobs", "TroubledExecutorsPatient");
        RecordedEvent backlog = assertCause(jvm, "EXECUTOR_BACKLOG", "executor:imports", "1 worker");
        assertTrue(backlog.getString("summary").contains("the heap is full in about"), backlog::toString);
        awaitDone(jvm, "shed-backlog", "HEALED");
        assertTrue(Integer.parseInt(jvm.ask("shed")) > 0, () -> jvm.ask("shed"));
        assertCause(jvm, "STUCK_TASK", "executor:exports", "TroubledExecutorsPatient.export:");
        awaitDone(jvm, "interrupt-task", "HEALED");
        assertCause(jvm, "SCHEDULE_LATE", "executor:cron", "TroubledExecutorsPatient.awaitPartner:");
        awaitDone(jvm, "grow-executor", "HEALED");
        Awaitility.await().atMost(Story.SOON).until(() -> jvm.ask("exports"), "interrupted=1 cancelled=1 others=0"::equals);
        Set<String> wrong = new TreeSet<>(told(jvm));
        wrong.removeAll(EXPECTED);
        wrong.removeAll(CONSEQUENCES);
        assertEquals(Set.of(), wrong, jvm.witness().story());
    }

    private static RecordedEvent assertCause(PatientJvm jvm, String fault, String resource, String cause) {
        RecordedEvent finding = jvm.witness().await(PATIENCE, "Finding", row -> row.getString("fault").equals(fault)
                && row.getString("resource").equals(resource) && !row.getString("confidence").equals("HINT"));
        assertTrue(finding.getString("cause").contains(cause), finding::toString);
        return finding;
    }

    private static void awaitDone(PatientJvm jvm, String remedy, String outcome) {
        jvm.witness().await(PATIENCE, "Remediation",
                row -> row.getString("remedy").equals(remedy) && row.getString("outcome").equals(outcome));
    }

    private static Set<String> told(PatientJvm jvm) {
        List<RecordedEvent> findings = jvm.witness().rows("Finding", row -> !row.getString("confidence").equals("HINT"));
        return findings.stream().map(row -> row.getString("fault") + " " + row.getString("resource"))
                .collect(Collectors.toSet());
    }
}
