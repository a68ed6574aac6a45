package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.Borrower;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.Leases;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.SqlErrors;
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.resource.Waiter;
import io.jvmmedic.core.util.AppFrames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rows of one JDBC pool: its state, and, only where something looks wrong, its holders and waiters. */
final class PoolRows {

    /** A lease younger than this is nobody's business in a pool that has free slots. */
    private static final long NOTABLE_MILLIS = 2_000;
    /** A virtual thread cannot be looked at; after so long without a new statement it is taken to be done. */
    private static final long UNSEEN_MILLIS = 60_000;
    private static final int MAX_HOLDERS = 200;
    private static final int MAX_WAITERS = 100;

    private final Leases leases;
    private final ThreadView threads;
    private final ScopeWatch scopes;

    PoolRows(Leases leases, ThreadView threads) {
        this.leases = leases;
        this.threads = threads;
        this.scopes = new ScopeWatch(threads);
    }

    List<Signal> of(PoolHandle pool, Map<Long, Waiter> waiters, long tick, long now, long sinceGc) {
        PoolHandle.State state = pool.state();
        if (state == null) {
            return List.of();
        }
        List<Lease.View> held = leases.of(pool);
        boolean exhausted = state.active() >= state.max();
        boolean pressed = state.waiting() > 0;
        leases.attend(pool, pressed || state.active() * 2 > state.max());

        List<Signal> rows = new ArrayList<>();
        PoolHandle.Creator creator = pool.creator();
        SqlErrors.Counts errors = leases.errors(pool);
        Collection<Waiter> own = waiters.values().stream().filter(waiter -> waiter.resource() == pool).toList();
        rows.add(Signal.of(Signal.POOL, now)
                .with("tick", tick).with("resource", pool.id()).with("library", pool.library())
                .with("active", state.active()).with("idle", state.idle()).with("total", state.total())
                .with("max", state.max()).with("waiting", state.waiting())
                .with("oldestWait", pressed ? own.stream().mapToLong(Waiter::waitedMillis).max().orElse(0) : 0)
                .with("borrows", leases.borrows(pool)).with("timeouts", leases.timeouts(pool))
                .with("sinceGc", sinceGc).with("keepsHandles", pool.keepsHandles())
                .with("lostErrors", errors.lost()).with("readOnlyErrors", errors.readOnly())
                .with("failedSessions", errors.sessions()).with("failedConnects", errors.refused())
                .with("fullErrors", errors.full()).with("lastError", errors.last())
                .with("creatorWanted", creator.wanted()).with("creatorDead", creator.dead())
                .with("creatorThread", creator.worker() == null ? "" : creator.worker().getName())
                .with("creatorDoing", creator.worker() == null ? "" : AppFrames.top(creator.worker().getStackTrace()))
                .build());

        held.stream()
                .filter(lease -> exhausted && pressed || lease.unreachable() || lease.heldMillis() >= NOTABLE_MILLIS)
                .sorted(Comparator.comparingLong(Lease.View::heldMillis).reversed())
                .limit(MAX_HOLDERS)
                .forEach(lease -> rows.add(holder(pool, lease, held, waiters, tick, now)));
        if (pressed) {
            Map<Long, Integer> holds = new HashMap<>();
            held.forEach(lease -> holds.merge(lease.threadId(), 1, Integer::sum));
            own.stream().sorted(Comparator.comparingLong(Waiter::waitedMillis).reversed()).limit(MAX_WAITERS)
                    .forEach(waiter -> rows.add(waiter(pool, waiter, holds, tick, now)));
        }
        return rows;
    }

    private Signal holder(PoolHandle pool, Lease.View lease, List<Lease.View> held, Map<Long, Waiter> waiters,
            long tick, long now) {
        Borrower borrower = Borrower.of(lease.threadId(), threads);
        Borrower user = lease.userId() == lease.threadId() ? borrower : Borrower.of(lease.userId(), threads);
        Waiter waits = waiters.get(lease.threadId());
        return Signal.of(Signal.HELD_CONNECTION, now)
                .with("tick", tick).with("resource", pool.id()).with("leaseId", lease.id())
                .with("thread", borrower.name()).with("threadId", lease.threadId())
                .with("heldFor", lease.heldMillis()).with("idleFor", lease.idleMillis())
                .with("typicalHold", lease.typicalHoldMillis()).with("calmHold", lease.calmHoldMillis())
                .with("longestPause", lease.longestPauseMillis())
                .with("site", lease.siteText()).with("doing", borrower.doing())
                .with("activity", borrower.activity(waits).name())
                .with("waitsFor", waits == null ? "" : waits.resource().id().toString())
                .with("inScope", borrower.isStillAt(lease.siteText()))
                .with("scopeOver", scopes.isOver(lease, borrower, user, tick))
                .with("unreachable", lease.unreachable()).with("escaped", lease.escaped())
                .with("inUse", inUse(lease, user, held)).with("enlisted", enlisted(pool, lease)).build();
    }

    private boolean enlisted(PoolHandle pool, Lease.View lease) {
        Lease slot = lease.idleMillis() < NOTABLE_MILLIS ? null : leases.byId(lease.id());
        Object entry = slot == null ? null : slot.entry();
        return entry != null && pool.enlisted(entry);
    }

    /**
     * Whether a statement may be running on a lease, also on one that nobody can reach. That happens: compiled code does
     * not keep a connection alive that it will not touch again, so {@code getConnection().prepareStatement(..).execute()}
     * leaks the connection while a long statement runs on it, and whatever that statement does must not be cut off. A
     * thread that has used another lease since runs its statement there.
     */
    private static boolean inUse(Lease.View lease, Borrower user, List<Lease.View> held) {
        boolean usedAnotherSince = held.stream().anyMatch(other -> other.id() != lease.id()
                && other.userId() == lease.userId() && other.idleMillis() < lease.idleMillis());
        return !usedAnotherSince && user.mayBeInDriver()
                && (lease.userId() >= 0 || !lease.unreachable() || lease.idleMillis() < UNSEEN_MILLIS);
    }

    private Signal waiter(PoolHandle pool, Waiter waiter, Map<Long, Integer> holds, long tick, long now) {
        Thread thread = waiter.thread();
        return Signal.of(Signal.WAITING_BORROWER, now)
                .with("tick", tick).with("resource", pool.id())
                .with("thread", Borrower.name(waiter.threadId(), thread)).with("threadId", waiter.threadId())
                .with("waitedFor", waiter.waitedMillis()).with("holds", holds.getOrDefault(waiter.threadId(), 0))
                .with("site", thread == null ? "" : AppFrames.top(thread.getStackTrace())).build();
    }
}
