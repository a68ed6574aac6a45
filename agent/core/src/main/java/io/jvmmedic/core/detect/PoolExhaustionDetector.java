package io.jvmmedic.core.detect;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.Globs;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds a pool whose slots are all out while borrowers wait, and tells the cause from the victims. {@code SUSPECTED} at
 * most: holders are alive and their work is real, so no repair may take a connection from them on this finding, and it
 * names no lease.
 *
 * <p>A full pool with waiters is not yet a fault: a burst that drains is what a pool is for. It becomes one when slots
 * stop turning over while the waiters get older, when more arrive than leave, or when waits end without a slot.
 */
public final class PoolExhaustionDetector implements Detector {

    private static final int STUCK_ROUNDS = 3;
    /** Without a list of waiters (they began to wait before a hot attach) their age is unknown, so it takes longer. */
    private static final int STUCK_ROUNDS_UNSEEN = 5;
    private static final int SLOW_ROUNDS = 4;
    private static final int OVERLOAD_ROUNDS = 10;
    private static final long OVERLOAD_WAIT_MILLIS = 5_000;
    /** A slot that is back sooner, on average, is turning over quickly. */
    private static final long QUICK_HOLD_MILLIS = 1_000;
    private static final String NOT_JDBC = " (not in JDBC)";

    /** @param turnover slots handed out since the moment before */
    private record Moment(long millis, long waiting, long oldestWait, long borrows, long timeouts, Set<Long> leases,
            long turnover) {
    }

    private final Globs longLived;
    private final HoldLimit limit;
    private final History<String, List<Moment>> pressure = History.unbroken();

    public PoolExhaustionDetector(MedicConfig config) {
        this.longLived = Globs.of(config.get(Options.LONG_LIVED));
        this.limit = new HoldLimit(config.get(Options.LEAK_SUSPECT_AFTER).toMillis());
    }

    @Override
    public String name() {
        return "pool-exhaustion";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.POOL, Signal.HELD_CONNECTION, Signal.WAITING_BORROWER);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        pressure.open(round);
        Map<String, List<Signal>> held = Rows.byResource(round, Signal.HELD_CONNECTION);
        Map<String, List<Signal>> waiters = Rows.byResource(round, Signal.WAITING_BORROWER);
        List<Finding> findings = new ArrayList<>();
        for (Signal pool : round.of(Signal.POOL)) {
            String resource = pool.text("resource");
            if (pool.number("waiting") <= 0 || pool.number("max") <= 0 || pool.number("active") < pool.number("max")) {
                pressure.forget(resource);
                continue;
            }
            List<Holder> holders = Rows.holders(held.getOrDefault(resource, List.of()));
            List<Moment> moments = remember(pool, round.millis(), holders);
            Confidence confidence = judge(pool, moments, holders);
            if (confidence != null) {
                findings.add(finding(pool, confidence, moments, holders, waiters.getOrDefault(resource, List.of())));
            }
        }
        return findings;
    }

    private List<Moment> remember(Signal pool, long millis, List<Holder> holders) {
        String resource = pool.text("resource");
        List<Moment> moments = new ArrayList<>();
        if (pressure.get(resource) != null) {
            moments.addAll(pressure.get(resource));
        }
        Set<Long> leases = holders.stream().map(Holder::leaseId).collect(Collectors.toSet());
        long borrows = pool.number("borrows");
        long turnover = 0;
        if (!moments.isEmpty()) {
            Moment before = moments.get(moments.size() - 1);
            Set<Long> returned = new HashSet<>(before.leases());
            returned.removeAll(leases);
            // The counter loses the borrows of slots that were discarded; the leases that are gone show those too.
            turnover = Math.max(borrows - before.borrows(), returned.size());
        }
        moments.add(new Moment(millis, pool.number("waiting"), pool.number("oldestWait"), borrows,
                pool.number("timeouts"), leases, turnover));
        if (moments.size() > OVERLOAD_ROUNDS) {
            moments.remove(0);
        }
        pressure.put(resource, moments);
        return moments;
    }

    /** {@code null} while it may still be a moment's peak. */
    private Confidence judge(Signal pool, List<Moment> moments, List<Holder> holders) {
        int rounds = moments.size();
        if (rounds < STUCK_ROUNDS) {
            return null;
        }
        Moment first = moments.get(0);
        Moment last = moments.get(rounds - 1);
        boolean timeouts = last.timeouts() > first.timeouts();
        if (!timeouts && areWithinHabit(pool, holders)) {
            return Confidence.HINT;
        }
        boolean seen = last.oldestWait() > 0;
        boolean stuck = turnover(last(moments, STUCK_ROUNDS)) == 0
                && (seen ? isAgeing(last(moments, STUCK_ROUNDS))
                        : rounds >= STUCK_ROUNDS_UNSEEN && turnover(last(moments, STUCK_ROUNDS_UNSEEN)) == 0);
        if (stuck) {
            return Confidence.SUSPECTED;
        }
        // From the middle as well: a burst may have come after the pressure began.
        boolean draining = !timeouts
                && (last.waiting() < first.waiting() || last.waiting() < moments.get(rounds / 2).waiting());
        boolean slow = rounds >= SLOW_ROUNDS && isAgeing(moments) && !isQuick(pool, moments);
        boolean overloaded = rounds >= OVERLOAD_ROUNDS && (timeouts || last.oldestWait() >= OVERLOAD_WAIT_MILLIS);
        return !draining && (slow || overloaded) ? Confidence.SUSPECTED : Confidence.HINT;
    }

    /** Most slots have been out no longer than their sites usually take: it is merely busy. */
    private static boolean areWithinHabit(Signal pool, List<Holder> holders) {
        long usual = holders.stream()
                .filter(holder -> holder.typicalHold() >= 0 && holder.heldFor() <= holder.typicalHold()).count();
        return usual * 2 > pool.number("active");
    }

    /** The head of the queue is not served: the longest wait grew at least half as fast as time passed. */
    private static boolean isAgeing(List<Moment> moments) {
        Moment first = moments.get(0);
        Moment last = moments.get(moments.size() - 1);
        return (last.oldestWait() - first.oldestWait()) * 2 >= last.millis() - first.millis();
    }

    private static boolean isQuick(Signal pool, List<Moment> moments) {
        long elapsed = moments.get(moments.size() - 1).millis() - moments.get(0).millis();
        return turnover(moments) * QUICK_HOLD_MILLIS >= pool.number("max") * elapsed;
    }

    private static long turnover(List<Moment> moments) {
        return moments.stream().skip(1).mapToLong(Moment::turnover).sum();
    }

    private static List<Moment> last(List<Moment> moments, int count) {
        return moments.subList(Math.max(0, moments.size() - count), moments.size());
    }

    private Finding finding(Signal pool, Confidence confidence, List<Moment> moments, List<Holder> holders,
            List<Signal> waiters) {
        String resource = pool.text("resource");
        Blame blame = blame(pool, moments, holders);
        Moment first = moments.get(0);
        Moment last = moments.get(moments.size() - 1);
        String cause = blame.verdict() == ExhaustionCause.TOO_SMALL
                ? turnover(moments) + " borrows in " + Phrases.duration(last.millis() - first.millis())
                        + " over " + pool.number("max") + " slots, no site holds them for long"
                : blame.sentence(NOT_JDBC);
        String proof = "all " + pool.number("max") + " slots out and borrowers waiting during the last "
                + Phrases.duration(last.millis() - first.millis()) + ", " + turnover(moments)
                + " slots handed out meanwhile, the longest wait "
                + Phrases.duration(last.oldestWait()) + "; verdict " + blame.verdict();
        List<String> facts = new ArrayList<>(holders.stream().map(Holder::line).toList());
        Map<String, Long> measures = new HashMap<>(Map.of("active", pool.number("active"), "max", pool.number("max"),
                "waiting", last.waiting(), "oldestWait", last.oldestWait(), "turnover", turnover(moments),
                "timeouts", last.timeouts() - first.timeouts(), "medianHeld", blame.medianHeld()));
        measures.put(blame.verdict().measure(), (long) blame.culprits().size());
        return new Finding(name(), Fault.POOL_EXHAUSTION, ResourceId.parse(resource), confidence,
                resource + ": exhausted, " + pool.number("active") + " of " + pool.number("max") + " out, "
                        + last.waiting() + " waiting; slots are " + blame.verdict().words(),
                cause, Rows.victims(last.waiting(), waiters), advice(blame.verdict()),
                new Evidence(proof, Rows.facts(resource, facts), List.of(),
                        Rows.threads(holders.stream().map(Holder::threadId)), measures));
    }

    private Blame blame(Signal pool, List<Moment> moments, List<Holder> holders) {
        String resource = pool.text("resource");
        long active = pool.number("active");
        long settled = holders.stream().filter(holder -> holder.heldFor() >= QUICK_HOLD_MILLIS).count();
        if (moments.size() > 1 && isQuick(pool, moments) && settled * 2 < active) {
            return new Blame(ExhaustionCause.TOO_SMALL, holders, (int) active);
        }
        return Blame.on(holders, (int) active, holder -> cause(resource, holder));
    }

    private ExhaustionCause cause(String resource, Holder holder) {
        if (longLived.matches(holder.site())) {
            return ExhaustionCause.UNKNOWN;
        }
        if (holder.isProvenLeak() || holder.isUnattended() && !holder.escaped() && !holder.enlisted() && !holder.isBusy()
                && holder.idleFor() > limit.millis(holder)) {
            return ExhaustionCause.LEAK;
        }
        return switch (holder.activity()) {
            case JDBC -> ExhaustionCause.SLOW_STATEMENTS;
            case WAITING_FOR_POOL -> !holder.waitsFor().equals(resource) ? ExhaustionCause.HELD_ACROSS_IO
                    // Asking again at the line that borrowed what it holds: a next request after a leak, or a helper.
                    : !holder.inScope() && holder.site().equals(holder.doing()) ? ExhaustionCause.UNKNOWN
                    : ExhaustionCause.NESTED_BORROW;
            case IO, PARKED, SLEEPING -> ExhaustionCause.HELD_ACROSS_IO;
            case BLOCKED -> ExhaustionCause.BLOCKED_ON_LOCK;
            case RUNNING, ENDED, UNKNOWN -> ExhaustionCause.UNKNOWN;
        };
    }

    private static String advice(ExhaustionCause cause) {
        return switch (cause) {
            case LEAK -> "Close the connection on every path, with try-with-resources, at the sites named.";
            case HELD_ACROSS_IO -> "Move the call out of the transaction, disable open-in-view, or give the connection"
                    + " back before waiting; a larger pool only moves the limit.";
            case NESTED_BORROW -> "Do not take a second connection while holding one (REQUIRES_NEW, nested templates).";
            case SLOW_STATEMENTS -> "Look at the statements of the sites named: plans, locks in the database, timeouts.";
            case SLOW_PEER -> "Set response timeouts.";
            case BLOCKED_ON_LOCK -> "Do not wait for a lock while holding a connection; find who holds the lock.";
            case TOO_SMALL -> "More borrowers than slots: raise the maximum if the database can take it, else limit the callers.";
            case UNKNOWN -> "Look at the holders listed.";
        };
    }
}
