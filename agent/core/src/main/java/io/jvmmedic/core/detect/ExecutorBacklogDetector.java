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
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds queues that grow without a bound, and says when the heap will be full of them.
 *
 * <p>The times looked back on are cut into five parts; the shortest queue of each is longer than that of the part before,
 * and the least heap used of each, garbage collections in between, grows with it. {@code SUSPECTED}: at this rate
 * the heap is full within {@value #NEAR_MINUTES} minutes, half of it is in use after a collection, the queue is twice as
 * long as any that was worked off before, and it has grown for a quarter of the time that is left. Without these, or when a
 * bounded queue is going to refuse tasks, {@code HINT}.
 */
public final class ExecutorBacklogDetector implements Detector {

    private static final int LEAST_ROUNDS = 15;
    private static final int MOST_ROUNDS = 60;
    private static final int NEAR_MINUTES = 10;
    private static final long MIN_QUEUED = 100;
    /** A queue without a limit refuses tasks too, after two thousand million of them: that is nothing to tell. */
    private static final long FAR_MILLIS = 7 * 24 * 3_600_000L;

    private record Look(long millis, long queued, long heapUsed, long gcCount) {
    }

    /** What one part of the time looked back on comes to. */
    private record Part(long queued, long heapUsed, long gcCount) {
    }

    private final History<String, List<Look>> looks = History.unbroken();
    /** The longest queue that became empty again. */
    private final History<String, Long> peaks = History.learned();

    public ExecutorBacklogDetector(MedicConfig config) {
        // Nothing to configure: limits are learned. The parameter keeps all detectors alike.
    }

    @Override
    public String name() {
        return "executor-backlog";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.EXECUTOR, Signal.MEMORY);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        looks.open(round);
        peaks.open(round);
        List<Finding> findings = new ArrayList<>();
        Signal memory = round.of(Signal.MEMORY).stream().findFirst().orElse(null);
        if (memory == null) {
            return findings;
        }
        for (Signal sample : round.of(Signal.EXECUTOR)) {
            String resource = sample.text("resource");
            ExecutorView executor = new ExecutorView(sample, List.of());
            List<Look> before = looks.get(resource);
            learn(resource, executor, before);
            if (executor.queued() == 0 || sample.flag("ofPool")) {
                looks.forget(resource);
                continue;
            }
            List<Look> now = Growth.with(before, new Look(round.millis(), executor.queued(), memory.number("heapUsed"),
                    memory.number("gcCount")), MOST_ROUNDS);
            looks.put(resource, now);
            if (now.size() >= LEAST_ROUNDS && executor.queued() >= MIN_QUEUED) {
                judge(executor, now, memory.number("heapMax"), findings);
            }
        }
        return findings;
    }

    private void learn(String resource, ExecutorView executor, List<Look> before) {
        Long known = peaks.get(resource);
        if (executor.queued() == 0 && before != null) {
            long peak = before.stream().mapToLong(Look::queued).max().orElse(0);
            peaks.put(resource, Math.max(known == null ? 0 : known, peak));
        } else if (known != null) {
            peaks.put(resource, known);
        }
    }

    private void judge(ExecutorView executor, List<Look> now, long heapMax, List<Finding> findings) {
        List<Part> parts = Growth.parts(now).stream().map(ExecutorBacklogDetector::part).toList();
        if (!Growth.isRising(parts.stream().map(Part::queued).toList())) {
            return;
        }
        long span = now.get(now.size() - 1).millis() - now.get(0).millis();
        // From the middle of the first part to that of the last.
        long between = Math.max(1, span * (parts.size() - 1) / parts.size());
        Part first = parts.get(0);
        Part last = parts.get(parts.size() - 1);
        long queuedMore = last.queued() - first.queued();
        long heapMore = last.heapUsed() - first.heapUsed();
        boolean memoryKnown = heapMax > 0 && heapMore > 0 && last.gcCount() > first.gcCount();
        long memoryIn = memoryKnown ? (long) ((double) (heapMax - last.heapUsed()) * between / heapMore) : -1;
        long room = executor.sample().number("room");
        long fullIn = room >= 0 ? (long) ((double) room * between / queuedMore) : -1;
        Long peak = peaks.get(executor.resource());
        boolean unusual = peak == null || executor.queued() >= 2 * peak;
        boolean near = memoryKnown && memoryIn <= NEAR_MINUTES * 60_000L && last.heapUsed() * 2 >= heapMax
                && span * 4 >= memoryIn;
        if (unusual) {
            findings.add(finding(executor, near ? Confidence.SUSPECTED : Confidence.HINT, span,
                    queuedMore * 1_000 / between, memoryKnown ? heapMore / queuedMore : -1, memoryIn, fullIn));
        }
    }

    private static Part part(List<Look> looks) {
        return new Part(looks.stream().mapToLong(Look::queued).min().orElseThrow(),
                looks.stream().mapToLong(Look::heapUsed).min().orElseThrow(), looks.get(looks.size() - 1).gcCount());
    }

    private Finding finding(ExecutorView executor, Confidence confidence, long span, long perSecond, long bytesPerTask,
            long memoryIn, long fullIn) {
        String forecast = memoryIn >= 0 ? "the heap is full in about " + Phrases.duration(memoryIn)
                : fullIn >= 0 && fullIn <= FAR_MILLIS ? "its queue refuses tasks in about " + Phrases.duration(fullIn)
                        : "there is no limit in sight, and what a task takes of the heap is not known yet";
        return new Finding(name(), Fault.EXECUTOR_BACKLOG, ResourceId.parse(executor.resource()), confidence,
                executor.resource() + ": its queue grows by " + perSecond + " tasks a second, " + forecast + "; "
                        + executor.state(),
                "more tasks come in than " + Phrases.count(executor.size(), "worker") + " complete",
                Phrases.count(executor.queued(), "queued task") + " wait, and all who need the heap",
                "Bound the queue, and let it refuse what cannot be worked off.",
                new Evidence("the shortest queue of each fifth of the last " + Phrases.duration(span)
                        + " was longer than that of the fifth before"
                        + (bytesPerTask < 0 ? "" : ", and the heap grew by about " + bytesPerTask + " bytes a task"),
                        List.of(), List.of(), List.of(),
                        Map.of("queued", executor.queued(), "size", executor.size(), "perSecond", perSecond,
                                "bytesPerTask", bytesPerTask, "heapFullInMillis", memoryIn, "queueFullInMillis", fullIn)));
    }
}
