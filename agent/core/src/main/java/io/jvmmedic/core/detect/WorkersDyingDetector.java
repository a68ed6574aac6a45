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
 * Finds executors whose workers are ended by exceptions again and again: tasks handed in by {@code execute} that throw,
 * each at the price of a new thread. {@code SUSPECTED} at {@value #MANY} within {@value #WINDOW} rounds, spread over at
 * least {@value #SPREAD} of them; nothing is done about it.
 */
public final class WorkersDyingDetector implements Detector {

    private static final int WINDOW = 10;
    private static final int MANY = 10;
    private static final int SPREAD = 3;

    /** Counts of the last rounds, the oldest first. */
    private final History<String, List<Long>> counts = History.unbroken();

    public WorkersDyingDetector(MedicConfig config) {
        // Nothing to configure. The parameter keeps all detectors alike.
    }

    @Override
    public String name() {
        return "workers-dying";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.EXECUTOR);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        counts.open(round);
        List<Finding> findings = new ArrayList<>();
        for (Signal sample : round.of(Signal.EXECUTOR)) {
            String resource = sample.text("resource");
            if (sample.number("died") < 0 || sample.flag("ofPool")) {
                continue;
            }
            List<Long> now = Growth.with(counts.get(resource), sample.number("died"), WINDOW + 1);
            counts.put(resource, now);
            long died = now.get(now.size() - 1) - now.get(0);
            if (died >= MANY && rises(now) >= SPREAD) {
                findings.add(finding(sample, died, now.size() - 1));
            }
        }
        return findings;
    }

    private static long rises(List<Long> counts) {
        long rises = 0;
        for (int i = 1; i < counts.size(); i++) {
            rises += counts.get(i) > counts.get(i - 1) ? 1 : 0;
        }
        return rises;
    }

    private Finding finding(Signal sample, long died, int rounds) {
        String resource = sample.text("resource");
        return new Finding(name(), Fault.WORKERS_DYING, ResourceId.parse(resource), Confidence.SUSPECTED,
                resource + ": its tasks throw, " + died + " workers ended by exceptions within "
                        + Phrases.count(rounds, "round"),
                "tasks handed in by execute() throw out of their worker", "whoever needs what these tasks do",
                "Catch what the task throws, or hand it in by submit() and look at its future; the exceptions are with the"
                        + " thread's uncaught exception handler, by default on stderr.",
                new Evidence("workers left that cannot have left for want of work: the pool has a fixed size, or they were"
                        + " younger than its keep-alive time",
                        List.of(resource + ": " + sample.number("died") + " workers so far"), List.of(), List.of(),
                        Map.of("died", died, "rounds", (long) rounds, "size", sample.number("size"))));
    }
}
