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
import java.util.Set;

/**
 * Finds tasks that do not end although others like them did long ago. Never {@code CERTAIN}: the one in a thousand that is
 * long looks the same.
 *
 * <p>{@code SUSPECTED}: {@value #LEARNED} tasks with the same entry were seen to end, this one runs for
 * {@value #LEARNED_FACTOR} times the longest of them and a minute at least, it waits, and several looks further and further
 * apart saw it at the same place. A task whose like was never seen to end may be meant to go on for ever.
 */
public final class StuckTaskDetector implements Detector {

    private static final int LEARNED = 5;
    private static final int LEARNED_FACTOR = 10;
    private static final long LEAST_MILLIS = 60_000;
    private static final int LEAST_UNCHANGED = 2;
    private static final Set<String> WAITING = Set.of("JDBC", "IO", "BLOCKED", "PARKED", "WAITING_FOR_POOL");

    private final History<String, Boolean> resources = History.unbroken();

    public StuckTaskDetector(MedicConfig config) {
        // Nothing to configure: limits are learned. The parameter keeps all detectors alike.
    }

    @Override
    public String name() {
        return "stuck-task";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.LONG_TASK);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        resources.open(round);
        List<Finding> findings = new ArrayList<>();
        Rows.byResource(round, Signal.LONG_TASK).forEach((resource, rows) -> {
            List<Signal> stuck = rows.stream().filter(this::isStuck)
                    .sorted(Comparator.comparingLong((Signal row) -> row.number("runsFor")).reversed()).toList();
            if (!stuck.isEmpty()) {
                findings.add(finding(resource, stuck));
            }
        });
        return findings;
    }

    private boolean isStuck(Signal row) {
        return row.number("seen") >= LEARNED && WAITING.contains(row.text("activity"))
                && row.number("unchanged") >= LEAST_UNCHANGED
                && resources.watched(row.number("runsFor")) >= Math.max(LEAST_MILLIS, LEARNED_FACTOR * row.number("longest"));
    }

    private Finding finding(String resource, List<Signal> stuck) {
        Signal first = stuck.get(0);
        String entry = Phrases.site(first.text("entry"));
        return new Finding(name(), Fault.STUCK_TASK, ResourceId.parse(resource), Confidence.SUSPECTED,
                resource + ": " + Phrases.count(stuck.size(), "task") + " stuck, " + entry + " runs for "
                        + Phrases.duration(first.number("runsFor")) + ", " + first.number("seen")
                        + " others took at most " + Phrases.duration(first.number("longest")),
                stuck.size() + " wait: " + Rows.bySite(stuck, Rows::site),
                Phrases.count(stuck.size(), "worker") + " of " + resource + " taken",
                "Give what it waits for a time limit, at " + Phrases.site(Rows.site(first)) + ".",
                new Evidence("each waits at the same place at every look, the last two of them half its age apart, and runs for "
                        + LEARNED_FACTOR + " times the longest that others of its entry took",
                        Rows.facts(resource, stuck.stream().map(StuckTaskDetector::line).toList()), List.of(),
                        Rows.threads(stuck.stream().map(row -> row.number("threadId"))),
                        Map.of("stuck", (long) stuck.size(), "runsForMillis", first.number("runsFor"),
                                "longestMillis", first.number("longest"), "thread", first.number("threadId"),
                                "task", first.number("task"))));
    }

    private static String line(Signal row) {
        return row.text("thread") + " runs " + Phrases.site(row.text("entry")) + " for "
                + Phrases.duration(row.number("runsFor")) + ", " + row.text("activity") + " at " + Phrases.site(Rows.site(row));
    }
}
