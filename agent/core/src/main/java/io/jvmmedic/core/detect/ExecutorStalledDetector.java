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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds executors that are full and get nothing done: no completion, no CPU, tasks waiting. Never {@code CERTAIN}: a
 * batch of ten-minute downloads looks the same.
 *
 * <p>So it learns. A pause between completions that once ended by itself is normal for this executor; the next one is
 * suspected only at {@value #LEARNED_FACTOR} times the longest, and not before {@value #LEAST_MILLIS} ms: where all tasks
 * were quick, a few that take long are no fault. And it asks for somebody who suffers: a queue that grows.
 * Tasks handed in beforehand wait patiently, and those of a scheduler may not be due yet.
 *
 * <p>What a connection pool has its own work done by is left out: it stalls whenever the database does, and to grow it
 * would open more connections than the pool's owner allowed at a time. The pool's own findings say why.
 */
public final class ExecutorStalledDetector implements Detector {

    private static final int CONFIRM_ROUNDS = 5;
    private static final int LEARNED_FACTOR = 4;
    private static final long UNLEARNED_MILLIS = 30_000;
    private static final long LEAST_MILLIS = 15_000;
    /** A queue at its limit cannot grow any more, so one that stands still for so long counts as well. */
    private static final long STANDING_QUEUE_MILLIS = 60_000;
    /** Share of one core below which workers do nothing, in percent. */
    private static final int IDLE_CPU_PERCENT = 5;

    /**
     * A time without a completion.
     *
     * @param looks rounds in it after the first
     * @param cpuMillis CPU time of the workers since
     * @param cpuKnown false once a round could not tell
     */
    private record Pause(long completed, long since, long queuedAtFirst, int looks, long cpuMillis, boolean cpuKnown) {
    }

    private final History<String, Pause> pauses = History.unbroken();
    private final History<String, Long> longest = History.learned();

    public ExecutorStalledDetector(MedicConfig config) {
        // Nothing to configure: limits are learned. The parameter keeps all detectors alike.
    }

    @Override
    public String name() {
        return "executor-stalled";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.EXECUTOR, Signal.BLOCKED_TASK, Signal.BUSY_SITE);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        pauses.open(round);
        longest.open(round);
        Map<String, List<Signal>> blocked = Rows.byResource(round, Signal.BLOCKED_TASK);
        Map<String, List<Signal>> sites = Rows.byResource(round, Signal.BUSY_SITE);
        List<Finding> findings = new ArrayList<>();
        for (Signal sample : round.of(Signal.EXECUTOR)) {
            String resource = sample.text("resource");
            ExecutorView executor = new ExecutorView(sample, blocked.getOrDefault(resource, List.of()));
            Pause before = pauses.get(resource);
            learn(resource, executor, before, round.millis());
            if (!executor.isFull() || sample.flag("ofPool")) {
                pauses.forget(resource);
                continue;
            }
            Pause pause = pause(executor, before, round.millis());
            pauses.put(resource, pause);
            Confidence confidence = judge(executor, pause, round.millis());
            if (confidence != null) {
                findings.add(finding(executor, confidence, pause, sites.getOrDefault(resource, List.of()), round.millis()));
            }
        }
        return findings;
    }

    private void learn(String resource, ExecutorView executor, Pause before, long now) {
        Long known = longest.get(resource);
        if (before != null && executor.completed() != before.completed()) {
            longest.put(resource, Math.max(known == null ? 0 : known, now - before.since()));
        } else if (known != null) {
            longest.put(resource, known);
        }
    }

    private static Pause pause(ExecutorView executor, Pause before, long now) {
        if (before == null || before.completed() != executor.completed()) {
            return new Pause(executor.completed(), now, executor.queued(), 0, 0, true);
        }
        long cpu = executor.sample().number("cpuTime");
        return new Pause(before.completed(), before.since(), before.queuedAtFirst(), before.looks() + 1,
                before.cpuMillis() + Math.max(0, cpu), before.cpuKnown() && cpu >= 0);
    }

    /** {@code null} while it may still be working. */
    private Confidence judge(ExecutorView executor, Pause pause, long now) {
        long lasted = now - pause.since();
        boolean working = pause.cpuMillis() * 100 >= lasted * IDLE_CPU_PERCENT;
        if (pause.looks() < CONFIRM_ROUNDS || working) {
            return null;
        }
        return pause.cpuKnown() && isUnusual(executor, pause, lasted) ? Confidence.SUSPECTED : Confidence.HINT;
    }

    private boolean isUnusual(ExecutorView executor, Pause pause, long lasted) {
        Long known = longest.get(executor.resource());
        boolean grew = executor.queued() > pause.queuedAtFirst();
        if (known == null) {
            return lasted >= UNLEARNED_MILLIS && grew;
        }
        boolean stands = lasted >= STANDING_QUEUE_MILLIS && executor.queued() == pause.queuedAtFirst()
                && !executor.sample().text("library").contains("Scheduled");
        return lasted >= Math.max(LEAST_MILLIS, LEARNED_FACTOR * known) && (grew || stands);
    }

    private static String cause(ExecutorView executor, Optional<Signal> most) {
        long unseen = Math.max(0, executor.size() - executor.blocked().size());
        String elsewhere = most.map(row -> "; of " + Phrases.count(row.number("lookedAt"), "worker") + " looked at, "
                + row.number("workers") + " at " + Phrases.site(row.text("site")) + ", " + row.text("activity")).orElse("");
        return executor.blocked().isEmpty() ? "no worker waits for a lock or a task" + elsewhere
                : executor.blocked().size() + " of " + Phrases.count(executor.size(), "worker") + " wait: "
                        + Rows.bySite(executor.blocked(), Rows::site)
                        + (unseen == 0 ? "" : "; " + unseen + " in I/O or native code" + elsewhere);
    }

    /** Where half of the workers looked at are, or more. */
    private static Optional<Signal> most(List<Signal> sites) {
        return sites.stream().filter(row -> Phrases.isApplicationSite(row.text("site")))
                .max(Comparator.comparingLong(row -> row.number("workers")))
                .filter(row -> row.number("workers") * 2 >= row.number("lookedAt"));
    }

    private Finding finding(ExecutorView executor, Confidence confidence, Pause pause, List<Signal> sites, long now) {
        long lasted = now - pause.since();
        Optional<Signal> most = most(sites);
        Long known = longest.get(executor.resource());
        return new Finding(name(), Fault.EXECUTOR_STALLED, ResourceId.parse(executor.resource()), confidence,
                executor.resource() + ": stalled, nothing completed for " + Phrases.duration(lasted)
                        + most.map(row -> ", most workers are at " + Phrases.site(row.text("site"))).orElse("") + "; "
                        + executor.state(),
                cause(executor, most), Phrases.count(executor.queued(), "queued task") + " waiting",
                "Give what the workers wait for a time limit, or run it on an executor of its own.",
                new Evidence("full, nothing completed for " + Phrases.duration(lasted) + ", "
                        + (pause.cpuKnown() ? pause.cpuMillis() + " ms of CPU used meanwhile" : "CPU use unknown")
                        + ", queue " + pause.queuedAtFirst() + " -> " + executor.queued() + "; longest such pause before: "
                        + (known == null ? "none seen" : Phrases.duration(known)),
                        Rows.facts(executor.resource(), executor.blocked().stream().map(ExecutorView::line).toList()),
                        List.of(), Rows.threads(executor.blocked().stream().map(row -> row.number("threadId"))),
                        Map.of("stalledFor", lasted, "cpuMillis", pause.cpuMillis(), "size", executor.size(),
                                "max", executor.sample().number("max"), "queued", executor.queued(),
                                "longestPause", known == null ? -1 : known)));
    }
}
