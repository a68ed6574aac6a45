package io.jvmmedic.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.it.harness.Attach;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.harness.Story;
import io.jvmmedic.it.patients.ContendedLocksPatient;
import io.jvmmedic.it.patients.DeadlockPatient;
import io.jvmmedic.it.patients.LockDeadlockPatient;
import jdk.jfr.consumer.RecordedEvent;

/** A deadlock of locks is broken: one request fails with a name, all others go on, without a restart. */
class BrokenDeadlockTest {

    private static final String BREAK = "break-deadlock";

    @Scenario(patient = LockDeadlockPatient.class, arguments = {"lock", "live"})
    void thatFormsUnderOurEyes(PatientJvm jvm) {
        double before = jvm.rate();
        jvm.ask("break");
        isBroken(jvm);
        jvm.awaitRate(0.8 * before, Story.SOON);
        assertOnce(jvm);
    }

    @Scenario(patient = LockDeadlockPatient.class, arguments = {"lock", "formed"}, attach = Attach.HOT)
    void thatWasThereBeforeUs(PatientJvm jvm) {
        isBroken(jvm);
        jvm.awaitRate(20, Story.SOON);
        assertOnce(jvm);
    }

    @Scenario(patient = LockDeadlockPatient.class, arguments = {"fair", "queued"}, attach = Attach.HOT)
    void ofFairLocksWithOthersInFront(PatientJvm jvm) {
        isBroken(jvm);
        jvm.awaitRate(20, Story.SOON);
    }

    @Scenario(patient = LockDeadlockPatient.class, arguments = {"write", "queued"}, attach = {Attach.PREMAIN, Attach.HOT})
    void ofWriteLocksWithOthersInFront(PatientJvm jvm) {
        isBroken(jvm);
        jvm.awaitRate(20, Story.SOON);
    }

    /** The JVM itself does not report it. */
    @Scenario(patient = LockDeadlockPatient.class, arguments = {"read", "formed"}, attach = {Attach.PREMAIN, Attach.HOT})
    void ofReadersAndWriters(PatientJvm jvm) {
        isBroken(jvm);
        jvm.awaitRate(20, Story.SOON);
        assertOnce(jvm);
    }

    /** Nor this one. */
    @Scenario(patient = LockDeadlockPatient.class, arguments = {"virtual", "formed"}, jdks = 25,
            attach = {Attach.PREMAIN, Attach.HOT})
    void ofVirtualThreads(PatientJvm jvm) {
        isBroken(jvm);
        jvm.awaitRate(20, Story.SOON);
        assertOnce(jvm);
    }

    @Scenario(patient = DeadlockPatient.class, arguments = "monitors", jdks = 17)
    void ofMonitorsIsLeftAlone(PatientJvm jvm) {
        jvm.ask("break");
        await().atMost(Story.SOON).until(() -> jvm.agentLines().stream().anyMatch(line -> line.contains(
                BREAK + " cannot be done") && line.contains("wait for monitors")));
        Story.assertOnlyLooked(jvm);
    }

    @Scenario(patient = ContendedLocksPatient.class, attach = {Attach.PREMAIN, Attach.HOT}, healthy = true)
    void contentionIsNone(PatientJvm jvm) {
        jvm.ask("begin");
        await().atMost(Story.SOON).until(() -> jvm.ask("zoo").startsWith("busy=0 "));
        String status = jvm.ask("zoo");
        assertTrue(status.contains("disturbed=[]"), status);
    }

    private static void isBroken(PatientJvm jvm) {
        RecordedEvent done = Story.awaitHealed(jvm, BREAK);
        assertEquals("FORCEFUL", done.getString("risk"));
        await().atMost(Story.SOON).until(() -> jvm.ask("ends").contains(" failed: ") && jvm.ask("ends").contains(" did it"));
        String ends = jvm.ask("ends");
        assertTrue(ends.contains("failed: io.jvmmedic.bootstrap.DeadlockVictimException: deadlock broken by JVM Medic, incident "
                + done.getString("incidentId") + ": lock:cycle-"), ends);
        assertTrue(ends.contains("transfer-ab holds") && ends.contains("transfer-ba holds"), ends);
    }

    /** One act, and only the one wait. */
    private static void assertOnce(PatientJvm jvm) {
        assertEquals(1, jvm.witness().rows("Remediation", row -> !row.getString("risk").equals("NONE")).size(),
                jvm.witness().story());
        assertTrue(jvm.ask("status").contains("failed=0 "), jvm.ask("status"));
    }
}
