package io.jvmmedic.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.it.harness.Database;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.harness.Story;
import io.jvmmedic.it.patients.OutagePatient;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** The database goes away, in part or as a whole. Whoever is proven dead is let go; nobody else is touched. */
class OutageTest {

    private static final String POOLS = "HikariCP-7.1.0";
    private static final String EVICT = "soft-evict-pool";

    @Scenario(patient = OutagePatient.class, libraries = "postgresql", arguments = {"%database", "%libs", POOLS})
    void endedSessionsAreReplaced(PatientJvm jvm, Database database) {
        comesBack(jvm, database::terminateSessions);
    }

    @Scenario(patient = OutagePatient.class, libraries = "postgresql", arguments = {"%server", "%libs", POOLS}, jdks = 25)
    void aServerThatCrashedAndStartedAgainIsFoundAgain(PatientJvm jvm, Database database) {
        comesBack(jvm, database::crash);
    }

    @Scenario(patient = OutagePatient.class, libraries = "postgresql", arguments = {"%database", "%libs", POOLS}, jdks = 17)
    void aServerThatCannotBeReachedForAWhileIsFoundAgain(PatientJvm jvm, Database database) {
        comesBack(jvm, () -> {
            database.proxy().refuse();
            database.proxy().cut(link -> true);
            Awaitility.await("the outage is felt").atMost(Story.SOON).until(() -> jvm.rates(jvm.services()).values()
                    .stream().allMatch(rate -> rate == 0));
            database.proxy().accept();
        });
    }

    /** The pools do most of it by themselves; whatever was done beside that has helped and was not forceful. */
    private static void comesBack(PatientJvm jvm, Runnable outage) {
        List<String> pools = jvm.services();
        Map<String, Double> before = jvm.rates(pools);
        outage.run();
        jvm.awaitNinetyPercent(before);
        assertEquals(List.of(), jvm.witness().rows("Remediation", row -> !row.getString("risk").equals("NONE")
                && !(row.getString("remedy").equals(EVICT) && row.getString("outcome").equals("HEALED"))));
    }
}
