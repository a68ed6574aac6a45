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
 * Finds executors that work and do not keep up because one place in the code keeps their workers waiting. Never
 * {@code CERTAIN}, and nothing is done about it: each of these tasks may be needed.
 *
 * <p>{@code SUSPECTED}: full for {@value #LEARNED_FACTOR} times the longest such spell that ended by itself, tasks complete
 * and yet the queue grows without a break, what comes into it waits for {@value #MIN_WAIT_MILLIS} ms or more, and at least
 * half of the workers looked at wait at one site. Workers that compute are no finding: more of them would not be faster. A short queue that is
 * always full, before an executor whose callers run themselves what it refuses, is none either: its tasks wait a moment.
 * Nor is a queue that goes up and down: a few callers who each wait for their answer keep it full for ever.
 */
public final class ExecutorSaturatedDetector implements Detector {

    private static final int CONFIRM_ROUNDS = 10;
    private static final int MOST_ROUNDS = 30;
    private static final int LEARNED_FACTOR = 4;
    private static final long UNLEARNED_MILLIS = 30_000;
    private static final long MIN_WAIT_MILLIS = 1_000;
    private static final Set<String> WAITING = Set.of("JDBC", "IO", "BLOCKED", "PARKED", "SLEEPING", "WAITING_FOR_POOL");

    /**
     * A time in which it was full without a break.
     *
     * @param queues length of the queue in the last rounds, the oldest first
     * @param sites workers seen, by site and activity, over all its rounds
     * @param looks workers looked at, over all its rounds
     */
    private record Spell(long since, long completed, List<Long> queues, Map<Place, Long> sites, long looks) {

        long lasted(long now) {
            return Math.max(1, now - since);
        }

        long done(ExecutorView executor) {
            return executor.completed() - completed;
        }

        /** Until a task that comes now is begun, by Little's law, ms. */
        long wait(ExecutorView executor, long now) {
            return executor.queued() * lasted(now) / Math.max(1, done(executor));
        }
    }

    private record Place(String site, String activity) {
    }

    private final History<String, Spell> spells = History.unbroken();
    private final History<String, Long> longest = History.learned();

    public ExecutorSaturatedDetector(MedicConfig config) {
        // Nothing to configure: limits are learned. The parameter keeps all detectors alike.
    }

    @Override
    public String name() {
        return "executor-saturated";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.EXECUTOR, Signal.BUSY_SITE);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        spells.open(round);
        longest.open(round);
        Map<String, List<Signal>> sites = Rows.byResource(round, Signal.BUSY_SITE);
        List<Finding> findings = new ArrayList<>();
        for (Signal sample : round.of(Signal.EXECUTOR)) {
            String resource = sample.text("resource");
            ExecutorView executor = new ExecutorView(sample, List.of());
            Spell before = spells.get(resource);
            learn(resource, executor, before, round.millis());
            if (!executor.isFull()) {
                spells.forget(resource);
                continue;
            }
            Spell spell = spell(executor, before, sites.getOrDefault(resource, List.of()), round.millis());
            spells.put(resource, spell);
            Confidence confidence = judge(executor, spell, round.millis());
            if (confidence != null) {
                findings.add(finding(executor, confidence, spell, round.millis()));
            }
        }
        return findings;
    }

    private void learn(String resource, ExecutorView executor, Spell before, long now) {
        Long known = longest.get(resource);
        if (before != null && !executor.isFull()) {
            longest.put(resource, Math.max(known == null ? 0 : known, now - before.since()));
        } else if (known != null) {
            longest.put(resource, known);
        }
    }

    private static Spell spell(ExecutorView executor, Spell before, List<Signal> rows, long now) {
        List<Long> queues = Growth.with(before == null ? null : before.queues(), executor.queued(), MOST_ROUNDS);
        Map<Place, Long> sites = new HashMap<>(before == null ? Map.of() : before.sites());
        rows.forEach(row -> sites.merge(new Place(row.text("site"), row.text("activity")), row.number("workers"), Long::sum));
        long looks = (before == null ? 0 : before.looks()) + rows.stream().mapToLong(row -> row.number("lookedAt"))
                .max().orElse(0);
        return before == null ? new Spell(now, executor.completed(), queues, sites, looks)
                : new Spell(before.since(), before.completed(), queues, sites, looks);
    }

    /** {@code null} while it may just be a burst, or when nothing completes, which is another fault. */
    private Confidence judge(ExecutorView executor, Spell spell, long now) {
        if (spell.queues().size() < CONFIRM_ROUNDS || !Growth.grows(spell.queues()) || spell.done(executor) <= 0
                || spell.wait(executor, now) < MIN_WAIT_MILLIS) {
            return null;
        }
        Map.Entry<Place, Long> worst = worst(spell);
        if (worst == null || worst.getValue() * 2 < spell.looks() || !WAITING.contains(worst.getKey().activity())) {
            return null;
        }
        Long known = longest.get(executor.resource());
        long needed = known == null ? UNLEARNED_MILLIS : Math.max(UNLEARNED_MILLIS, LEARNED_FACTOR * known);
        return now - spell.since() >= needed ? Confidence.SUSPECTED : Confidence.HINT;
    }

    private static Map.Entry<Place, Long> worst(Spell spell) {
        return spell.sites().entrySet().stream().filter(entry -> Phrases.isApplicationSite(entry.getKey().site()))
                .max(Map.Entry.comparingByValue()).orElse(null);
    }

    private Finding finding(ExecutorView executor, Confidence confidence, Spell spell, long now) {
        Map.Entry<Place, Long> worst = worst(spell);
        String site = Phrases.site(worst.getKey().site());
        long lasted = spell.lasted(now);
        long done = spell.done(executor);
        long wait = spell.wait(executor, now);
        long share = 100 * worst.getValue() / Math.max(1, spell.looks());
        List<Place> others = spell.sites().keySet().stream().filter(place -> !place.site().equals(worst.getKey().site()))
                .toList();
        return new Finding(name(), Fault.EXECUTOR_SATURATED, ResourceId.parse(executor.resource()), confidence,
                executor.resource() + ": does not keep up since " + Phrases.duration(lasted) + ", "
                        + share + " % of its workers wait at " + site + "; " + executor.state(),
                share + " % of its workers at " + site + ", " + worst.getKey().activity(),
                Phrases.count(executor.queued(), "queued task") + ", each waits about " + Phrases.duration(wait)
                        + (others.isEmpty() ? "" : "; among those who share it: "
                                + Rows.bySite(others, place -> Rows.applicationSite(place.site()))),
                "Make what happens at " + site + " faster or give it a time limit, or run it on an executor of its own.",
                new Evidence("full without a break for " + Phrases.duration(lasted) + ", " + done
                        + " tasks completed meanwhile, queue " + spell.queues().get(0) + " -> " + executor.queued() + " in "
                        + Phrases.count(spell.queues().size(), "round"),
                        Rows.facts(executor.resource(), spell.sites().entrySet().stream()
                                .sorted(Map.Entry.<Place, Long>comparingByValue().reversed())
                                .map(entry -> entry.getValue() + " of " + spell.looks() + " looks at "
                                        + Phrases.site(entry.getKey().site()) + ", " + entry.getKey().activity()).toList()),
                        List.of(), List.of(),
                        Map.of("fullFor", lasted, "queued", executor.queued(), "size", executor.size(), "sharePercent", share,
                                "waitMillis", wait, "completed", done)));
    }
}
