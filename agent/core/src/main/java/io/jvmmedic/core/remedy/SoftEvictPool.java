package io.jvmmedic.core.remedy;

import io.jvmmedic.core.detect.ExhaustionCause;
import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.Phrases;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Has a pool replace its idle connections: for those that serve nobody although somebody waits, or that a detector calls
 * stale. Frees nothing that is out, a leaked connection least of all.
 */
public final class SoftEvictPool extends PoolRemedy {

    public static final String NAME = "soft-evict-pool";
    /** A detector that found idle connections to be stale sets this measure to 1. */
    public static final String ASKED_FOR = "softEvict";
    /** And this one to the wall-clock time, ms, of which that is true. */
    public static final String AS_OF = "asOf";

    private static final Duration WITHIN = Duration.ofSeconds(5);

    private final Clock clock;
    /** When a pool was evicted last, wall-clock ms: what was found before that is void. */
    private final Map<ResourceId, Long> evictedAt = new ConcurrentHashMap<>();

    public SoftEvictPool(ResourceRegistry registry, Clock clock) {
        super(registry);
        this.clock = clock;
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
        return List.of(pool.softEvict());
    }

    @Override
    Preparation prepare(Diagnosis diagnosis, PoolHandle pool, PoolHandle.State state) {
        ResourceId id = diagnosis.resource();
        Finding finding = diagnosis.primary();
        boolean askedFor = finding.evidence().measure(ASKED_FOR) == 1;
        ExhaustionCause cause = ExhaustionCause.of(finding.evidence());
        if (!askedFor && cause != ExhaustionCause.UNKNOWN) {
            return impossible(id, "its slots are " + cause.words() + ", evicting idle connections frees none of them");
        }
        Optional<String> gone = noLongerNeeded(state, askedFor);
        if (gone.isPresent()) {
            return impossible(id, gone.get());
        }
        // Those in use are stale as well, and let go of when they come back.
        List<Lease> idle = registry.leases().slots(pool).stream().filter(slot -> askedFor || isFree(slot)).toList();
        if (idle.isEmpty()) {
            return impossible(id, "none of its idle connections was ever borrowed, so nothing would show that they were"
                    + " replaced");
        }
        String noun = Phrases.count(idle.size(), "connection");
        Claim claim = new Claim("none of the " + noun + (askedFor ? " of now" : " that are idle now")
                + " is idle in the pool after at most " + WITHIN.toSeconds() + " s", WITHIN);
        Plan plan = new Plan(id, NAME, risk(), finding.confidence(), finding.evidence().proof(), claim,
                "none: the pool opens new connections as it needs them");
        return new Preparation.Ready(plan, new Evict(pool, idle, askedFor, finding.evidence().measure(AS_OF)));
    }

    private static boolean isFree(Lease slot) {
        return slot.read() == null;
    }

    private static Optional<String> noLongerNeeded(PoolHandle.State state, boolean askedFor) {
        if (state.idle() == 0 && (!askedFor || state.total() == 0)) {
            return Optional.of("it has no idle connection to evict");
        }
        return askedFor || state.waiting() > 0 ? Optional.empty() : Optional.of(NOBODY_WAITS);
    }

    private final class Evict implements Action {

        private final PoolHandle pool;
        private final List<Lease> idle;
        private final boolean askedFor;
        private final long asOf;

        private Evict(PoolHandle pool, List<Lease> idle, boolean askedFor, long asOf) {
            this.pool = pool;
            this.idle = idle;
            this.askedFor = askedFor;
            this.asOf = asOf;
        }

        @Override
        public Optional<String> noLongerNeeded() {
            PoolHandle.State state = pool.state();
            if (state == null) {
                return Optional.of(GONE);
            }
            // Not impossible: what is asked next may find stale ones again, such as were in use for long.
            return askedFor && evictedAt.getOrDefault(pool.id(), Long.MIN_VALUE) >= asOf
                    ? Optional.of("its connections were evicted since they were found to be stale")
                    : SoftEvictPool.noLongerNeeded(state, askedFor);
        }

        @Override
        public String observe() {
            return StateText.of(pool.state()) + " oldIdle=" + stillIdle();
        }

        @Override
        public void apply() throws Throwable {
            evictedAt.put(pool.id(), clock.millis());
            pool.softEvict().pull(null);
        }

        @Override
        public boolean claimHolds() {
            return stillIdle() == 0;
        }

        private long stillIdle() {
            List<Lease> slots = registry.leases().slots(pool);
            return idle.stream().filter(slot -> isFree(slot) && slots.contains(slot)).count();
        }
    }
}
