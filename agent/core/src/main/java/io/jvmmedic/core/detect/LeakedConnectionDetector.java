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
import io.jvmmedic.core.util.Activity;
import io.jvmmedic.core.util.Globs;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds borrowed connections that will not come back.
 *
 * <p>{@code CERTAIN}: the garbage collector found the handle unreachable while the slot is out, and no driver object was
 * ever taken out of it. That is a proof and needs no second look.
 *
 * <p>{@code SUSPECTED}: idle far beyond what its site ever took, the work that borrowed it over, borrowers waiting, for
 * {@value #CONFIRM_ROUNDS} rounds; several of one site, or most of the pool. That is all there can be where the pool keeps
 * the handle itself. Age alone never suffices, because it hits the healthy: a 20 minute report, a LISTEN connection, an
 * advisory lock, a connection held across a slow call (its thread comes back; that is the business of
 * {@link PoolExhaustionDetector}). Never while a statement may be running on it or a distributed transaction keeps it.
 *
 * <p>{@code HINT}: the same of the only one of its site; or idle for very long, nobody waits.
 */
public final class LeakedConnectionDetector implements Detector {

    static final int CONFIRM_ROUNDS = 3;
    private static final long VERY_OLD_MILLIS = 10 * 60_000;
    /** DBCP's gate for abandoned connections: nobody is reclaimed while at least two more could be opened. */
    private static final int FREE_SLOTS_WITHOUT_PRESSURE = 2;
    /** A lease that was idle for so many rounds while nobody waited belongs to the calm state of this pool. */
    private static final int ACQUAINTED_ROUNDS = 60;

    private record Lease(String resource, long id) {
    }

    private final HoldLimit limit;
    private final Globs longLived;
    private final History<Lease, Integer> suspicions = History.unbroken();
    private final History<Lease, Integer> calmRounds = History.learned();

    public LeakedConnectionDetector(MedicConfig config) {
        this.limit = new HoldLimit(config.get(Options.LEAK_SUSPECT_AFTER).toMillis());
        this.longLived = Globs.of(config.get(Options.LONG_LIVED));
    }

    @Override
    public String name() {
        return "leaked-connection";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.POOL, Signal.HELD_CONNECTION);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        suspicions.open(round);
        calmRounds.open(round);
        Map<String, List<Signal>> rows = Rows.byResource(round, Signal.HELD_CONNECTION);
        List<Finding> findings = new ArrayList<>();
        for (Signal pool : round.of(Signal.POOL)) {
            String resource = pool.text("resource");
            List<Holder> holders = Rows.holders(rows.getOrDefault(resource, List.of())).stream()
                    .filter(holder -> !longLived.matches(resource) && !longLived.matches(holder.site())).toList();
            evaluate(pool, resource, holders, findings);
        }
        return findings;
    }

    private void evaluate(Signal pool, String resource, List<Holder> holders, List<Finding> findings) {
        List<Holder> proven = holders.stream().filter(Holder::isProvenLeak).toList();
        // More leases out than the pool itself counts: one of the two is wrong, and a proof must not rest on it.
        if (!proven.isEmpty() && proven.size() <= pool.number("active")) {
            findings.add(proven(pool, resource, proven));
        }
        List<Holder> abandoned = confirmed(pool, resource, holders);
        List<Holder> confirmed = withoutLoners(pool, abandoned);
        if (!confirmed.isEmpty()) {
            findings.add(suspected(pool, resource, confirmed));
        }
        List<Holder> old = holders.stream().filter(holder -> !confirmed.contains(holder)
                && (isVeryOld(holder) || abandoned.contains(holder))).toList();
        if (!old.isEmpty()) {
            findings.add(hint(pool, resource, old));
        }
    }

    private List<Holder> confirmed(Signal pool, String resource, List<Holder> holders) {
        boolean waiting = pool.number("waiting") > 0;
        boolean pressed = waiting && pool.number("active") >= pool.number("max") - FREE_SLOTS_WITHOUT_PRESSURE;
        Set<Holder> abandoned = holders.stream()
                .filter(holder -> holder.isUnattended() && isStale(holder)).collect(Collectors.toSet());
        // One lifetime connection of a pool is its habit; most of the pool idle while borrowers wait is not.
        boolean mostOfThePool = abandoned.size() * 2L > pool.number("max");
        List<Holder> confirmed = new ArrayList<>();
        for (Holder holder : holders) {
            Lease lease = new Lease(resource, holder.leaseId());
            int calm = calm(lease) + (!waiting && isStale(holder) ? 1 : 0);
            calmRounds.put(lease, calm);
            boolean suspect = pressed && abandoned.contains(holder) && (mostOfThePool || calm < ACQUAINTED_ROUNDS);
            Integer before = suspicions.get(lease);
            int rounds = !suspect ? 0 : before == null ? 1 : before + 1;
            suspicions.put(lease, rounds);
            if (rounds >= CONFIRM_ROUNDS) {
                confirmed.add(holder);
            }
        }
        return confirmed;
    }

    /**
     * The only one of its site may be kept for what its session has: a lock, a subscription, a temporary table. What leaks
     * leaks again, so it is not alone for long; and most of the pool is no such session.
     */
    private static List<Holder> withoutLoners(Signal pool, List<Holder> abandoned) {
        Map<String, Long> bySite = abandoned.stream().collect(Collectors.groupingBy(Holder::site, Collectors.counting()));
        return abandoned.size() * 2L > pool.number("max") ? abandoned
                : abandoned.stream().filter(holder -> bySite.get(holder.site()) > 1).toList();
    }

    private int calm(Lease lease) {
        Integer rounds = calmRounds.get(lease);
        return rounds == null ? 0 : rounds;
    }

    /** Idle beyond the limit of its site, and not in use in a way that {@code idleFor} cannot see. */
    private boolean isStale(Holder holder) {
        long bound = limit.millis(holder);
        return !holder.unreachable()
                // Used through the driver's own object, which nobody watches: its idle time means nothing.
                && !holder.escaped()
                && !holder.enlisted()
                && !holder.isBusy()
                && !holder.waits()
                && suspicions.watched(holder.heldFor()) > bound
                && suspicions.watched(holder.idleFor()) > bound;
    }

    private boolean isVeryOld(Holder holder) {
        return !holder.isProvenLeak() && !holder.isBusy() && !holder.waits() && !holder.enlisted()
                && suspicions.watched(holder.idleFor()) > Math.max(VERY_OLD_MILLIS, limit.millis(holder));
    }

    private Finding proven(Signal pool, String resource, List<Holder> leaked) {
        return finding(pool, resource, Confidence.CERTAIN, leaked,
                resource + ": " + Phrases.count(leaked.size(), "connection") + " leaked, nobody can return "
                        + (leaked.size() == 1 ? "it" : "them") + "; " + state(pool),
                "the garbage collector found the handles of " + Phrases.count(leaked.size(), "lease")
                        + " unreachable while their slots are out, and no driver object was taken out of them",
                "leaked: " + Rows.bySite(leaked, Holder::site),
                leaked.stream().map(Holder::leaseId).toList());
    }

    private Finding suspected(Signal pool, String resource, List<Holder> suspects) {
        long dead = suspects.stream().filter(holder -> holder.activity() == Activity.ENDED).count();
        long idle = suspects.stream().mapToLong(Holder::idleFor).min().orElse(0);
        String fate = dead == suspects.size() ? "every thread that borrowed them is dead"
                : "the work that borrowed them is over" + (dead == 0 ? "" : " (" + dead + " of these threads are dead)");
        return finding(pool, resource, Confidence.SUSPECTED, suspects,
                resource + ": " + Phrases.count(suspects.size(), "connection") + " probably leaked, idle for at least "
                        + Phrases.duration(idle) + "; " + state(pool),
                fate + ", unused for at least " + Phrases.duration(idle)
                        + ", far longer than their sites ever took, while borrowers wait",
                "probably leaked: " + Rows.bySite(suspects, Holder::site),
                suspects.stream().map(Holder::leaseId).toList());
    }

    private Finding hint(Signal pool, String resource, List<Holder> old) {
        long idle = old.stream().mapToLong(Holder::idleFor).min().orElse(0);
        return finding(pool, resource, Confidence.HINT, old,
                resource + ": " + Phrases.count(old.size(), "connection") + " out and idle for at least "
                        + Phrases.duration(idle) + "; " + state(pool),
                "unused for at least " + Phrases.duration(idle) + "; a leak, or meant to live for ever",
                "idle: " + Rows.bySite(old, Holder::site),
                List.of());
    }

    private Finding finding(Signal pool, String resource, Confidence confidence, List<Holder> holders,
            String summary, String proof, String cause, List<Long> leases) {
        long waiting = pool.number("waiting");
        String site = Phrases.site(Rows.frequencies(holders, Holder::site).get(0).getKey());
        String advice = confidence == Confidence.HINT
                ? "If it lives for ever on purpose, add its site or " + resource + " to long-lived; else close it at " + site + "."
                : "Close the connection on every path, with try-with-resources, at " + site + ".";
        return new Finding(name(), Fault.CONNECTION_LEAK, ResourceId.parse(resource), confidence, summary, cause,
                waiting > 0 ? Phrases.count(waiting, "thread") + " waiting" : "", advice,
                new Evidence(proof, Rows.facts(resource, holders.stream().map(Holder::line).toList()), leases,
                        Rows.threads(holders.stream().map(Holder::threadId)),
                        Map.of("leaked", (long) holders.size(), "active", pool.number("active"),
                                "max", pool.number("max"), "waiting", waiting, "suspectAfter",
                                holders.stream().mapToLong(limit::millis).max().orElseThrow())));
    }

    private static String state(Signal pool) {
        return pool.number("active") + " of " + pool.number("max") + " out, " + pool.number("waiting") + " waiting";
    }
}
