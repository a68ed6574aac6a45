package io.jvmmedic.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.it.harness.Attach;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.harness.Story;
import io.jvmmedic.it.patients.HikariLeakPatient;

/** A pool of an ordinary application, on its class path, whose connections are all leaked. */
class ConnectionLeakTest {

    private static final String RECLAIM = "reclaim-leaked-connection";

    @Scenario(patient = HikariLeakPatient.class, libraries = "HikariCP-4.0.3+h2", jdks = 17)
    void isHealedWhereTheAgentWasThereFirst(PatientJvm jvm) {
        isHealed(jvm);
    }

    @Scenario(patient = HikariLeakPatient.class, libraries = "HikariCP-7.1.0+h2", jdks = 25, attach = Attach.HOT)
    void isHealedAfterAHotAttach(PatientJvm jvm) {
        isHealed(jvm);
    }

    private static void isHealed(PatientJvm jvm) {
        double before = jvm.rate();
        jvm.ask("break");
        assertEquals("pool:orders", Story.awaitHealed(jvm, RECLAIM).getString("resource"));
        jvm.awaitRate(0.9 * before, Story.SOON);
        jvm.witness().await(Story.SOON, "Finding", row -> row.getString("confidence").equals("CERTAIN")
                && row.getString("cause").contains("HikariLeakPatient.refuseOrder"));
    }

    @Scenario(patient = HikariLeakPatient.class, libraries = "HikariCP-7.1.0+h2", agentOptions = "mode=observe", jdks = 17)
    void isOnlyShadowedWhenObserving(PatientJvm jvm) {
        staysBroken(jvm, "SHADOWED", "mode");
    }

    @Scenario(patient = HikariLeakPatient.class, libraries = "HikariCP-5.1.0+h2", agentOptions = "exclude=pool:orders",
            attach = Attach.HOT)
    void isLeftAloneWhenThePoolIsExcluded(PatientJvm jvm) {
        staysBroken(jvm, "REFUSED", "opt-out");
    }

    @Scenario(patient = HikariLeakPatient.class, libraries = "HikariCP-7.1.0+h2", agentOptions = "budget.reclaim=0/10m",
            jdks = 25)
    void isLeftAloneWhenTheBudgetIsSpent(PatientJvm jvm) {
        staysBroken(jvm, "REFUSED", "remedy budget");
    }

    private static void staysBroken(PatientJvm jvm, String verdict, String gate) {
        double before = jvm.rate();
        jvm.ask("break");
        Story.awaitVerdict(jvm, RECLAIM, verdict, gate);
        // The patient leaks its whole pool one by one; the first leak is refused already, the last one ends the service.
        jvm.awaitStandstill(before);
        Story.assertOnlyLooked(jvm);
    }
}
