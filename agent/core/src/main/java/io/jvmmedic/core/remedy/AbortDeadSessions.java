package io.jvmmedic.core.remedy;

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
import io.jvmmedic.core.util.DisposableCall;
import io.jvmmedic.core.util.Phrases;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Aborts sessions whose server cannot answer any more, so that their borrowers get an exception instead of waiting for
 * ever, and has the pool replace its idle ones: these go first, for whoever is released borrows again at once, and the next
 * one would be as dead. By {@code Connection.abort}, the one call that JDBC allows while another thread is in a statement; the
 * pool then refills as it is asked, one connection after the other.
 */
public final class AbortDeadSessions extends PoolRemedy {

    public static final String NAME = "abort-dead-sessions";

    private static final Logger LOG = LoggerFactory.getLogger(AbortDeadSessions.class);
    private static final Duration WITHIN = Duration.ofSeconds(5);
    /** To close an idle session may mean to talk to a server that is gone. */
    private static final Duration EVICT_LIMIT = Duration.ofSeconds(2);

    private final Clock clock;

    public AbortDeadSessions(ResourceRegistry registry, Clock clock) {
        super(registry);
        this.clock = clock;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Risk risk() {
        return Risk.FORCEFUL;
    }

    /** The driver's own {@code abort}: no lever of the pool. */
    @Override
    List<Lever<?>> levers(PoolHandle pool) {
        return List.of();
    }

    @Override
    Preparation prepare(Diagnosis diagnosis, PoolHandle pool, PoolHandle.State state) {
        ResourceId id = diagnosis.resource();
        Finding finding = diagnosis.primary();
        List<Target> targets = new ArrayList<>();
        for (long leaseId : finding.evidence().leases()) {
            Lease slot = registry.leases().byId(leaseId);
            Lease.View view = slot == null ? null : slot.read();
            if (view != null && view.resource() == pool
                    && view.idleMillis() >= finding.evidence().measure("silentFor")
                    && (view.isTest() || pool.inUse(slot.entry()))) {
                targets.add(new Target(leaseId, slot, view.idleMillis(), view.isTest()));
            }
        }
        if (targets.isEmpty()) {
            return impossible(id, "none of the " + sessions(finding.evidence().leases().size())
                    + " waits for an answer any more");
        }
        if (targets.stream().allMatch(target -> pool.physical(target.slot().entry()) == null)) {
            return impossible(id, "the driver's connections below " + pool.library() + " are not known");
        }
        Claim claim = new Claim("the borrowers of the " + sessions(targets.size()) + " are released and the pool does not count "
                + (targets.size() == 1 ? "it" : "them") + " as in use any more, within " + WITHIN.toSeconds() + " s", WITHIN);
        Plan plan = new Plan(id, NAME, risk(), finding.confidence(), finding.evidence().proof(), claim,
                "none: a session without a server is nothing, the pool opens new ones");
        return new Preparation.Ready(plan, new Abort(pool, targets));
    }

    private static String sessions(int count) {
        return Phrases.count(count, "dead session");
    }

    /**
     * One who waits.
     *
     * @param silentMillis a use since then would have made its idle time less
     * @param isTest it is the pool that waits, for the answer to a test
     */
    private record Target(long leaseId, Lease slot, long silentMillis, boolean isTest) {
    }

    private final class Abort implements Action {

        private final PoolHandle pool;
        private final List<Target> targets;
        private final Set<Target> aborted = ConcurrentHashMap.newKeySet();

        private Abort(PoolHandle pool, List<Target> targets) {
            this.pool = pool;
            this.targets = targets;
        }

        private boolean isTheSameBorrow(Target target) {
            Lease.View view = target.slot().read();
            return view != null && view.id() == target.leaseId() && view.idleMillis() >= target.silentMillis();
        }

        private boolean mayWaitElsewhere(Target target) {
            Lease.View view = target.slot().read();
            return view == null || registry.leases().mayWaitElsewhere(view);
        }

        private boolean isInUse(Target target) {
            Object entry = target.slot().entry();
            return entry != null && pool.inUse(entry);
        }

        /** The lease is read last: what was said before is void if the slot has changed hands meanwhile. */
        private boolean stillWaits(Target target) {
            // A pool that tests a connection may have it in no list.
            return (target.isTest() || isInUse(target)) && isTheSameBorrow(target) && !mayWaitElsewhere(target);
        }

        @Override
        public Optional<String> noLongerNeeded() {
            return targets.stream().anyMatch(this::stillWaits) ? Optional.empty()
                    : Optional.of("none of the " + sessions(targets.size()) + " waits for an answer any more");
        }

        @Override
        public String observe() {
            return StateText.of(pool.state()) + " dead=" + targets.stream().filter(this::isTheSameBorrow).count()
                    + " aborted=" + aborted.size();
        }

        @Override
        public void apply() throws Throwable {
            List<Target> waiting = targets.stream().filter(this::stillWaits).toList();
            Map<Target, Connection> physical = new HashMap<>();
            waiting.forEach(target -> physical.put(target, pool.physical(target.slot().entry())));
            if (!waiting.isEmpty()) {
                evictIdle();
            }
            Throwable failure = null;
            for (Target target : waiting) {
                // Not asked of the pool again: one that lets go of all it has does not count it any more.
                if (physical.get(target) != null && isTheSameBorrow(target)) {
                    try {
                        SessionAbort.abort(physical.get(target));
                        aborted.add(target);
                    } catch (Throwable e) {
                        failure = e;
                    }
                }
            }
            if (aborted.isEmpty() && failure != null) {
                throw failure;
            }
        }

        /** However that ends: those who wait for a dead server must not wait for this too. */
        private void evictIdle() {
            if (!pool.softEvict().isPresent()) {
                return;
            }
            try {
                DisposableCall.await(EVICT_LIMIT, clock, () -> {
                    try {
                        pool.softEvict().pull(null);
                        return null;
                    } catch (Exception | Error e) {
                        throw e;
                    } catch (Throwable e) {
                        throw new IllegalStateException(e);
                    }
                });
            } catch (Throwable e) {
                LOG.warn("{}: idle connections could not be let go of", pool.id(), e);
            }
        }

        @Override
        public boolean claimHolds() {
            return targets.stream().noneMatch(target -> isTheSameBorrow(target)
                    && (!aborted.contains(target) || isInUse(target) || target.isTest()));
        }
    }
}
