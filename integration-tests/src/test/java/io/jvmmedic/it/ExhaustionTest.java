package io.jvmmedic.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.harness.Story;
import io.jvmmedic.it.patients.ExhaustionPatient;
import jdk.jfr.consumer.RecordedEvent;

/** A pool that is too busy for reasons that no agent can mend: it says which, and keeps its hands off. */
class ExhaustionTest {

    @Scenario(patient = ExhaustionPatient.class, libraries = "HikariCP-7.1.0+postgresql", arguments = {"slow", "%postgres"},
            jdks = 17, healthy = true)
    void bySlowStatements(PatientJvm jvm) {
        isExplained(jvm, "in slow statements");
    }

    @Scenario(patient = ExhaustionPatient.class, libraries = "HikariCP-5.1.0+postgresql", arguments = {"io", "%postgres"},
            jdks = 25, healthy = true)
    void byConnectionsHeldAcrossOtherWork(PatientJvm jvm) {
        isExplained(jvm, "held across other work");
    }

    @Scenario(patient = ExhaustionPatient.class, libraries = "HikariCP-7.1.0+postgresql", arguments = {"small", "%postgres"},
            jdks = 25, healthy = true)
    void byTooManyClients(PatientJvm jvm) {
        isExplained(jvm, "there are more borrowers than slots");
    }

    /** However long it takes, also beyond the time after which the server is asked whether its sessions live. */
    @Scenario(patient = ExhaustionPatient.class, libraries = "HikariCP-6.3.3+postgresql", arguments = {"locked", "%postgres"},
            agentOptions = "dead-peer.suspect-after=2s", jdks = 17, healthy = true)
    void byARowThatSomebodyElseHasLocked(PatientJvm jvm) {
        double before = jvm.rate();
        jvm.ask("break");
        RecordedEvent finding = jvm.witness().await(Story.SOON, "Finding", row -> row.getString("fault").equals("POOL_EXHAUSTION")
                && row.getString("summary").contains("waiting for locks inside the database")
                && row.getString("cause").contains("wait for session "));
        assertEquals("pool:orders", finding.getString("resource"));
        assertTrue(!finding.getString("confidence").equals("CERTAIN"), jvm.witness().story());
        assertTrue(finding.getString("cause").matches("in the database .*wait for session \\d+ .*"), finding.getString("cause"));
        assertTrue(finding.getString("cause").contains("(nightly-migration, idle in transaction)"), finding.getString("cause"));
        jvm.witness().await(Story.SOON, "SessionCheck", row -> row.getString("verdict").equals("ALIVE"));
        Story.assertOnlyLooked(jvm);
        jvm.ask("mend");
        jvm.awaitRate(0.9 * before, Story.SOON);
        Story.assertOnlyLooked(jvm);
    }

    private static void isExplained(PatientJvm jvm, String verdict) {
        jvm.ask("break");
        RecordedEvent finding = jvm.witness().await(Story.SOON, "Finding",
                row -> row.getString("fault").equals("POOL_EXHAUSTION") && row.getString("summary").contains(verdict));
        assertEquals("pool:orders", finding.getString("resource"));
        assertTrue(!finding.getString("confidence").equals("CERTAIN"), jvm.witness().story());
        Story.assertOnlyLooked(jvm);
    }
}
