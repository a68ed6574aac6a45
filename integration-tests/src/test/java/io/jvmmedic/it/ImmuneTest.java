package io.jvmmedic.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.it.harness.Command;
import io.jvmmedic.it.harness.Invariants;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.harness.Story;
import io.jvmmedic.it.patients.TransferPatient;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** A deadlock is suffered once: the process that was restarted because of it, or goes on after it was broken, is immune. */
class ImmuneTest {

    private static final int EXIT_CODE = 86;
    /** With more time in front of a gate than by default: that must not run out because the machine pauses. */
    private static final String IMMUNE = "immunity.enabled=true,immunity.limit=5s,startup-grace=0s,restart.enabled=true,"
            + "restart.drain=0s,app-name=transfers";
    /** Left alone the patient stands still after a second or two; {@code -Djvmmedic.it.immune=60} for a longer look. */
    private static final Duration LOAD = Duration.ofSeconds(Long.getLong("jvmmedic.it.immune", 8));

    /** Soft references are cleared at once, as the JDK keeps types of ours in soft caches of its own. */
    @Scenario(patient = TransferPatient.class, arguments = "methods", agentOptions = IMMUNE,
            jvmOptions = "-XX:SoftRefLRUPolicyMSPerMB=0")
    void ofSynchronizedMethodsDoesNotComeAgainAfterTheRestart(PatientJvm jvm) throws Exception {
        doesNotComeAgainAfterTheRestart(jvm, ImmuneTest::leavesNothingButTheFormOfMethods);
    }

    @Scenario(patient = TransferPatient.class, arguments = "blocks", agentOptions = IMMUNE, jdks = 17)
    void ofSynchronizedBlocksDoesNotComeAgainAfterTheRestart(PatientJvm jvm) throws Exception {
        doesNotComeAgainAfterTheRestart(jvm, second -> { });
    }

    /** It is broken, and from then on prevented in the same process. */
    @Scenario(patient = TransferPatient.class, arguments = "locks", agentOptions = IMMUNE, jdks = 25)
    void ofLocksDoesNotComeAgainInTheSameProcess(PatientJvm jvm) throws Exception {
        jvm.ask("go");
        Story.awaitCertain(jvm, "LOCK_DEADLOCK");
        await().atMost(Story.SOON).until(() -> jvm.agentLines().stream().anyMatch(line -> line.contains("HEALED")));
        awaitGate(jvm);
        // Calls that had begun before the gate was there may meet once more.
        worksOn(jvm);
        List<String> suffered = signatures(jvm);
        assertTrue(suffered.size() >= 1, jvm.agentLines().toString());
        worksOn(jvm);
        assertEquals(suffered, signatures(jvm));
    }

    private static void doesNotComeAgainAfterTheRestart(PatientJvm jvm, Consumer<PatientJvm> farewell) throws Exception {
        jvm.ask("go");
        assertEquals(EXIT_CODE, jvm.awaitExit(Story.SOON));
        assertEquals(1, signatures(jvm).size(), jvm.agentLines().toString());
        try (PatientJvm second = PatientJvm.fork(jvm.spec())) {
            second.ask("go");
            worksOn(second);
            awaitGate(second);
            assertEquals(List.of(), signatures(second));
            assertEquals(0, second.witness().rows("Finding", row -> row.getString("confidence").equals("CERTAIN")).size(),
                    second.witness().story());
            assertEquals(0, second.witness().rows("GateSample", row -> row.getString("state").equals("WITHDRAWN")).size());
            farewell.accept(second);
            second.stop();
            Invariants.check(second, true, List.of());
        }
    }

    /** The core can be collected; what keeps the form of synchronized methods has a loader of its own. */
    private static void leavesNothingButTheFormOfMethods(PatientJvm jvm) {
        // Without gates they would meet, and a frame of gated code that stands still keeps what was compiled into it.
        jvm.ask("rest");
        jvm.attach("command=detach");
        String jcmd = jvm.spec().jdk().tool("jcmd").toString();
        await().atMost(Story.SOON).untilAsserted(() -> {
            jvm.ask("gc");
            String classes = Command.run(jcmd, String.valueOf(jvm.pid()), "GC.class_histogram").output();
            assertFalse(classes.contains("io.jvmmedic.core.boot."), classes);
        });
    }

    private static List<String> signatures(PatientJvm jvm) {
        return jvm.agentLines().stream().filter(line -> line.contains("immunity: signature")).toList();
    }

    /** Waits until somebody has passed a gate. */
    private static void awaitGate(PatientJvm jvm) {
        jvm.witness().await(Story.SOON, "GateSample",
                row -> row.getString("state").equals("GATED") && row.getLong("passes") > 0);
    }

    /** All the time, and not just at the end. */
    private static void worksOn(PatientJvm jvm) throws Exception {
        long end = System.nanoTime() + LOAD.toNanos();
        for (long before = done(jvm); System.nanoTime() < end; before = done(jvm)) {
            long least = before;
            await().atMost(Story.SOON).until(() -> done(jvm) > least + 1_000);
            Thread.sleep(200);
        }
        assertTrue(jvm.isAlive());
    }

    private static long done(PatientJvm jvm) {
        return Long.parseLong(jvm.ask("status").replaceFirst(".*done=(\\d+).*", "$1"));
    }
}
