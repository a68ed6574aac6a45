package io.jvmmedic.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.it.harness.Attach;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.patients.HealthyDatabasePatient;
import io.jvmmedic.it.patients.HealthyExecutorsPatient;
import io.jvmmedic.it.patients.HealthyThreadsPatient;
import java.time.Duration;
import java.util.List;

/** What looks ill and is not is left alone. The harness checks that nothing was done; here, that nobody was disturbed. */
class HealthyTest {

    /** Every threshold as low as it goes, and a collection every second to prove what can be proven. */
    private static final String SHARP = "leak.suspect-after=200ms,gc.ask=on,gc.every=1s";
    private static final String OLDEST =
            "HikariCP-3.4.5+tomcat-jdbc-9.0.112+commons-dbcp2-2.9.0+c3p0-0.9.5.5+druid-1.2.8+agroal-1.16+vibur-22.2";
    private static final String NEWEST =
            "HikariCP-7.1.0+tomcat-jdbc-11.0.25+commons-dbcp2-2.14.0+c3p0-0.14.1+druid-1.2.28+agroal-3.2.1+vibur-26.0"
            + "+ucp-23.9.0.25.07";

    private static final Duration DEADLINE = Duration.ofSeconds(240);

    @Scenario(patient = HealthyDatabasePatient.class, libraries = "postgresql",
            arguments = {"%postgres", "%libs", OLDEST}, agentOptions = SHARP, healthy = true, jdks = 17)
    void connectionsOfTheOldestPools(PatientJvm jvm) {
        connections(jvm);
    }

    @Scenario(patient = HealthyDatabasePatient.class, libraries = "postgresql",
            arguments = {"%postgres", "%libs", NEWEST}, agentOptions = SHARP, healthy = true, jdks = 25, attach = Attach.HOT)
    void connectionsOfTheNewestPools(PatientJvm jvm) {
        connections(jvm);
    }

    private static void connections(PatientJvm jvm) {
        jvm.ask("begin");
        await().atMost(DEADLINE).until(() -> jvm.ask("zoo").startsWith("busy=0 "));
        String status = jvm.ask("zoo");
        assertTrue(status.contains("disturbed=[]") && !status.contains("notified=0"), status);
        nothingIsSuspected(jvm);
    }

    private static void nothingIsSuspected(PatientJvm jvm) {
        assertEquals(List.of(), jvm.witness().rows("Finding", row -> !row.getString("confidence").equals("HINT")));
    }

    @Scenario(patient = HealthyThreadsPatient.class, libraries = "httpclient5-5.6.5",
            attach = {Attach.PREMAIN, Attach.HOT}, healthy = true)
    void threadsLocksAndAnswers(PatientJvm jvm) {
        jvm.ask("begin");
        await().atMost(DEADLINE).until(() -> jvm.ask("zoo").startsWith("busy=0 "));
        String status = jvm.ask("zoo");
        assertTrue(status.contains("disturbed=[]"), status);
        nothingIsSuspected(jvm);
    }

    /** Here a suspicion would be acted on. */
    @Scenario(patient = HealthyExecutorsPatient.class, libraries = "servers", agentOptions = "act-on=suspicion", healthy = true)
    void executorsOfServersAndFrameworks(PatientJvm jvm) {
        jvm.ask("begin");
        await().atMost(DEADLINE).until(() -> jvm.ask("zoo").startsWith("busy=0 "));
        String status = jvm.ask("zoo");
        assertTrue(status.contains("disturbed=[]"), status);
        nothingIsSuspected(jvm);
    }
}
