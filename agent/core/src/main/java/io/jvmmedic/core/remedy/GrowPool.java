package io.jvmmedic.core.remedy;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.detect.ExhaustionCause;
import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.Leases;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.SqlErrors;
import io.jvmmedic.core.util.Phrases;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Lends a pool a few slots: for borrowers that wait for a second connection while they hold the first, one slot opens
 * the circle. Not for a pool whose slots are leaked or held across other work: more slots only move that limit.
 */
public final class GrowPool extends PoolRemedy {

    public static final String NAME = "grow-pool";

    private static final Duration WITHIN = Duration.ofSeconds(5);
    private static final int PERCENT = 100;

    private final Cap cap;
    private final Growth<Integer> growth = new Growth<>();

    public GrowPool(ResourceRegistry registry, MedicConfig config) {
        super(registry);
        this.cap = new Cap(config.get(Options.POOL_GROW_CAP));
    }

    /** The remedy that lends slots for probable leaks, on the same books. */
    public CompensateLeak compensation() {
        return new CompensateLeak(registry, cap, growth);
    }

    /** How far a pool may be grown. */
    record Cap(int percent) {

        int over(int original) {
            return original + (int) Math.max(1, (long) original * percent / PERCENT);
        }

        @Override
        public String toString() {
            return Options.POOL_GROW_CAP.key() + "=" + percent + " percent";
        }
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
    List<Lever<?>> levers(PoolHandle pool) {
        return List.of(pool.resize(), pool.kick());
    }

    @Override
    Preparation prepare(Diagnosis diagnosis, PoolHandle pool, PoolHandle.State state) {
        ResourceId id = diagnosis.resource();
        Optional<String> gone = noLongerNeeded(state);
        if (gone.isPresent()) {
            return impossible(id, gone.get());
        }
        Finding finding = diagnosis.primary();
        ExhaustionCause cause = ExhaustionCause.of(finding.evidence());
        if (finding.fault() == Fault.POOL_EXHAUSTION && cause != ExhaustionCause.TOO_SMALL) {
            return impossible(id, "its slots are " + cause.words() + ", more of them would only move the limit");
        }
        long needed = finding.fault() == Fault.NESTED_BORROW || finding.fault() == Fault.WAIT_KNOT
                ? Math.max(1, finding.evidence().measure("neededSlots")) : state.waiting();
        Grown grown = new Grown(pool, registry.leases());
        int original = growth.original(id, state.max(), grown);
        int limit = cap.over(original);
        if (state.max() >= limit) {
            return impossible(id, "it was grown from " + original + " to " + state.max() + " already, "
                    + cap + " allows no more");
        }
        int target = (int) Math.min(limit, state.max() + needed);
        Claim claim = new Claim("with a maximum of " + target + " instead of " + state.max() + ", at least one of "
                + Phrases.count(state.waiting(), "waiter") + " gets a connection within " + WITHIN.toSeconds() + " s",
                WITHIN);
        Plan plan = new Plan(id, NAME, risk(), finding.confidence(), finding.evidence().proof(), claim,
                "maximum back to " + original + " once nobody waits and no more than that are out");
        return new Preparation.Ready(plan, new LendSlots(pool, registry.leases(),
                new LendSlots.Terms(id, state.max(), original, target), growth, grown, GrowPool::noLongerNeeded));
    }

    private static Optional<String> noLongerNeeded(PoolHandle.State state) {
        if (state.waiting() == 0) {
            return Optional.of(NOBODY_WAITS);
        }
        return state.active() >= state.max() ? Optional.empty()
                : Optional.of("only " + state.active() + " of " + state.max() + " slots are out");
    }

    /**
     * A pool as something that has a size.
     *
     * @param fullBefore how often its database had no session to spare, before it was grown
     */
    record Grown(PoolHandle pool, Leases leases, long fullBefore) implements Growth.Sized<Integer> {

        Grown(PoolHandle pool, Leases leases) {
            this(pool, leases, leases.errors(pool).full());
        }

        @Override
        public boolean isGone() {
            return pool.state() == null;
        }

        @Override
        public boolean is(Integer size) {
            PoolHandle.State state = pool.state();
            return state != null && state.max() == size;
        }

        @Override
        public boolean fits(Integer size) {
            PoolHandle.State state = pool.state();
            return state != null && state.waiting() == 0 && state.active() <= size;
        }

        /** Nothing beyond the original came, and the database said why. */
        @Override
        public Optional<String> refused(Integer original) {
            PoolHandle.State state = pool.state();
            SqlErrors.Counts errors = leases.errors(pool);
            return state != null && state.total() <= original && errors.full() > fullBefore
                    ? Optional.of("the database has no session to spare for more than " + original + ": " + errors.last())
                    : Optional.empty();
        }

        @Override
        public void set(Integer size) throws Throwable {
            pool.resize().pull(size);
        }

        @Override
        public String text(Integer from, Integer to) {
            return "maximum " + from + " -> " + to;
        }
    }
}
