package io.jvmmedic.core.detect;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Hints at pools in which waits end without a slot, in three rounds running. */
public final class FailedWaitsDetector implements Detector {

    private static final int CONFIRM_ROUNDS = 3;

    private record Streak(long timeouts, int rounds) {
    }

    private final History<String, Streak> streaks = History.unbroken();

    public FailedWaitsDetector(MedicConfig config) {
        // Nothing to configure.
    }

    @Override
    public String name() {
        return "failed-waits";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.POOL);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        streaks.open(round);
        List<Finding> findings = new ArrayList<>();
        for (Signal pool : round.of(Signal.POOL)) {
            String resource = pool.text("resource");
            long timeouts = pool.number("timeouts");
            Streak before = streaks.get(resource);
            int rounds = before != null && timeouts > before.timeouts() ? before.rounds() + 1 : 0;
            streaks.put(resource, new Streak(timeouts, rounds));
            if (rounds >= CONFIRM_ROUNDS) {
                findings.add(finding(pool, rounds));
            }
        }
        return findings;
    }

    private Finding finding(Signal pool, int rounds) {
        return new Finding(name(), Fault.POOL_EXHAUSTION, pool.resource(), Confidence.HINT,
                pool.resource() + ": waits fail, " + pool.number("timeouts") + " so far", "",
                Phrases.count(pool.number("waiting"), "thread") + " waiting", "Look at the holders.",
                new Evidence("the count of failed waits rose in " + Phrases.count(rounds, "round") + " running",
                        List.of(), List.of(), List.of(),
                        Map.of("timeouts", pool.number("timeouts"), "active", pool.number("active"))));
    }
}
