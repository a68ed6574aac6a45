package io.jvmmedic.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.it.harness.Attach;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.harness.Story;
import io.jvmmedic.it.patients.ExecutorPatient;
import org.awaitility.Awaitility;

/** An executor whose workers all wait for tasks in its own queue. */
class SelfStarvationTest {

    private static final String GROW = "grow-executor";

    @Scenario(patient = ExecutorPatient.class, arguments = "fixed", attach = {Attach.PREMAIN, Attach.HOT},
            agentOptions = "undo-after=3s")
    void isHealedAndTheWorkersGivenBack(PatientJvm jvm) {
        healAndGiveBack(jvm, "core=4 max=4");
    }

    @Scenario(patient = ExecutorPatient.class, arguments = "scheduled", attach = {Attach.PREMAIN, Attach.HOT},
            agentOptions = "undo-after=3s")
    void ofAScheduledOneIsHealedToo(PatientJvm jvm) {
        healAndGiveBack(jvm, "core=4");
    }

    @Scenario(patient = ExecutorPatient.class, arguments = "fixed", agentOptions = "budget.grow=0/10m",
            attach = {Attach.PREMAIN, Attach.HOT})
    void isLeftAloneWhenTheBudgetIsSpent(PatientJvm jvm) {
        double before = jvm.rate();
        jvm.ask("break");
        Story.awaitVerdict(jvm, GROW, "REFUSED", "remedy budget");
        jvm.awaitStandstill(before);
        Story.assertOnlyLooked(jvm);
        assertTrue(jvm.ask("executor").startsWith("core=4 max=4"), jvm.ask("executor"));
    }

    /** Until it is mended it may be given back and starve again: what counts is what it has in the end. */
    private static void healAndGiveBack(PatientJvm jvm, String before) {
        double rate = jvm.rate();
        jvm.ask("break");
        Story.awaitHealed(jvm, GROW);
        jvm.awaitRate(0.9 * rate, Story.SOON);
        jvm.ask("mend");
        Story.awaitGivenBack(jvm, GROW);
        Awaitility.await("workers as before").atMost(Story.SOON).until(() -> jvm.ask("executor"),
                executor -> executor.startsWith(before));
    }
}
