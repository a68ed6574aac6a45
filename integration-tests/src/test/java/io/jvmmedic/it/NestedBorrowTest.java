package io.jvmmedic.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.it.harness.Attach;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.harness.Story;
import io.jvmmedic.it.patients.NestedBorrowPatient;

/** A pool whose every waiter is a holder. */
class NestedBorrowTest {

    private static final String GROW = "grow-pool";

    @Scenario(patient = NestedBorrowPatient.class, libraries = {"HikariCP-4.0.3+h2", "HikariCP-7.1.0+h2"},
            attach = {Attach.PREMAIN, Attach.HOT}, agentOptions = "undo-after=3s")
    void isHealedAndTheLoanGivenBack(PatientJvm jvm) {
        double before = jvm.rate();
        jvm.ask("break");
        Story.awaitHealed(jvm, GROW);
        jvm.awaitRate(0.9 * before, Story.SOON);
        jvm.ask("mend");
        Story.awaitGivenBack(jvm, GROW);
        assertTrue(jvm.ask("pool").endsWith("max=4"), jvm.ask("pool"));
    }

    @Scenario(patient = NestedBorrowPatient.class, libraries = "HikariCP-7.1.0+h2", agentOptions = "disabled-remedies=grow-pool")
    void isLeftAloneWhenGrowingIsSwitchedOff(PatientJvm jvm) {
        double before = jvm.rate();
        jvm.ask("break");
        Story.awaitVerdict(jvm, GROW, "REFUSED", "remedy off");
        double after = jvm.rate();
        assertTrue(after < 0.1 * before, "served " + before + "/s before and " + after + "/s, so something was done");
        Story.assertOnlyLooked(jvm);
        assertTrue(jvm.ask("pool").endsWith("max=4"), jvm.ask("pool"));
    }
}
