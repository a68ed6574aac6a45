package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Has a pool make connections again whose creator is dead, hangs, or has lost the demand. Takes nothing from anybody. */
public final class RevivePool extends PoolRemedy {

    public static final String NAME = "revive-pool";

    private static final Duration WITHIN = Duration.ofSeconds(10);

    public RevivePool(ResourceRegistry registry) {
        super(registry);
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
        return List.of(pool.revive());
    }

    @Override
    Preparation prepare(Diagnosis diagnosis, PoolHandle pool, PoolHandle.State state) {
        ResourceId id = diagnosis.resource();
        Revive revive = new Revive(pool);
        Optional<String> gone = revive.noLongerNeeded();
        if (gone.isPresent()) {
            return impossible(id, gone.get());
        }
        Claim claim = new Claim("the pool has more than " + state.total() + " connections, or somebody who waits got one,"
                + " within " + WITHIN.toSeconds() + " s", WITHIN);
        return new Preparation.Ready(new Plan(id, NAME, risk(), diagnosis.primary().confidence(),
                diagnosis.primary().evidence().proof(), claim,
                "none: what hangs is left alone, and what was put beside it ends when it has nothing to do"), revive);
    }

    private final class Revive implements Action {

        private final PoolHandle pool;
        private volatile Served served;
        private volatile int total;

        private Revive(PoolHandle pool) {
            this.pool = pool;
        }

        @Override
        public Optional<String> noLongerNeeded() {
            PoolHandle.State state = pool.state();
            if (state == null) {
                return Optional.of(GONE);
            }
            if (state.waiting() == 0) {
                return Optional.of(NOBODY_WAITS);
            }
            return pool.creator().wanted() ? Optional.empty() : Optional.of("it does not want a connection any more");
        }

        @Override
        public String observe() {
            return StateText.of(pool.state());
        }

        @Override
        public void apply() throws Throwable {
            PoolHandle.State before = pool.state();
            total = before == null ? 0 : before.total();
            served = new Served(registry.leases(), pool, before == null ? 0 : before.waiting());
            pool.revive().pull(null);
        }

        @Override
        public boolean claimHolds() {
            PoolHandle.State state = pool.state();
            return state != null && (state.total() > total || served.somebody(state.waiting()));
        }
    }
}
