package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.time.Duration;
import java.util.Optional;

/** Has a pool look at its waiters again when it has free slots and serves nobody. */
public final class KickPool implements Remedy {

    public static final String NAME = "kick-pool";

    private static final Duration WITHIN = Duration.ofSeconds(5);

    private final ResourceRegistry registry;

    public KickPool(ResourceRegistry registry) {
        this.registry = registry;
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
        if (!(registry.byId(id).orElse(null) instanceof PoolHandle pool) || pool.state() == null) {
            return new Preparation.Impossible(id + ": the pool is gone");
        }
        if (!pool.kick().isPresent()) {
            return new Preparation.Impossible(id + ": " + pool.kick().description());
        }
        Kick kick = new Kick(pool);
        Optional<String> gone = kick.noLongerNeeded();
        if (gone.isPresent()) {
            return new Preparation.Impossible(id + ": " + gone.get());
        }
        Claim claim = new Claim("at least one of those who wait gets a connection within 5 s", WITHIN);
        return new Preparation.Ready(new Plan(id, NAME, risk(), diagnosis.primary().confidence(),
                diagnosis.primary().evidence().proof(), claim, "none: the pool only does what it should have done"), kick);
    }

    private final class Kick implements Action {

        private final PoolHandle pool;
        private volatile Served served;

        private Kick(PoolHandle pool) {
            this.pool = pool;
        }

        @Override
        public Optional<String> noLongerNeeded() {
            PoolHandle.State state = pool.state();
            return state != null && state.waiting() > 0 && state.active() < state.max() ? Optional.empty()
                    : Optional.of("nobody waits beside a free slot any more");
        }

        @Override
        public String observe() {
            return StateText.of(pool.state());
        }

        @Override
        public void apply() throws Throwable {
            PoolHandle.State before = pool.state();
            int waiting = before == null ? 0 : before.waiting();
            served = new Served(registry.leases(), pool, waiting);
            pool.kick().pull(waiting);
        }

        @Override
        public boolean claimHolds() {
            PoolHandle.State state = pool.state();
            return state != null && served.somebody(state.waiting());
        }
    }
}
