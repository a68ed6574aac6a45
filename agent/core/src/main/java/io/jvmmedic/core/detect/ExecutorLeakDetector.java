package io.jvmmedic.core.detect;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.NumberedNames;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds executors that are made again and again and never shut down: alike but for the number in their name, idle, and more
 * and more of them. {@code SUSPECTED} at {@value #MANY} idle ones, growth in each fifth of at least {@value #SUSPECTED_ROUNDS}
 * rounds, at least four in five of them idle for {@value #IDLE_ROUNDS} rounds; from {@value #LEAST_ROUNDS} rounds on a hint,
 * for a start-up may take as long to make them. That nobody will ever use them again cannot be known: their own workers keep
 * them reachable.
 */
public final class ExecutorLeakDetector implements Detector {

    private static final int MANY = 10;
    private static final int LEAST_ROUNDS = 20;
    private static final int SUSPECTED_ROUNDS = 40;
    private static final int MOST_ROUNDS = 90;
    private static final int IDLE_ROUNDS = 10;

    /** @param rounds for which it has completed no task and has none */
    private record Idle(long completed, int rounds) {
    }

    private final History<String, Idle> idle = History.unbroken();
    private final History<String, List<Long>> counts = History.unbroken();

    public ExecutorLeakDetector(MedicConfig config) {
        // Nothing to configure. The parameter keeps all detectors alike.
    }

    @Override
    public String name() {
        return "executor-leak";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.EXECUTOR);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        idle.open(round);
        counts.open(round);
        Map<String, List<Signal>> kinds = new LinkedHashMap<>();
        for (Signal sample : round.of(Signal.EXECUTOR)) {
            remember(sample);
            // Without a worker it holds nothing, and is collected once nobody uses it.
            if (!sample.flag("ofPool") && sample.number("size") > 0 && !sample.flag("shutdown")) {
                kinds.computeIfAbsent(kind(sample), key -> new ArrayList<>()).add(sample);
            }
        }
        List<Finding> findings = new ArrayList<>();
        kinds.forEach((kind, samples) -> {
            List<Long> now = Growth.with(counts.get(kind), (long) samples.size(), MOST_ROUNDS);
            counts.put(kind, now);
            List<Signal> idlers = samples.stream()
                    .filter(sample -> idle.get(sample.text("resource")).rounds() >= IDLE_ROUNDS).toList();
            if (now.size() >= LEAST_ROUNDS && idlers.size() >= MANY && idlers.size() * 5 >= idlersAllowed(now) * 4
                    && Growth.grows(now)) {
                findings.add(finding(kind, samples, idlers, now));
            }
        });
        return findings;
    }

    /** Those that are too young to have been idle for long are not counted. */
    private static long idlersAllowed(List<Long> now) {
        return now.get(Math.max(0, now.size() - 1 - IDLE_ROUNDS));
    }

    private void remember(Signal sample) {
        String resource = sample.text("resource");
        Idle before = idle.get(resource);
        boolean rests = sample.number("active") == 0 && sample.number("queued") == 0
                && before != null && before.completed() == sample.number("completed");
        idle.put(resource, new Idle(sample.number("completed"), rests ? before.rounds() + 1 : 0));
    }

    private static String kind(Signal sample) {
        return NumberedNames.kind(sample.text("resource")) + " " + sample.text("library") + " "
                + sample.number("core") + " " + sample.number("max");
    }

    private Finding finding(String kind, List<Signal> samples, List<Signal> idlers, List<Long> now) {
        String pattern = kind.substring(0, kind.indexOf(' '));
        long threads = idlers.stream().mapToLong(sample -> sample.number("size")).sum();
        ResourceId resource = new ResourceId(ResourceId.Kind.JVM, "executors " + pattern.substring(pattern.indexOf(':') + 1));
        Map<String, Long> measures = Map.of("executors", (long) samples.size(), "idle", (long) idlers.size(),
                "threads", threads, "more", samples.size() - now.get(0));
        Confidence confidence = now.size() >= SUSPECTED_ROUNDS ? Confidence.SUSPECTED : Confidence.HINT;
        return new Finding(name(), Fault.EXECUTOR_LEAK, resource, confidence,
                resource + ": " + samples.size() + " executors and still growing, " + idlers.size()
                        + " of them idle with " + Phrases.count(threads, "thread"),
                samples.get(0).text("library") + "s of " + Phrases.count(samples.get(0).number("core"), "worker")
                        + " that nobody shuts down", "the process, which ends when the system allows no more threads",
                "Shut an executor down when its user is done, or share one; who makes them is in jdk.ThreadStart.",
                new Evidence("in each fifth of " + Phrases.count(now.size(), "round")
                        + " there were more of them than in the one before; " + idlers.size() + " completed nothing for "
                        + IDLE_ROUNDS + " rounds and more",
                        Rows.facts(resource.toString(), idlers.stream().map(sample -> sample.text("resource") + " idle, "
                                + sample.number("completed") + " tasks completed").toList()),
                        List.of(), List.of(), measures));
    }
}
