package io.jvmmedic.core.detect;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds executors whose workers wait for tasks that are queued behind them in the same executor.
 *
 * <p>{@code CERTAIN}: every worker does so, and a second round sees the same workers waiting for the same tasks with
 * nothing completed in between; a third one where some wait has a time limit. {@code SUSPECTED}, after
 * {@value #CONFIRM_ROUNDS} rounds without a completion: every worker waits and at least one for the own queue, but the edge
 * of some is unknown, or there are more workers than rows; and after {@value #REFERENCE_ROUNDS}: every worker waits,
 * and some for latches, barriers or futures that tasks of the own queue refer to. Nobody owns those, so it is never more than
 * a suspicion, and a late one, after {@value #FAR_ROUNDS}, where some wait has a limit or the queue refers to them from afar,
 * and after {@value #SHARED_ROUNDS} where all wait for the same.
 */
public final class ExecutorSelfStarvationDetector implements Detector {

    private static final int CONFIRM_ROUNDS = 5;
    /** A wait with a time limit ends by itself, but only by failing: none of these tasks can start before it does. */
    private static final int TIMED_ROUNDS = 3;
    /** Rounds after which it is believed that tasks in the queue are to end waits for what they refer to. */
    private static final int REFERENCE_ROUNDS = 12;
    /** Where they only reach it through other objects, which many share, or where some wait has a time limit. */
    private static final int FAR_ROUNDS = 30;
    /** Where all workers wait for one and the same: a start gate or a limit looks alike, and queued tasks refer to it, too. */
    private static final int SHARED_ROUNDS = 60;

    /** @param edges what each worker waits for, by thread */
    private record Standstill(long completed, Map<Long, String> edges, int rounds) {
    }

    private final History<String, Standstill> standstills = History.unbroken();

    public ExecutorSelfStarvationDetector(MedicConfig config) {
        // Nothing to configure: a closed wait has no threshold. The parameter keeps all detectors alike.
    }

    @Override
    public String name() {
        return "executor-self-starvation";
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
            String resource = sample.text("resource");
            ExecutorView executor = new ExecutorView(sample, blocked.getOrDefault(resource, List.of()));
            Map<Long, String> edges = edges(executor);
            boolean selfBlocked = executor.blocked().stream().anyMatch(row -> row.flag("ownQueue"));
            List<Signal> referring = referring(round, resource);
            boolean everyoneSeen = edges.size() >= executor.size();
            if (!executor.isFull() || !selfBlocked && referring.isEmpty()
                    || !everyoneSeen && sample.number("selfBlocked") < executor.size()) {
                standstills.forget(resource);
                continue;
            }
            Standstill before = standstills.get(resource);
            boolean same = before != null && before.completed() == executor.completed() && before.edges().equals(edges);
            int rounds = same ? before.rounds() + 1 : 1;
            standstills.put(resource, new Standstill(executor.completed(), edges, rounds));
            boolean closed = everyoneSeen && executor.blocked().stream().allMatch(row -> row.flag("ownQueue"));
            boolean timed = executor.blocked().stream().anyMatch(row -> row.text("state").equals("TIMED_WAITING"));
            if (closed && same && (!timed || rounds >= TIMED_ROUNDS)) {
                findings.add(proven(executor));
            } else if (selfBlocked && !closed && rounds >= CONFIRM_ROUNDS) {
                findings.add(suspected(executor, rounds));
            } else if (!selfBlocked && rounds >= patience(executor, referring, timed)) {
                findings.add(referring(executor, referring, rounds));
            }
        }
        return findings;
    }

    /** Workers that wait for something of which only the queue of their own executor is known to make use. */
    private static List<Signal> referring(Round round, String resource) {
        return round.of(Signal.THREAD_WAIT).stream().filter(row -> row.text("resource").equals(resource)
                && row.text("slotOf").equals(resource) && !row.flag("proven")).toList();
    }

    private static int patience(ExecutorView executor, List<Signal> referring, boolean timed) {
        if (isShared(executor, referring)) {
            return SHARED_ROUNDS;
        }
        return timed || referring.stream().allMatch(row -> row.number("queuePosition") < 0) ? FAR_ROUNDS : REFERENCE_ROUNDS;
    }

    private static boolean isShared(ExecutorView executor, List<Signal> referring) {
        return referring.size() > 1 && referring.size() >= executor.size()
                && referring.stream().map(row -> row.text("waitsFor")).distinct().count() == 1;
    }

    private static Map<Long, String> edges(ExecutorView executor) {
        Map<Long, String> edges = new HashMap<>();
        executor.blocked().forEach(row -> edges.put(row.number("threadId"), row.text("waitsFor")));
        return edges;
    }

    private Finding proven(ExecutorView executor) {
        return finding(executor, Confidence.CERTAIN,
                "starves itself, every one of its " + Phrases.count(executor.size(), "worker")
                        + " waits for a task queued behind it",
                "each worker waits for a task in the queue of its own executor; a later round"
                        + " saw the same workers wait for the same tasks with nothing completed");
    }

    private Finding suspected(ExecutorView executor, int rounds) {
        long own = executor.blocked().stream().filter(row -> row.flag("ownQueue")).count();
        return finding(executor, Confidence.SUSPECTED,
                "probably starves itself, " + own + " of its " + Phrases.count(executor.size(), "worker")
                        + " wait for tasks queued behind them",
                "every worker waits and nothing completed for " + Phrases.count(rounds, "round") + "; " + own
                        + " wait for a task in the own queue, but what some of them wait for is unknown");
    }

    private Finding referring(ExecutorView executor, List<Signal> referring, int rounds) {
        return finding(executor, referring, Confidence.SUSPECTED,
                "probably starves itself, " + referring.size() + " of its " + Phrases.count(executor.size(), "worker")
                        + " wait for what tasks queued behind them refer to",
                "every worker waits and nothing completed for " + Phrases.count(rounds, "round")
                        + "; queued tasks refer to the latches, barriers or futures they wait for, which nobody owns: it is not"
                        + " known who else could end these waits");
    }

    private Finding finding(ExecutorView executor, Confidence confidence, String what, String proof) {
        return finding(executor, executor.blocked().stream().filter(row -> row.flag("ownQueue")).toList(), confidence, what,
                proof);
    }

    private Finding finding(ExecutorView executor, List<Signal> own, Confidence confidence, String what, String proof) {
        String site = Phrases.site(Rows.frequencies(own, Rows::site).get(0).getKey());
        long first = own.stream().mapToLong(row -> row.number("queuePosition")).min().orElse(0);
        return new Finding(name(), Fault.EXECUTOR_SELF_STARVATION, ResourceId.parse(executor.resource()), confidence,
                executor.resource() + ": " + what + "; " + executor.state(),
                "workers wait for tasks of their own executor: " + Rows.bySite(own, Rows::site),
                Phrases.count(executor.queued(), "queued task") + " cannot start",
                "Do not wait inside a task for a task of the same executor; run the inner ones elsewhere or compose"
                        + " them without waiting, at " + site + ".",
                new Evidence(proof,
                        Rows.facts(executor.resource(), executor.blocked().stream().map(ExecutorView::line).toList()),
                        List.of(), Rows.threads(executor.blocked().stream().map(row -> row.number("threadId"))),
                        Map.of("blockedWorkers", (long) own.size(), "firstAwaited", first + 1,
                                "size", executor.size(), "core", executor.sample().number("core"),
                                "max", executor.sample().number("max"), "queued", executor.queued(),
                                "completed", executor.completed())));
    }
}
