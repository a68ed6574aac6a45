package io.jvmmedic.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.it.harness.Attach;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.harness.Story;
import io.jvmmedic.it.patients.ExecutorPatient;

/** An executor whose workers all wait for tasks in its own queue. */
class SelfStarvationTest {

    private static final String GROW = "grow-executor";

    @Scenario(patient = ExecutorPatient.class, arguments = "fixed", attach = {Attach.PREMAIN, Attach.HOT},
            agentOptions = "undo-after=3s")
    void isHealedAndTheWorkersGivenBack(PatientJvm jvm) {
        healAndGiveBack(jvm);
        assertTrue(jvm.ask("executor").startsWith("core=4 max=4"), jvm.ask("executor"));
    }

    @Scenario(patient = ExecutorPatient.class, arguments = "scheduled", attach = {Attach.PREMAIN, Attach.HOT},
            agentOptions = "undo-after=3s")
    void ofAScheduledOneIsHealedToo(PatientJvm jvm) {
        healAndGiveBack(jvm);
        assertTrue(jvm.ask("executor").startsWith("core=4"), jvm.ask("executor"));
    }

    @Scenario(patient = ExecutorPatient.class, arguments = "fixed", agentOptions = "budget.grow=0/10m",
            attach = {Attach.PREMAIN, Attach.HOT})
    void isLeftAloneWhenTheBudgetIsSpent(PatientJvm jvm) {
        double before = jvm.rate();
        jvm.ask("break");
        Story.awaitVerdict(jvm, GROW, "REFUSED", "remedy budget");
        double after = jvm.rate();
        assertTrue(after < 0.1 * before, "served " + before + "/s before and " + after + "/s, so something was done");
        Story.assertOnlyLooked(jvm);
        assertTrue(jvm.ask("executor").startsWith("core=4 max=4"), jvm.ask("executor"));
    }

    private static void healAndGiveBack(PatientJvm jvm) {
        double before = jvm.rate();
        jvm.ask("break");
        Story.awaitHealed(jvm, GROW);
        jvm.awaitRate(0.9 * before, Story.SOON);
        jvm.ask("mend");
        Story.awaitGivenBack(jvm, GROW);
    }
}
