package io.jvmmedic.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.it.harness.Attach;
import io.jvmmedic.it.harness.Database;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.harness.Story;
import io.jvmmedic.it.patients.NestedBorrowPatient;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import org.awaitility.Awaitility;

/** A pool whose every waiter is a holder. */
class NestedBorrowTest {

    private static final String GROW = "grow-pool";

    private static final String POOLS = "HikariCP-4.0.3+HikariCP-7.1.0+agroal-3.2.1+druid-1.2.28";

    @Scenario(patient = NestedBorrowPatient.class, libraries = "h2", arguments = {"%libs", POOLS},
            attach = {Attach.PREMAIN, Attach.HOT}, agentOptions = "undo-after=3s,budget.grow=1000/10m")
    void isHealedAndTheLoanGivenBack(PatientJvm jvm) {
        List<String> pools = jvm.services();
        Story.awaitSeen(jvm, pools.size());
        Map<String, Double> before = jvm.rates(pools);
        jvm.ask("break");
        Story.awaitHealed(jvm, GROW, pools.size());
        jvm.awaitNinetyPercent(before);
        jvm.ask("mend");
        // With the bug still there, a pool whose loan was given back locks again and is lent to again.
        jvm.awaitNinetyPercent(before);
        Story.awaitGivenBack(jvm, GROW);
        for (String pool : pools) {
            Awaitility.await(pool).atMost(Story.SOON).until(() -> jvm.ask("pool " + pool).endsWith("max=4"));
        }
        Story.awaitClosed(jvm);
    }

    @Scenario(patient = NestedBorrowPatient.class, libraries = "h2", arguments = {"%libs", "HikariCP-7.1.0"},
            agentOptions = "disabled-remedies=grow-pool")
    void isLeftAloneWhenGrowingIsSwitchedOff(PatientJvm jvm) {
        double before = jvm.rate();
        jvm.ask("break");
        Story.awaitVerdict(jvm, GROW, "REFUSED", "remedy off");
        jvm.awaitStandstill(before);
        Story.assertOnlyLooked(jvm);
        assertTrue(jvm.ask("pool").endsWith("max=4"), jvm.ask("pool"));
    }

    /** The first attempt learns it the hard way. */
    @Scenario(patient = NestedBorrowPatient.class, libraries = "postgresql",
            arguments = {"%libs", "HikariCP-7.1.0", "%database"}, jdks = 17)
    void isNotHealedWhereTheDatabaseHasNoSessionToSpare(PatientJvm jvm, Database database) {
        Story.awaitSeen(jvm, 1);
        Awaitility.await("pool is full").atMost(Story.SOON).until(() -> jvm.ask("pool").contains("total=4 "));
        database.limitSessions(4);
        jvm.ask("break");
        jvm.witness().await(Story.SOON, "Remediation",
                row -> row.getString("remedy").equals(GROW) && row.getString("outcome").equals("INEFFECTIVE"));
        RecordedEvent undone = Story.awaitGivenBack(jvm, GROW);
        assertTrue(undone.getString("reason").contains("no session to spare for more than 4: 53300"), undone.toString());
        assertTrue(jvm.ask("pool").endsWith("max=4"), jvm.ask("pool"));
        Awaitility.await().atMost(Story.SOON).until(() -> jvm.agentLines().stream()
                .anyMatch(line -> line.contains("53300") && line.contains("is not grown")));
    }
}
