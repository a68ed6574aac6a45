package io.jvmmedic.core.remedy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.WaitView;
import io.jvmmedic.core.util.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/adding-a-remedy.md} true: its example compiles, and works. */
class AddingARemedyTest {

    private final ResourceRegistry registry = new ResourceRegistry();

    private static String page() throws IOException {
        return Files.readString(Path.of("../../docs/adding-a-remedy.md"));
    }

    @Test
    void thePageShowsTheCodeThatIsTestedHere() throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/jvmmedic/core/remedy/KickPool.java"));
        String body = source.substring(source.indexOf("/** Has a pool"));
        assertTrue(page().contains("```java\n" + body + "```"), "the example of the page is not the tested one");
    }

    @Test
    void thePageNamesEveryRemedyWithItsRisk() throws IOException {
        MedicConfig config = MedicConfig.of(Map.of());
        for (Remedy remedy : List.of(new ReclaimLeakedConnection(registry, config), new SoftEvictPool(registry, Clock.SYSTEM),
                new GrowPool(registry, config), new GrowPool(registry, config).compensation(), new GrowExecutor(registry, WaitView.NONE, config), new AbortHttpLease(registry, config),
                new RearmSchedule(registry, config), new ReleaseIdleWorkers(registry, config), new InterruptTask(registry),
                new ShedBacklog(registry, config),
                new AbortDeadSessions(registry, Clock.SYSTEM), new RevivePool(registry), new ResetPool(registry),
                new BreakDeadlock(registry, null, null, null, null), new ReleaseLostLock(null, null, config),
                new RecordSignature(null),
                new DumpInvolvedThreads(registry, null, null), new DumpAllThreads(null, null), new DumpBlackBox(null),
                new GracefulRestart(config, reason -> { }, Optional::empty))) {
            assertTrue(page().contains("| `" + remedy.name() + "` | " + remedy.risk() + " |"), remedy.name());
        }
    }

    @Test
    void theExampleWorks() throws Throwable {
        FakePool pool = new FakePool(registry, "orders", 2);
        List<Object> served = new ArrayList<>();
        pool.databaseUp = false;
        pool.await(served::add);
        pool.databaseUp = true;

        Diagnosis diagnosis = Given.diagnosis(Fault.POOL_EXHAUSTION, pool.id(), Confidence.CERTAIN, List.of(), List.of(),
                Map.of());
        Action action = Given.ready(new KickPool(registry).prepare(diagnosis)).action();
        assertEquals("active=0 idle=0 total=0 max=2 waiting=1", action.observe());
        action.apply();
        assertTrue(action.claimHolds());
        assertEquals(1, served.size());
        assertTrue(action.noLongerNeeded().isPresent());
        assertFalse(action.loan().isPresent());
        assertEquals("pool:orders: nobody waits beside a free slot any more",
                Given.impossible(new KickPool(registry).prepare(diagnosis)));
    }
}
