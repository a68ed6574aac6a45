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
 * Finds periodic tasks that will never run again, and those that are behind.
 *
 * <p>{@code CERTAIN}: the scheduler's own future holds the exception that ended the series, and the JDK schedules it no
 * more. {@code SUSPECTED}: a run that is overdue for want of a worker, or one that does not end although
 * {@value #LEARNED_RUNS} before it did, for {@value #PERIODS} periods and {@value #LEARNED_FACTOR} times as long as this
 * series was ever behind before. A run of a series that never ended one may be meant to go on for ever. Tasks that were
 * planned to run once, as those of a cron expression, count as one series, from {@value #LEAST_MILLIS_SINGLE} ms on.
 */
public final class ScheduledSeriesDetector implements Detector {

    private static final int CONFIRM_ROUNDS = 3;
    private static final int PERIODS = 3;
    private static final int LEARNED_FACTOR = 4;
    private static final int LEARNED_RUNS = 3;
    private static final long LEAST_MILLIS = 30_000;
    /** A task that runs once has no period that says how much it matters. */
    private static final long LEAST_MILLIS_SINGLE = 60_000;
    /** An hourly series need not be three hours overdue. */
    private static final long MOST_PERIODS_MILLIS = 300_000;

    /** How far one series is behind, and for how many rounds in a row. */
    private record Delay(long behind, int rounds) {
    }

    /**
     * The series of one executor, by number.
     *
     * @param longest that each was behind and caught up again, ms
     */
    private record Series(Map<Long, Delay> delays, Map<Long, Long> longest) {
    }

    private final History<String, Series> executors = History.learned();

    public ScheduledSeriesDetector(MedicConfig config) {
        // Nothing to configure: limits are learned. The parameter keeps all detectors alike.
    }

    @Override
    public String name() {
        return "scheduled-series";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.EXECUTOR, Signal.BLOCKED_TASK, Signal.SCHEDULED_SERIES);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        executors.open(round);
        Map<String, List<Signal>> series = Rows.byResource(round, Signal.SCHEDULED_SERIES);
        Map<String, List<Signal>> blocked = Rows.byResource(round, Signal.BLOCKED_TASK);
        List<Finding> findings = new ArrayList<>();
        for (Signal sample : round.of(Signal.EXECUTOR)) {
            String resource = sample.text("resource");
            List<Signal> rows = series.getOrDefault(resource, List.of());
            List<Signal> ended = rows.stream().filter(row -> row.text("state").equals("ENDED")).toList();
            if (!ended.isEmpty()) {
                findings.add(ended(resource, ended));
            }
            List<Signal> behind = rows.stream().filter(row -> !row.text("state").equals("ENDED")).toList();
            Series now = watch(executors.get(resource), behind, round.late());
            executors.put(resource, now);
            List<Signal> late = behind.stream().filter(row -> isLate(row, now)).toList();
            if (!late.isEmpty()) {
                findings.add(late(new ExecutorView(sample, blocked.getOrDefault(resource, List.of())), late));
            }
        }
        return findings;
    }

    private static Series watch(Series before, List<Signal> behind, boolean late) {
        Map<Long, Delay> delays = new HashMap<>();
        Map<Long, Long> longest = new HashMap<>(before == null ? Map.of() : before.longest());
        for (Signal row : behind) {
            Delay old = before == null ? null : before.delays().get(row.number("series"));
            boolean same = old != null && !late && row.number("behind") >= old.behind();
            delays.put(row.number("series"), new Delay(row.number("behind"), same ? old.rounds() + 1 : 1));
        }
        if (before != null) {
            before.delays().forEach((number, old) -> {
                Delay now = delays.get(number);
                if (now == null || now.behind() < old.behind()) {
                    longest.merge(number, old.behind(), Math::max);
                }
            });
        }
        return new Series(delays, longest);
    }

    private static boolean isLate(Signal row, Series series) {
        long number = row.number("series");
        long least = row.number("period") == 0 ? LEAST_MILLIS_SINGLE : LEAST_MILLIS;
        long limit = Math.max(least, LEARNED_FACTOR * series.longest().getOrDefault(number, 0L));
        boolean waiting = row.text("state").equals("WAITING");
        long periods = PERIODS * row.number("period");
        long allowed = Math.max(limit, waiting ? Math.min(periods, MOST_PERIODS_MILLIS) : periods);
        return series.delays().get(number).rounds() >= CONFIRM_ROUNDS && row.number("behind") >= allowed
                && (waiting || row.number("runs") >= LEARNED_RUNS);
    }

    private Finding ended(String resource, List<Signal> ended) {
        Signal first = ended.get(0);
        String what = ended.size() == 1 ? "a periodic task" : Phrases.count(ended.size(), "periodic task");
        return new Finding(name(), Fault.SCHEDULE_ENDED, ResourceId.parse(resource), Confidence.CERTAIN,
                resource + ": " + what + " will not run again, " + task(first) + " threw " + error(first),
                error(first) + " at " + Phrases.site(first.text("site")),
                ended.size() == 1 ? "nobody runs " + task(first) + " any more"
                        : "nobody runs these " + ended.size() + " tasks any more",
                "Catch what the task throws, inside the task: the first exception ends the series without a log line.",
                new Evidence("the future of the series is done by an exception, and its executor is not shut down",
                        Rows.facts(resource, ended.stream().map(ScheduledSeriesDetector::endedLine).toList()),
                        List.of(), List.of(),
                        Map.of("series", first.number("series"), "ended", (long) ended.size(),
                                "periodMillis", first.number("period"))));
    }

    private Finding late(ExecutorView executor, List<Signal> late) {
        Signal worst = late.stream().max((one, other) -> Long.compare(one.number("behind"), other.number("behind")))
                .orElseThrow();
        boolean waiting = worst.text("state").equals("WAITING");
        String behind = Phrases.duration(worst.number("behind"));
        String cause = !waiting ? "the run of " + task(worst) + " does not end"
                : "no worker is free, " + executor.state()
                        + (executor.blocked().isEmpty() ? "" : ": " + Rows.bySite(executor.blocked(), Rows::site));
        return new Finding(name(), Fault.SCHEDULE_LATE, ResourceId.parse(executor.resource()), Confidence.SUSPECTED,
                executor.resource() + ": " + task(worst) + (waiting ? " is overdue by " : " runs since ") + behind
                        + ", " + rhythm(worst),
                cause, Phrases.count(late.size(), "scheduled task") + " behind",
                waiting ? "Give the scheduler more threads, or hand long work to another executor."
                        : "Give what the task waits for a time limit.",
                new Evidence("behind by more than " + PERIODS + " periods and " + LEARNED_FACTOR
                        + " times what it was ever behind before",
                        Rows.facts(executor.resource(), late.stream().map(ScheduledSeriesDetector::lateLine).toList()),
                        List.of(), Rows.threads(executor.blocked().stream().map(row -> row.number("threadId"))),
                        Map.of("series", worst.number("series"), "behindMillis", worst.number("behind"),
                                "size", executor.size(), "queued", executor.queued())));
    }

    private static String endedLine(Signal row) {
        return task(row) + ", " + rhythm(row) + ", ended by " + error(row) + " at "
                + Phrases.site(row.text("site"));
    }

    private static String lateLine(Signal row) {
        return task(row) + ", " + rhythm(row) + ", behind by "
                + Phrases.duration(row.number("behind")) + ", " + row.text("state");
    }

    private static String rhythm(Signal row) {
        return row.number("period") == 0 ? "planned to run once" : "its period is " + Phrases.duration(row.number("period"));
    }

    private static String task(Signal row) {
        return row.text("task").isEmpty() ? "a task" : Phrases.type(row.text("task"));
    }

    private static String error(Signal row) {
        return Phrases.type(row.text("error"));
    }
}
