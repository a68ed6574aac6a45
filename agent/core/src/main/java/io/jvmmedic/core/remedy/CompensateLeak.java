package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.Leases;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Phrases;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Lends a pool one slot for each connection that has probably leaked, as long as it is out: nobody's connection is touched
 * while there is no proof, and nobody waits for one that may never come back. A proven leak is reclaimed instead.
 */
public final class CompensateLeak extends PoolRemedy {

    public static final String NAME = "compensate-leak";

    private static final Duration WITHIN = Duration.ofSeconds(5);

    private final GrowPool.Cap cap;
    private final Growth<Integer> growth;

    /** @param growth the books of all growth of pools, so that no two remedies lend beyond one cap */
    CompensateLeak(ResourceRegistry registry, GrowPool.Cap cap, Growth<Integer> growth) {
        super(registry);
        this.cap = cap;
        this.growth = growth;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Risk risk() {
        return Risk.GENTLE;
    }

    /** A proven leak is taken back, not compensated. */
    @Override
    public boolean isMeantFor(Diagnosis diagnosis) {
        return diagnosis.primary().confidence() != Confidence.CERTAIN;
    }

    @Override
    List<Lever<?>> levers(PoolHandle pool) {
        return List.of(pool.resize(), pool.kick());
    }

    @Override
    Preparation prepare(Diagnosis diagnosis, PoolHandle pool, PoolHandle.State state) {
        ResourceId id = diagnosis.resource();
        Finding finding = diagnosis.primary();
        Suspects suspects = new Suspects(registry.leases(), finding.evidence().leases());
        Optional<String> gone = noLongerNeeded(state, suspects);
        if (gone.isPresent()) {
            return impossible(id, gone.get());
        }
        Compensated compensated = new Compensated(new GrowPool.Grown(pool, registry.leases()), suspects);
        int original = growth.original(id, state.max(), compensated);
        int target = (int) Math.min(cap.over(original), original + suspects.out());
        if (target <= state.max()) {
            return impossible(id, "its maximum is " + state.max() + " instead of " + original + " already, for "
                    + Phrases.count(suspects.out(), "suspect") + " and within " + cap);
        }
        Claim claim = new Claim("with a maximum of " + target + " instead of " + state.max() + ", at least one of "
                + Phrases.count(state.waiting(), "waiter") + " gets a connection within " + WITHIN.toSeconds() + " s", WITHIN);
        Plan plan = new Plan(id, NAME, risk(), finding.confidence(), finding.evidence().proof(), claim,
                "maximum back to " + original + " once the suspects came back or were taken back");
        return new Preparation.Ready(plan, new LendSlots(pool, registry.leases(),
                new LendSlots.Terms(id, state.max(), original, target), growth, compensated,
                now -> noLongerNeeded(now, suspects)));
    }

    private static Optional<String> noLongerNeeded(PoolHandle.State state, Suspects suspects) {
        if (suspects.out() == 0) {
            return Optional.of("none of the suspected leases is out any more");
        }
        return state.waiting() > 0 ? Optional.empty() : Optional.of(NOBODY_WAITS);
    }

    /** Leases that have probably leaked. */
    private record Suspects(Leases leases, List<Long> ids) {

        long out() {
            return ids.stream().filter(id -> leases.byId(id) != null).count();
        }
    }

    /** A pool that is larger while suspects are out, whether somebody waits or not. */
    private record Compensated(GrowPool.Grown pool, Suspects suspects) implements Growth.Sized<Integer> {

        @Override
        public boolean isGone() {
            return pool.isGone();
        }

        @Override
        public boolean is(Integer size) {
            return pool.is(size);
        }

        @Override
        public boolean fits(Integer size) {
            return suspects.out() == 0;
        }

        @Override
        public Optional<String> refused(Integer original) {
            return pool.refused(original);
        }

        @Override
        public void set(Integer size) throws Throwable {
            pool.set(size);
        }

        @Override
        public String text(Integer from, Integer to) {
            return pool.text(from, to);
        }
    }
}
