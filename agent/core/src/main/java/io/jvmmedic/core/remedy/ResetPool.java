package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Phrases;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The last rung: has a pool let go of all its connections, those in use too, and start over behind the same data source.
 * Whoever uses one gets an exception; off until configured.
 */
public final class ResetPool extends PoolRemedy {

    public static final String NAME = "reset-pool";

    private static final Duration WITHIN = Duration.ofSeconds(10);

    public ResetPool(ResourceRegistry registry) {
        super(registry);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Risk risk() {
        return Risk.DRASTIC;
    }

    @Override
    public Duration deadline() {
        return Duration.ofSeconds(20);
    }

    @Override
    List<Lever<?>> levers(PoolHandle pool) {
        return List.of(pool.reset());
    }

    @Override
    Preparation prepare(Diagnosis diagnosis, PoolHandle pool, PoolHandle.State state) {
        ResourceId id = diagnosis.resource();
        if (state.waiting() == 0) {
            return impossible(id, NOBODY_WAITS);
        }
        Claim claim = new Claim("none of the " + Phrases.count(state.total(), "connection") + " of now is in the pool, and"
                + " somebody who waits got a new one, within " + WITHIN.toSeconds() + " s", WITHIN);
        return new Preparation.Ready(new Plan(id, NAME, risk(), diagnosis.primary().confidence(),
                diagnosis.primary().evidence().proof(), claim, "none: what is closed is closed; the pool opens new ones"),
                new Reset(pool));
    }

    private final class Reset implements Action {

        private final PoolHandle pool;
        private volatile List<Lease> before = List.of();
        private volatile Served served;

        private Reset(PoolHandle pool) {
            this.pool = pool;
        }

        @Override
        public Optional<String> noLongerNeeded() {
            PoolHandle.State state = pool.state();
            return state != null && state.waiting() > 0 ? Optional.empty()
                    : Optional.of(NOBODY_WAITS);
        }

        @Override
        public String observe() {
            return StateText.of(pool.state());
        }

        @Override
        public void apply() throws Throwable {
            PoolHandle.State state = pool.state();
            before = registry.leases().slots(pool);
            served = new Served(registry.leases(), pool, state == null ? 0 : state.waiting());
            pool.reset().pull(null);
        }

        @Override
        public boolean claimHolds() {
            PoolHandle.State state = pool.state();
            List<Lease> now = registry.leases().slots(pool);
            return state != null && before.stream().noneMatch(now::contains) && served.somebody(state.waiting());
        }
    }
}
