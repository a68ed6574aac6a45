package io.jvmmedic.it;

import io.jvmmedic.it.harness.Attach;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.harness.Story;
import io.jvmmedic.it.patients.HttpLeakPatient;

/** An HTTP client whose connections are all leaked in responses that nobody closes. */
class HttpLeakTest {

    private static final String ABORT = "abort-leaked-http-lease";

    @Scenario(patient = HttpLeakPatient.class, libraries = {"httpclient5-5.0.4", "httpclient5-5.2.3", "httpclient5-5.6.5"},
            attach = {Attach.PREMAIN, Attach.HOT})
    void isHealed(PatientJvm jvm) {
        double before = jvm.rate();
        jvm.ask("break");
        Story.awaitHealed(jvm, ABORT);
        jvm.awaitRate(0.9 * before, Story.SOON);
    }

    @Scenario(patient = HttpLeakPatient.class, libraries = "httpclient5-5.6.5", agentOptions = "exclude=http:*")
    void isLeftAloneWhenExcluded(PatientJvm jvm) {
        double before = jvm.rate();
        jvm.ask("break");
        Story.awaitVerdict(jvm, ABORT, "REFUSED", "opt-out");
        jvm.awaitStandstill(before);
        Story.assertOnlyLooked(jvm);
    }
}
