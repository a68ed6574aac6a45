package io.jvmmedic.core.detect;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds virtual threads that could run and do not, because each carrier is held by one that waits and cannot let go of it.
 *
 * <p>{@code CERTAIN}: in {@value #CONFIRM_ROUNDS} rounds running every carrier is taken, none of them used the CPU, virtual
 * threads are ready, and not one of them was run. Virtual threads that compute use the CPU; those that sleep or wait as they
 * should hold no carrier; a JVM that stood still gives late rounds.
 */
public final class CarrierStarvationDetector implements Detector {

    private static final int CONFIRM_ROUNDS = 3;
    /** All carriers together, in a round of a second. */
    private static final long IDLE_CPU_MILLIS = 20;

    /** @param rounds running in which nothing moved */
    private record Standstill(long completed, int rounds) {
    }

    private final History<String, Standstill> standstills = History.unbroken();

    public CarrierStarvationDetector(MedicConfig config) {
        // Nothing to configure. The parameter keeps all detectors alike.
    }

    @Override
    public String name() {
        return "carrier-starvation";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.EXECUTOR, Signal.BLOCKED_TASK);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        standstills.open(round);
        Map<String, List<Signal>> blocked = Rows.byResource(round, Signal.BLOCKED_TASK);
        List<Finding> findings = new ArrayList<>();
        for (Signal sample : round.of(Signal.EXECUTOR)) {
            if (!sample.text("library").equals(ExecutorHandle.CARRIERS)) {
                continue;
            }
            String resource = sample.text("resource");
            ExecutorView carriers = new ExecutorView(sample, blocked.getOrDefault(resource, List.of()));
            long cpu = sample.number("cpuTime");
            if (!carriers.isFull() || cpu < 0 || cpu > IDLE_CPU_MILLIS) {
                standstills.forget(resource);
                continue;
            }
            Standstill before = standstills.get(resource);
            int rounds = before != null && before.completed() == carriers.completed() ? before.rounds() + 1 : 1;
            standstills.put(resource, new Standstill(carriers.completed(), rounds));
            if (rounds >= CONFIRM_ROUNDS) {
                findings.add(finding(carriers, rounds));
            }
        }
        return findings;
    }

    private Finding finding(ExecutorView carriers, int rounds) {
        String waits = carriers.blocked().isEmpty() ? "in native code or in a class that initialises"
                : Rows.bySite(carriers.blocked(), Rows::site);
        String count = Phrases.count(carriers.size(), "carrier");
        return new Finding(name(), Fault.CARRIER_STARVATION, ResourceId.parse(carriers.resource()), Confidence.CERTAIN,
                carriers.resource() + ": no virtual thread can run, " + count + " held by virtual threads that wait; "
                        + carriers.queued() + " ready",
                "virtual threads that wait without letting go of their carrier: " + waits,
                Phrases.count(carriers.queued(), "virtual thread") + " ready to run, and all that wait for them",
                "Do not wait inside a static initialiser, a native call or, before Java 24, a synchronized block.",
                new Evidence("in " + rounds + " rounds every carrier was taken and used no CPU, and none of the virtual threads"
                        + " that are ready was run",
                        Rows.facts(carriers.resource(), carriers.blocked().stream().map(ExecutorView::line).toList()),
                        List.of(), List.of(),
                        Map.of("size", carriers.size(), "queued", carriers.queued(),
                                "blocked", (long) carriers.blocked().size())));
    }
}
