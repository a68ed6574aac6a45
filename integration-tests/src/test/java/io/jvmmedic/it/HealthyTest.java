package io.jvmmedic.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.it.harness.Attach;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.patients.HealthyDatabasePatient;
import io.jvmmedic.it.patients.HealthyThreadsPatient;
import java.time.Duration;

/** What looks ill and is not is left alone. The harness checks that nothing was done; here, that nobody was disturbed. */
class HealthyTest {

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @Scenario(patient = HealthyDatabasePatient.class, libraries = "HikariCP-7.1.0+postgresql", arguments = "%postgres",
            attach = {Attach.PREMAIN, Attach.HOT}, healthy = true)
    void connections(PatientJvm jvm) {
        jvm.ask("begin");
        await().atMost(DEADLINE).until(() -> jvm.ask("zoo").startsWith("busy=0 "));
        String status = jvm.ask("zoo");
        assertTrue(status.contains("disturbed=[]") && !status.contains("notified=0"), status);
    }

    @Scenario(patient = HealthyThreadsPatient.class, libraries = "httpclient5-5.6.5",
            attach = {Attach.PREMAIN, Attach.HOT}, healthy = true)
    void threadsLocksAndAnswers(PatientJvm jvm) {
        jvm.ask("begin");
        await().atMost(DEADLINE).until(() -> jvm.ask("zoo").startsWith("busy=0 "));
        String status = jvm.ask("zoo");
        assertTrue(status.contains("disturbed=[]"), status);
    }
}
