package io.jvmmedic.it;

import io.jvmmedic.it.harness.Attach;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.harness.Story;
import io.jvmmedic.it.patients.PoolLeakPatient;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import org.awaitility.Awaitility;

/** Every pool in every version, each leaked dry, in one JVM. */
class PoolLeakTest {

    private static final String RECLAIM = "reclaim-leaked-connection";

    private static final String PROVABLE = "HikariCP-4.0.3+HikariCP-5.1.0+HikariCP-6.3.3+HikariCP-7.1.0";

    @Scenario(patient = PoolLeakPatient.class, libraries = "h2", arguments = {"0", "%libs", PROVABLE},
            jvmOptions = "-Xmx256m")
    void isHealed(PatientJvm jvm) {
        isHealed(jvm, 0);
    }

    /** What was borrowed before the attach is out of sight, so it is left alone, and the rest of the pool serves. */
    @Scenario(patient = PoolLeakPatient.class, libraries = "h2", arguments = {"2", "%libs", PROVABLE},
            jvmOptions = "-Xmx256m", attach = Attach.HOT)
    void isHealedWherePartOfItIsOlderThanTheAgent(PatientJvm jvm) {
        isHealed(jvm, 2);
    }

    private static void isHealed(PatientJvm jvm, int unseen) {
        List<String> pools = List.of(jvm.ask("pools").split(" "));
        Map<String, Double> before = jvm.rates(pools);
        jvm.ask("break");
        Awaitility.await("as many pools healed as are leaked dry").atMost(Story.SOON)
                .until(() -> healed(jvm).size() == pools.size());
        jvm.awaitRates(ninetyPercent(before), Story.SOON);
        jvm.ask("calm");
        for (String pool : pools) {
            Awaitility.await(pool).atMost(Story.SOON)
                    .until(() -> jvm.ask("pool " + pool).startsWith("active=" + unseen + " "));
        }
        jvm.witness().await(Story.SOON, "Finding", row -> row.getString("confidence").equals("CERTAIN")
                && row.getString("cause").contains("PoolLeakPatient.refuseOrder"));
    }

    private static Map<String, Long> healed(PatientJvm jvm) {
        return jvm.witness().rows("Remediation", PoolLeakTest::isHealed).stream()
                .collect(Collectors.groupingBy(row -> row.getString("resource"), Collectors.counting()));
    }

    private static boolean isHealed(RecordedEvent row) {
        return row.getString("remedy").equals(RECLAIM) && row.getString("outcome").equals("HEALED");
    }

    private static Map<String, Double> ninetyPercent(Map<String, Double> rates) {
        Map<String, Double> most = new TreeMap<>();
        rates.forEach((name, rate) -> most.put(name, 0.9 * rate));
        return most;
    }
}
