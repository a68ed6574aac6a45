package io.jvmmedic.core.detect;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.NumberedNames;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds families of threads that grow without a break while hardly any of them ends. {@code SUSPECTED}: {@value #MANY} more
 * within the rounds looked back on, growth in each fifth of them, for {@value #SUSPECTED_ROUNDS} rounds, and for
 * {@value #LEAST_ROUNDS_OF_EXECUTOR} where they all work for one executor, which may be meeting a ramp of load. From
 * {@value #LEAST_ROUNDS} rounds on a hint: a start-up on a busy machine takes as long to make 5,000 threads. An executor with
 * a limit is none, however far it is from it.
 */
public final class ThreadLeakDetector implements Detector {

    private static final int LEAST_ROUNDS = 20;
    private static final int SUSPECTED_ROUNDS = 40;
    private static final int LEAST_ROUNDS_OF_EXECUTOR = 60;
    private static final int MOST_ROUNDS = 90;
    private static final int MANY = 50;
    /** One in so many of the new ones may have ended. */
    private static final int FEW = 10;
    /** A maximum that nobody means as one. */
    private static final long NO_LIMIT = 10_000;
    private static final int MAX_SITES = 500;

    private record Look(long alive, long ended) {
    }

    private final History<String, List<Look>> looks = History.unbroken();
    /** Who started threads of a family last, by family; as far as the JDK told. */
    private final Map<String, String> starters = new HashMap<>();

    public ThreadLeakDetector(MedicConfig config) {
        // Nothing to configure. The parameter keeps all detectors alike.
    }

    @Override
    public String name() {
        return "thread-leak";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.THREAD_FAMILY, Signal.EXECUTOR);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        looks.open(round);
        round.of(Signal.THREAD_START).forEach(this::remember);
        Map<String, List<Signal>> executors = Rows.byResource(round, Signal.EXECUTOR);
        List<Finding> findings = new ArrayList<>();
        for (Signal family : round.of(Signal.THREAD_FAMILY)) {
            String resource = family.text("resource");
            List<Look> now = Growth.with(looks.get(resource), new Look(family.number("alive"), family.number("ended")),
                    MOST_ROUNDS);
            looks.put(resource, now);
            List<Signal> owner = executors.getOrDefault(family.text("executor"), List.of());
            boolean bounded = !owner.isEmpty() && owner.get(0).number("max") < NO_LIMIT;
            if (now.size() >= (owner.isEmpty() ? LEAST_ROUNDS : LEAST_ROUNDS_OF_EXECUTOR) && !bounded && leaks(now)) {
                findings.add(finding(family, now));
            }
        }
        return findings;
    }

    private void remember(Signal start) {
        if (start.text("site").isEmpty()) {
            return;
        }
        String family = NumberedNames.family(start.text("startedThread"));
        if (starters.size() < MAX_SITES || starters.containsKey(family)) {
            starters.put(family, start.text("site"));
        }
    }

    private static boolean leaks(List<Look> now) {
        Look first = now.get(0);
        Look last = now.get(now.size() - 1);
        long more = last.alive() - first.alive();
        return more >= MANY && (last.ended() - first.ended()) * FEW <= more
                && Growth.grows(now.stream().map(Look::alive).toList());
    }

    private Finding finding(Signal family, List<Look> now) {
        Confidence confidence = now.size() >= SUSPECTED_ROUNDS ? Confidence.SUSPECTED : Confidence.HINT;
        long alive = family.number("alive");
        long more = alive - now.get(0).alive();
        long executors = family.number("executors");
        String starter = starters.getOrDefault(family.text("family"), "");
        String by = starter.isEmpty() ? "started by an unknown site" : "started at " + Phrases.site(starter);
        String doing = Phrases.site(Rows.site(family));
        return new Finding(name(), Fault.THREAD_LEAK, family.resource(), confidence,
                family.resource() + ": " + alive + " threads and still growing, " + more + " more within "
                        + Phrases.count(now.size(), "round"),
                by + (executors > 1 ? ", for " + executors + " executors" : "") + "; the youngest is at " + doing,
                "the process, which ends when the system allows no more threads",
                executors > 1 ? "Shut an executor down when its user is done, or share one."
                        : "End each thread that is started, or run its work on an executor with a maximum.",
                new Evidence("in each fifth of the rounds looked back on there were more of them than in the one before, and "
                        + (family.number("ended") - now.get(0).ended()) + " of them ended meanwhile",
                        List.of(), List.of(), List.of(),
                        Map.of("alive", alive, "more", more, "executors", executors, "rounds", (long) now.size())));
    }
}
