package io.jvmmedic.it;

import io.jvmmedic.it.harness.Attach;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.harness.Story;
import io.jvmmedic.it.patients.PoolLeakPatient;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** Every pool in every version, each leaked dry, in one JVM. */
class PoolLeakTest {

    private static final String RECLAIM = "reclaim-leaked-connection";

    /** Half of those whose leaks can be proven: each half takes the agent both ways, once on each JDK. */
    private static final String HALF = "HikariCP-3.4.5+HikariCP-4.0.3+HikariCP-5.1.0+HikariCP-6.3.3+HikariCP-7.1.0"
            + "+agroal-1.16+agroal-2.8+agroal-3.2.1+ucp-23.9.0.25.07";
    private static final String OTHER_HALF = "tomcat-jdbc-9.0.112+tomcat-jdbc-10.1.55+tomcat-jdbc-11.0.25"
            + "+commons-dbcp2-2.9.0+commons-dbcp2-2.14.0+druid-1.2.8+druid-1.2.28+vibur-22.2+vibur-26.0";

    /** These keep the handles of their borrowers themselves, so that no collection can prove anything. */
    private static final String UNPROVABLE = "c3p0-0.9.5.5+c3p0-0.10.2+c3p0-0.14.1";

    @Scenario(patient = PoolLeakPatient.class, libraries = "h2", arguments = {"0", "%libs", HALF},
            jvmOptions = "-Xmx256m", jdks = 17)
    void isHealed(PatientJvm jvm) {
        isHealed(jvm, 0);
    }

    @Scenario(patient = PoolLeakPatient.class, libraries = "h2", arguments = {"0", "%libs", OTHER_HALF},
            jvmOptions = "-Xmx256m", jdks = 25)
    void isHealedInTheOtherHalf(PatientJvm jvm) {
        isHealed(jvm, 0);
    }

    /** What was borrowed before the attach is out of sight, so it is left alone, and the rest of the pool serves. */
    @Scenario(patient = PoolLeakPatient.class, libraries = "h2", arguments = {"2", "%libs", HALF},
            jvmOptions = "-Xmx256m", jdks = 25, attach = Attach.HOT)
    void isHealedWherePartOfItIsOlderThanTheAgent(PatientJvm jvm) {
        isHealed(jvm, 2);
    }

    @Scenario(patient = PoolLeakPatient.class, libraries = "h2", arguments = {"2", "%libs", OTHER_HALF},
            jvmOptions = "-Xmx256m", jdks = 17, attach = Attach.HOT)
    void isHealedWherePartOfTheOtherHalfIsOlderThanTheAgent(PatientJvm jvm) {
        isHealed(jvm, 2);
    }

    @Scenario(patient = PoolLeakPatient.class, libraries = "h2", arguments = {"0", "%libs", UNPROVABLE}, jdks = 17)
    void isReportedAndLeftAloneWhereItCannotBeProven(PatientJvm jvm) {
        List<String> pools = jvm.services();
        Story.awaitSeen(jvm, pools.size());
        Map<String, Double> before = jvm.rates(pools);
        jvm.ask("break");
        for (String pool : pools) {
            jvm.witness().await(Story.SOON, "Decision", row -> row.getString("resource").equals("pool:" + pool)
                    && row.getString("remedy").equals(RECLAIM) && row.getString("verdict").equals("SHADOWED"));
        }
        jvm.awaitStandstill(before);
        Story.assertOnlyLooked(jvm);
    }

    private static void isHealed(PatientJvm jvm, int unseen) {
        List<String> pools = jvm.services();
        Story.awaitSeen(jvm, pools.size());
        Map<String, Double> before = jvm.rates(pools);
        jvm.ask("break");
        Story.awaitHealed(jvm, RECLAIM, pools.size());
        jvm.awaitNinetyPercent(before);
        jvm.ask("calm");
        for (String pool : pools) {
            Awaitility.await(pool).atMost(Story.SOON)
                    .until(() -> jvm.ask("pool " + pool).startsWith("active=" + unseen + " "));
        }
        jvm.witness().await(Story.SOON, "Finding", row -> row.getString("confidence").equals("CERTAIN")
                && row.getString("cause").contains("PoolLeakPatient.refuseOrder"));
        Story.awaitClosed(jvm);
    }
}
