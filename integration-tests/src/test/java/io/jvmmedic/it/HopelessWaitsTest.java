package io.jvmmedic.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.it.harness.Attach;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.harness.Story;
import io.jvmmedic.it.patients.WaitsPatient;
import java.util.Arrays;
import jdk.jfr.consumer.RecordedEvent;

/** Waits that no thread dump calls a deadlock: found with their cause, and ended where that is safe. */
class HopelessWaitsTest {

    @Scenario(patient = WaitsPatient.class, libraries = "h2", arguments = {"%libs", "HikariCP-7.1.0"},
            agentOptions = "undo-after=3s", jdks = 17)
    void areFoundWithTheirCauseAndEndedWhereThatIsSafe(PatientJvm jvm) {
        all(jvm);
        assertEquals(0, count(jvm.ask("ends"), "finder"));
    }

    @Scenario(patient = WaitsPatient.class, libraries = "h2", arguments = {"%libs", "HikariCP-7.1.0"},
            agentOptions = "undo-after=3s,lost-lock.release=true", jdks = 25, attach = Attach.HOT)
    void areFoundWithTheirCauseAndEndedWhereThatIsSafeAfterAHotAttach(PatientJvm jvm) {
        all(jvm);
        awaitEnds(jvm, "finder", 1);
        Story.awaitHealed(jvm, "release-lost-lock");
    }

    private static void all(PatientJvm jvm) {
        twoExecutors(jvm);
        poolAndExecutor(jvm);
        lockAndTask(jvm);
        lostLock(jvm);
        crossingLoads(jvm);
        crossingClasses(jvm);
    }

    private static void twoExecutors(PatientJvm jvm) {
        jvm.ask("executors");
        RecordedEvent finding = certain(jvm, "WAIT_KNOT", "executor:orders");
        assertTrue(finding.getString("cause").contains("2 threads in executor:orders, waiting for a task queued in"
                + " executor:stock at WaitsPatient.askOther:"), finding.getString("cause"));
        assertTrue(finding.getString("cause").contains("2 threads in executor:stock, waiting for a task queued in"
                + " executor:orders at WaitsPatient.askOther:"), finding.getString("cause"));
        awaitEnds(jvm, "order", 4);
        Story.awaitHealed(jvm, "grow-executor");
        Story.awaitGivenBack(jvm, "grow-executor");
    }

    private static void poolAndExecutor(PatientJvm jvm) {
        jvm.ask("pool");
        RecordedEvent finding = certain(jvm, "WAIT_KNOT", "executor:mail");
        assertTrue(finding.getString("cause").contains("2 threads with pool:shop in hand, waiting for a task queued in"
                + " executor:mail at WaitsPatient.buy:"), finding.getString("cause"));
        assertTrue(finding.getString("cause").contains("2 threads in executor:mail, waiting for pool:shop at "),
                finding.getString("cause"));
        awaitEnds(jvm, "mail", 2);
        awaitEnds(jvm, "buyer", 2);
    }

    private static void lockAndTask(PatientJvm jvm) {
        jvm.ask("task");
        RecordedEvent finding = certain(jvm, "LOCK_DEADLOCK", "lock:cycle-");
        assertTrue(finding.getString("cause").contains("publisher holds ReentrantLock$NonfairSync@")
                && finding.getString("cause").contains(" for the task FutureTask@"), finding.getString("cause"));
        assertTrue(finding.getString("cause").contains("index-worker runs the task FutureTask@")
                && finding.getString("cause").contains(" waits at WaitsPatient.update:"), finding.getString("cause"));
        await().atMost(Story.SOON).until(() -> jvm.ask("ends").contains("publisher failed: "));
    }

    private static void lostLock(PatientJvm jvm) {
        jvm.ask("lost");
        RecordedEvent finding = certain(jvm, "LOST_LOCK", "lock:ReentrantLock$NonfairSync@");
        assertTrue(finding.getString("cause").startsWith("loser ended without releasing ReentrantLock$NonfairSync@"),
                finding.getString("cause"));
    }

    private static void crossingLoads(PatientJvm jvm) {
        jvm.ask("cache");
        RecordedEvent finding = jvm.witness().await(Story.SOON, "Finding", row -> row.getString("confidence").equals("CERTAIN")
                && row.getString("victims").contains("loader-left"));
        assertTrue(finding.getString("cause").contains(" in ConcurrentHashMap.computeIfAbsent"), finding.getString("cause"));
        assertTrue(finding.getString("advice").startsWith("Do not load one entry of a cache or map while loading another: "
                + "WaitsPatient.lambda$load$"), finding.getString("advice"));
    }

    private static void crossingClasses(PatientJvm jvm) {
        jvm.ask("classes");
        RecordedEvent finding = jvm.witness().await(Story.SOON, "Finding", row -> row.getString("confidence").equals("CERTAIN")
                && row.getString("victims").contains("tax"));
        assertTrue(finding.getString("cause").contains("tax holds the initialization of WaitsPatient$Tax taken at"
                + " WaitsPatient$Tax.<clinit>:") && finding.getString("cause").contains(
                        " for the initialization of WaitsPatient$Price held by price"), finding.getString("cause"));
        await().atMost(Story.SOON).until(() -> jvm.agentLines().stream().anyMatch(line -> line.endsWith(
                ": initialization of WaitsPatient$Price, WaitsPatient$Tax;"
                        + " with immunity.enabled=true it would not happen again")));
    }

    private static RecordedEvent certain(PatientJvm jvm, String fault, String resource) {
        return jvm.witness().await(Story.SOON, "Finding", row -> row.getString("fault").equals(fault)
                && row.getString("resource").startsWith(resource) && row.getString("confidence").equals("CERTAIN"));
    }

    private static void awaitEnds(PatientJvm jvm, String who, int count) {
        await().atMost(Story.SOON).until(() -> count(jvm.ask("ends"), who) == count);
    }

    private static long count(String ends, String who) {
        return Arrays.stream(ends.replaceAll("[\\[\\],]", " ").trim().split("\\s+")).filter(who::equals).count();
    }
}
