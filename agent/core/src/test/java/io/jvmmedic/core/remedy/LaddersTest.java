package io.jvmmedic.core.remedy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.WaitView;
import io.jvmmedic.core.util.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LaddersTest {

    private final ResourceRegistry registry = new ResourceRegistry();
    private final MedicConfig config = MedicConfig.of(Map.of());
    private final List<Remedy> all = List.of(
            new ReclaimLeakedConnection(registry, config), new SoftEvictPool(registry, Clock.SYSTEM), new GrowPool(registry, config), new GrowPool(registry, config).compensation(),
            new GrowExecutor(registry, WaitView.NONE, config), new RearmSchedule(registry, config), new ReleaseIdleWorkers(registry, config),
            new InterruptTask(registry), new ShedBacklog(registry, config), new AbortHttpLease(registry, config),
            new AbortDeadSessions(registry, Clock.SYSTEM), new RevivePool(registry), new ResetPool(registry),
            new BreakDeadlock(registry, null, null, null, null), new ReleaseLostLock(null, null, config),
            new RecordSignature(null),
            new DumpInvolvedThreads(registry, null, null), new DumpAllThreads(null, null), new DumpBlackBox(null),
            new GracefulRestart(config, reason -> { }, Optional::empty));

    @Test
    void everyFaultHasItsRowAndEveryNameItsRemedy() {
        Map<Fault, List<Remedy>> repairs = Ladders.of(Ladders.STANDARD, all);
        Map<Fault, List<Remedy>> evidence = Ladders.of(Ladders.EVIDENCE, all);
        assertEquals(EnumSet.allOf(Fault.class), repairs.keySet());
        assertEquals(EnumSet.allOf(Fault.class), evidence.keySet());
        all.forEach(remedy -> assertTrue(
                repairs.values().stream().anyMatch(rungs -> rungs.contains(remedy))
                        || evidence.values().stream().anyMatch(looks -> looks.contains(remedy)),
                remedy.name() + " is on no ladder"));
    }

    @Test
    void evidenceChangesNothingAndLaddersClimbFromGentleToDrastic() {
        Ladders.of(Ladders.EVIDENCE, all).values().forEach(looks ->
                looks.forEach(look -> assertEquals(Risk.NONE, look.risk(), look.name())));
        Ladders.of(Ladders.STANDARD, all).forEach((fault, rungs) -> assertEquals(
                rungs.stream().sorted(Comparator.comparing(Remedy::risk)).toList(), rungs, fault.name()));
    }

    @Test
    void thePageOfTheCommandLineShowsThemWithTheirRisks() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("docs/cli.md"))) {
            root = root.getParent();
        }
        Map<String, String> shown = new TreeMap<>();
        Files.readString(root.resolve("docs/cli.md")).lines().dropWhile(line -> !line.equals("remedies")).skip(1)
                .takeWhile(line -> !line.isBlank()).map(line -> line.strip().split(" +"))
                .forEach(line -> shown.put(line[0], line[1]));
        Map<String, String> known = new TreeMap<>();
        all.forEach(remedy -> known.put(remedy.name(), remedy.risk().name()));
        assertEquals(known, shown);
    }

    @Test
    void aNameThatIsNoRemedyIsSaid() {
        assertEquals("no remedy is called 'pray'", assertThrows(IllegalArgumentException.class,
                () -> Ladders.of(Map.of(Fault.HTTP_LEAK, List.of("pray")), all)).getMessage());
    }
}
