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
public final class CompensateLeak implements Remedy {

    public static final String NAME = "compensate-leak";

    private static final Duration WITHIN = Duration.ofSeconds(5);

    private final ResourceRegistry registry;
    private final GrowPool.Cap cap;
    private final Growth<Integer> growth;

    /** @param growth the books of all growth of pools, so that no two remedies lend beyond one cap */
    CompensateLeak(ResourceRegistry registry, GrowPool.Cap cap, Growth<Integer> growth) {
        this.registry = registry;
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

    @Override
    public Preparation prepare(Diagnosis diagnosis) {
        ResourceId id = diagnosis.resource();
        Finding finding = diagnosis.primary();
        PoolHandle pool = registry.byId(id).orElse(null) instanceof PoolHandle found ? found : null;
        PoolHandle.State state = pool == null ? null : pool.state();
        if (state == null) {
            return impossible(id, "the pool is gone");
        }
        if (finding.confidence() == Confidence.CERTAIN) {
            return impossible(id, "a proven leak is taken back, not compensated");
        }
        for (Lever<?> lever : List.of(pool.resize(), pool.kick())) {
            if (!lever.isPresent()) {
                return impossible(id, lever.description());
            }
        }
        Suspects suspects = new Suspects(registry.leases(), finding.evidence().leases());
        Optional<String> gone = noLongerNeeded(state, suspects);
        if (gone.isPresent()) {
            return impossible(id, gone.get());
        }
        Compensated compensated = new Compensated(new GrowPool.Grown(pool), suspects);
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
        return new Preparation.Ready(plan, new Compensate(id, pool, compensated, state.max(), original, target));
    }

    private static Preparation impossible(ResourceId id, String why) {
        return new Preparation.Impossible(id + ": " + why);
    }

    private static Optional<String> noLongerNeeded(PoolHandle.State state, Suspects suspects) {
        if (suspects.out() == 0) {
            return Optional.of("none of the suspected leases is out any more");
        }
        return state.waiting() > 0 ? Optional.empty() : Optional.of("nobody waits for a connection any more");
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
        public void set(Integer size) throws Throwable {
            pool.set(size);
        }

        @Override
        public String text(Integer from, Integer to) {
            return pool.text(from, to);
        }
    }

    private final class Compensate implements Action {

        private final ResourceId id;
        private final PoolHandle pool;
        private final Compensated compensated;
        private final int current;
        private final int original;
        private final int target;
        private volatile Served served;
        private volatile Loan loan;

        private Compensate(ResourceId id, PoolHandle pool, Compensated compensated, int current, int original, int target) {
            this.id = id;
            this.pool = pool;
            this.compensated = compensated;
            this.current = current;
            this.original = original;
            this.target = target;
        }

        @Override
        public Optional<String> noLongerNeeded() {
            PoolHandle.State state = pool.state();
            if (state == null) {
                return Optional.of("the pool is gone");
            }
            return state.max() == current ? CompensateLeak.noLongerNeeded(state, compensated.suspects())
                    : Optional.of("its maximum was changed from " + current + " to " + state.max() + " meanwhile");
        }

        @Override
        public String observe() {
            return StateText.of(pool.state()) + " suspects=" + compensated.suspects().out();
        }

        @Override
        public void apply() throws Throwable {
            PoolHandle.State before = pool.state();
            served = new Served(registry.leases(), pool, before == null ? 0 : before.waiting());
            loan = growth.lent(id, original, target, compensated);
            pool.resize().pull(target);
            pool.kick().pull(target - current);
        }

        @Override
        public boolean claimHolds() {
            PoolHandle.State state = pool.state();
            return state != null && served.somebody(state.waiting());
        }

        @Override
        public Optional<Loan> loan() {
            return Optional.ofNullable(loan);
        }
    }
}
