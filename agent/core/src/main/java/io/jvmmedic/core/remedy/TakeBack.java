package io.jvmmedic.core.remedy;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.Leases;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.util.Phrases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes leaked leases of one pool back by destroying what was leased. Touches only the borrows that the finding names,
 * each one only while it still is that same borrow and still looks the way that made it a leak.
 */
final class TakeBack implements Action {

    private static final Duration WITHIN = Duration.ofSeconds(5);
    /** What a finding of type SUSPECTED says it called too long. */
    private static final String BOUND = "suspectAfter";

    /**
     * One borrow to be ended.
     *
     * @param slot its entry is held weakly
     * @param idleMillis unused for so long when this was planned; a use since then would have made it less
     */
    private record Target(long leaseId, Lease slot, long idleMillis) {
    }

    private final Slots slots;
    private final Leases leases;
    private final boolean proven;
    private final List<Target> targets;
    private final List<Target> pulled = new ArrayList<>();
    private Served served;
    private int waitingBefore;
    private int failed;
    private String firstFailure = "";

    private TakeBack(Slots slots, Leases leases, boolean proven, List<Target> targets) {
        this.slots = slots;
        this.leases = leases;
        this.proven = proven;
        this.targets = targets;
    }

    /** @param slots {@code null} when the pool is gone */
    static Preparation prepare(Remedy remedy, Diagnosis diagnosis, Slots slots, Leases leases, MedicConfig config) {
        ResourceId id = diagnosis.resource();
        Finding finding = diagnosis.primary();
        Slots.Counts counts = slots == null ? null : slots.counts();
        if (counts == null) {
            return new Preparation.Impossible(id + ": the pool is gone");
        }
        Lever<Object> lever = slots.lever();
        if (!lever.isPresent()) {
            return new Preparation.Impossible(id + ": " + lever.description());
        }
        boolean proven = finding.confidence() == Confidence.CERTAIN;
        long bound = Math.max(finding.evidence().measure(BOUND), config.get(Options.LEAK_SUSPECT_AFTER).toMillis());
        List<Target> targets = new ArrayList<>();
        for (long leaseId : finding.evidence().leases()) {
            Lease slot = leases.byId(leaseId);
            Lease.View view = slot == null ? null : slot.read();
            if (view != null) {
                Target target = new Target(leaseId, slot, proven ? 0 : Math.max(bound, view.idleMillis()));
                if (isStillLeaked(target, slots, proven)) {
                    targets.add(target);
                }
            }
        }
        if (targets.isEmpty()) {
            return new Preparation.Impossible(id + ": none of the " + leaks(finding.evidence().leases().size(), slots)
                    + " is out any more");
        }
        String noun = Phrases.count(targets.size(), slots.noun());
        Claim claim = new Claim("the leases of the " + noun + " end and the pool does not count "
                + (targets.size() == 1 ? "it" : "them") + " as in use any more"
                + (counts.waiting() == 0 ? "" : ", and somebody of the " + counts.waiting() + " who wait is served")
                + ", within " + WITHIN.toSeconds() + " s", WITHIN);
        Plan plan = new Plan(id, remedy.name(), remedy.risk(), finding.confidence(), finding.evidence().proof(), claim,
                "none: what is destroyed by " + lever.description() + " is replaced by the pool");
        return new Preparation.Ready(plan, new TakeBack(slots, leases, proven, targets));
    }

    private static String leaks(int count, Slots slots) {
        return Phrases.count(count, "leaked " + slots.noun());
    }

    /**
     * Whether this is the same borrow, still out, and still what made it a leak. The lease is read last: what the pool
     * said before that is void if the slot has changed hands meanwhile.
     */
    private static boolean isStillLeaked(Target target, Slots slots, boolean proven) {
        Object entry = target.slot().entry();
        if (entry == null || !slots.inUse(entry) || slots.enlisted(entry)) {
            return false;
        }
        Lease.View view = target.slot().read();
        if (view == null || view.id() != target.leaseId() || view.resource() != slots.handle() || view.escaped()) {
            return false;
        }
        return view.unreachable() || !proven && view.idleMillis() >= target.idleMillis();
    }

    private boolean isStillLeaked(Target target) {
        return isStillLeaked(target, slots, proven);
    }

    @Override
    public Optional<String> noLongerNeeded() {
        return targets.stream().anyMatch(this::isStillLeaked) ? Optional.empty()
                : Optional.of("none of the " + leaks(targets.size(), slots) + " is out any more");
    }

    @Override
    public String observe() {
        Slots.Counts counts = slots.counts();
        long out = targets.stream().filter(this::isStillLeaked).count();
        return (counts == null ? StateText.GONE : counts.text()) + " leaked=" + out + " closed=" + pulled.size()
                + " failed=" + failed + (firstFailure.isEmpty() ? "" : " (" + firstFailure + ")");
    }

    @Override
    public void apply() throws Throwable {
        Slots.Counts counts = slots.counts();
        waitingBefore = counts == null ? 0 : counts.waiting();
        served = new Served(leases, slots.handle(), waitingBefore);
        Lever<Object> lever = slots.lever();
        Throwable failure = null;
        for (Target target : targets) {
            Object entry = target.slot().entry();
            // Asked again for each, right before it is closed: closing the others may have taken a while.
            if (isStillLeaked(target) && entry != null) {
                try {
                    lever.pull(entry);
                    pulled.add(target);
                } catch (Throwable e) {
                    // A lever that finds the connection given back at the last moment refuses, and that is right.
                    if (isStillLeaked(target)) {
                        failed++;
                        if (failure == null) {
                            failure = e;
                            firstFailure = e.toString();
                        }
                    }
                }
                settle(target);
            }
        }
        if (pulled.isEmpty() && failure != null) {
            throw failure;
        }
    }

    /** Our own books follow the pool: a hook that misses this way of closing must not leave a lease behind. */
    private void settle(Target target) {
        Object entry = target.slot().entry();
        if (entry != null && !slots.inUse(entry) && leases.byId(target.leaseId()) == target.slot()) {
            leases.discarded(entry);
        }
    }

    @Override
    public boolean claimHolds() {
        pulled.forEach(this::settle);
        if (failed > 0 || !pulled.stream().allMatch(this::isOut)) {
            return false;
        }
        Slots.Counts counts = slots.counts();
        return counts == null || counts.waiting() == 0 || waitingBefore == 0 || served.somebody(counts.waiting());
    }

    private boolean isOut(Target target) {
        Object entry = target.slot().entry();
        return leases.byId(target.leaseId()) == null && (entry == null || !slots.inUse(entry));
    }
}
