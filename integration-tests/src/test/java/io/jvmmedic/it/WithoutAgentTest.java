package io.jvmmedic.it;

import io.jvmmedic.it.harness.Attach;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.harness.Story;
import io.jvmmedic.it.patients.DeadlockPatient;
import io.jvmmedic.it.patients.ExecutorPatient;
import io.jvmmedic.it.patients.HikariLeakPatient;
import io.jvmmedic.it.patients.HttpLeakPatient;
import io.jvmmedic.it.patients.NestedBorrowPatient;

/** Nobody helps: the faults of the patients do not pass by themselves, else healing them would prove nothing. */
class WithoutAgentTest {

    @Scenario(patient = HikariLeakPatient.class, libraries = "HikariCP-7.1.0+h2", attach = Attach.NONE, jdks = 17)
    void leakStays(PatientJvm jvm) {
        staysBroken(jvm);
    }

    @Scenario(patient = NestedBorrowPatient.class, libraries = "h2", arguments = {"%libs", "HikariCP-7.1.0"}, attach = Attach.NONE, jdks = 25)
    void nestedBorrowStays(PatientJvm jvm) {
        staysBroken(jvm);
    }

    @Scenario(patient = ExecutorPatient.class, arguments = "fixed", attach = Attach.NONE, jdks = 17)
    void selfStarvationStays(PatientJvm jvm) {
        staysBroken(jvm);
    }

    @Scenario(patient = DeadlockPatient.class, arguments = "monitors", attach = Attach.NONE, jdks = 25)
    void deadlockStays(PatientJvm jvm) {
        staysBroken(jvm);
    }

    @Scenario(patient = HttpLeakPatient.class, libraries = "httpclient5-5.6.5", attach = Attach.NONE, jdks = 17)
    void httpLeakStays(PatientJvm jvm) {
        staysBroken(jvm);
    }

    private static void staysBroken(PatientJvm jvm) {
        double before = jvm.awaitRate(1, Story.SOON);
        jvm.ask("break");
        jvm.ask("gc");
        // The damage may take seconds to be complete; then it stays.
        jvm.awaitStandstill(before);
    }
}
