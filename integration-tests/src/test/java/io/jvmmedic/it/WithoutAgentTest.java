package io.jvmmedic.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.it.harness.Attach;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.patients.HikariLeakPatient;

/** Nobody helps: the faults of the patients do not pass by themselves, else healing them would prove nothing. */
class WithoutAgentTest {

    @Scenario(patient = HikariLeakPatient.class, libraries = "HikariCP-7.1.0+h2", attach = Attach.NONE, jdks = 17)
    void leakStays(PatientJvm jvm) {
        staysBroken(jvm);
    }

    private static void staysBroken(PatientJvm jvm) {
        double before = jvm.rate();
        assertTrue(before > 0, "nothing was served before the fault");
        jvm.ask("break");
        jvm.ask("gc");
        jvm.rate();
        double after = jvm.rate() + jvm.rate();
        assertTrue(after < 0.1 * before, "served " + before + "/s before and " + after + "/s while broken");
    }
}
