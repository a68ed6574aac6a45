package io.jvmmedic.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.harness.Story;
import io.jvmmedic.it.patients.ThreadsPatient;
import jdk.jfr.consumer.RecordedEvent;

/** Virtual threads without a carrier, and a periodic job that its scheduler has dropped. */
class ThreadTroubleTest {

    @Scenario(patient = ThreadsPatient.class, arguments = "carriers", jdks = 25, agentOptions = "undo-after=3s",
            jvmOptions = "-Djdk.virtualThreadScheduler.parallelism=2")
    void carriersThatNobodyLetsGoOfAreLent(PatientJvm jvm) {
        double before = jvm.rate();
        jvm.ask("break");
        RecordedEvent finding = Story.awaitCertain(jvm, "CARRIER_STARVATION");
        assertTrue(finding.getString("cause").contains("ThreadsPatient.awaitMended"), finding::toString);
        Story.awaitHealed(jvm, "grow-executor");
        jvm.awaitRate(0.9 * before, Story.SOON);
        jvm.ask("mend");
        Story.awaitGivenBack(jvm, "grow-executor");
    }

    @Scenario(patient = ThreadsPatient.class, arguments = "series", agentOptions = "schedule.rearm=executor:jobs")
    void aSeriesThatAnExceptionEndedIsStartedAgainWhereAllowed(PatientJvm jvm) {
        double before = jvm.rate();
        jvm.ask("break");
        RecordedEvent finding = Story.awaitCertain(jvm, "SCHEDULE_ENDED");
        assertTrue(finding.getString("cause").startsWith("IllegalStateException at ThreadsPatient.job:"), finding::toString);
        Story.awaitHealed(jvm, "rearm-schedule");
        jvm.awaitRate(0.9 * before, Story.SOON);
    }
}
