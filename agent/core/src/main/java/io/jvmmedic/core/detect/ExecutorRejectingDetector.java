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
 * Finds executors that turn tasks away: queue at its limit, all workers busy, and a handler that throws or discards. A
 * handler that has the caller run the task holds it back, which is what it is for.
 *
 * <p>Nothing is woven to count them. {@code SUSPECTED}: at the limit in {@value #CONFIRM_ROUNDS} rounds and at half of the
 * looks, and either the JVM counts at least {@value #STORM} new exceptions a second meanwhile, or the handler discards
 * without a word while the queue is full again after each completion. Otherwise nobody may be asking, and it is a
 * {@code HINT}.
 */
public final class ExecutorRejectingDetector implements Detector {

    private static final int CONFIRM_ROUNDS = 5;
    /** Each task that is completed leaves room for one, for a moment; after so many looks at room the time at the limit is over. */
    private static final int ROUNDS_WITH_ROOM = 3;
    private static final int STORM = 10;
    private static final String POLICIES = "ThreadPoolExecutor$";

    /**
     * A time at the limit.
     *
     * @param rounds looks, of which {@code atLimit} found no room and the last {@code room} did
     * @param thrown exceptions in the JVM when it began; -1 if unknown
     */
    private record Spell(long since, int rounds, int atLimit, int room, long completed, long thrown) {

        Spell next(boolean full) {
            return new Spell(since, rounds + 1, atLimit + (full ? 1 : 0), full ? 0 : room + 1, completed, thrown);
        }
    }

    private final History<String, Spell> spells = History.unbroken();
    /** The last count of exceptions that the JVM told; -1 before the first. */
    private long thrown = -1;

    public ExecutorRejectingDetector(MedicConfig config) {
        // Nothing to configure. The parameter keeps all detectors alike.
    }

    @Override
    public String name() {
        return "executor-rejecting";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.EXECUTOR);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        spells.open(round);
        round.of(Signal.EXCEPTIONS).forEach(row -> thrown = Math.max(thrown, row.number("throwables")));
        List<Finding> findings = new ArrayList<>();
        for (Signal sample : round.of(Signal.EXECUTOR)) {
            String resource = sample.text("resource");
            boolean full = isAtLimit(sample);
            Spell before = spells.get(resource);
            if (before == null && !full || before != null && !full && before.room() + 1 == ROUNDS_WITH_ROOM) {
                spells.forget(resource);
                continue;
            }
            Spell now = (before != null ? before
                    : new Spell(round.millis(), 0, 0, 0, sample.number("completed"), thrown)).next(full);
            spells.put(resource, now);
            if (now.atLimit() >= CONFIRM_ROUNDS && now.atLimit() * 2 >= now.rounds()) {
                findings.add(finding(sample, now, round.millis()));
            }
        }
        return findings;
    }

    private static boolean isAtLimit(Signal sample) {
        return !sample.flag("ofPool") && sample.number("room") == 0 && sample.number("size") > 0 && sample.number("size") >= sample.number("max")
                && sample.number("active") >= sample.number("size") && (throwsAway(sample) || discards(sample));
    }

    /** Tomcat's pool has names of its own for it, one in old versions and one since. */
    private static boolean throwsAway(Signal sample) {
        return sample.text("refusal").contains(POLICIES + "AbortPolicy")
                || sample.text("refusal").contains(POLICIES + "RejectHandler")
                || sample.text("refusal").contains(POLICIES + "RejectPolicy");
    }

    private static boolean discards(Signal sample) {
        return sample.text("refusal").contains(POLICIES + "Discard");
    }

    private Finding finding(Signal sample, Spell spell, long now) {
        String resource = sample.text("resource");
        long lasted = Math.max(1, now - spell.since());
        long done = sample.number("completed") - spell.completed();
        boolean counted = thrown >= 0 && spell.thrown() >= 0;
        long perSecond = counted ? (thrown - spell.thrown()) * 1_000 / lasted : -1;
        boolean storm = discards(sample) ? done > 0 && sample.number("queued") > 0 : perSecond >= STORM;
        String what = discards(sample) ? "discards tasks without a word" : "refuses tasks";
        return new Finding(name(), Fault.EXECUTOR_REJECTING, ResourceId.parse(resource),
                storm ? Confidence.SUSPECTED : Confidence.HINT,
                resource + ": " + what + " since " + Phrases.duration(lasted) + "; "
                        + new ExecutorView(sample, List.of()).state() + (spell.room() == 0 ? ", no room for more" : ""),
                Phrases.count(sample.number("size"), "worker") + " complete " + done + " tasks in "
                        + Phrases.duration(lasted) + ", more come in",
                "who hands in tasks" + (perSecond > 0 ? ", up to " + perSecond + " times a second" : ""),
                "Hand in fewer tasks at a time, make them faster, or let the caller run what finds no room.",
                new Evidence("at " + spell.atLimit() + " of " + Phrases.count(spell.rounds(), "look") + " all workers were busy"
                        + " and the queue was at its limit" + (perSecond < 0 ? "" : ", and the JVM counted " + perSecond + " new exceptions a second"),
                        List.of(), List.of(), List.of(),
                        Map.of("atLimitFor", lasted, "completed", done, "exceptionsPerSecond", perSecond,
                                "queued", sample.number("queued"), "size", sample.number("size"))));
    }
}
