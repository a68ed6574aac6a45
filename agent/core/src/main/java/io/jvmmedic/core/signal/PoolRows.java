package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.Borrower;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.Leases;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.SqlErrors;
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.resource.Waiter;
import io.jvmmedic.core.util.Activity;
import io.jvmmedic.core.util.AppFrames;
import io.jvmmedic.core.util.Stacks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Rows of one JDBC pool: its state, and, only where something looks wrong, its holders and waiters. */
final class PoolRows {

    /** A lease younger than this is nobody's business in a pool that has free slots. */
    private static final long NOTABLE_MILLIS = 2_000;
    /** A virtual thread cannot be looked at; after so long without a new statement it is taken to be done. */
    private static final long UNSEEN_MILLIS = 60_000;
    private static final StackTraceElement[] NO_STACK = {};
    private static final int MAX_HOLDERS = 200;
    private static final int MAX_WAITERS = 100;
    private static final int MAX_SITES = 10;

    private final Leases leases;
    private final ThreadView threads;
    private final ScopeWatch scopes;
    private final Map<PoolHandle, SlotTimes> times = new ConcurrentHashMap<>();
    private volatile long round;

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
        boolean pressed = state.waiting() > 0;
        leases.attend(pool, pressed || state.active() * 2 > state.max());

        round = tick;
        SlotTimes slotTimes = pressed ? times.computeIfAbsent(pool, key -> new SlotTimes()) : null;
        if (pressed) {
            slotTimes.open(tick);
            slotTimes.unseen(state.active() - held.size());
        }
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

        List<Lease.View> notable = held.stream()
                .filter(lease -> pressed || lease.unreachable() || lease.heldMillis() >= NOTABLE_MILLIS)
                .sorted(Comparator.comparingLong(Lease.View::heldMillis).reversed())
                .limit(MAX_HOLDERS).toList();
        Map<Long, Borrower> borrowers = Borrower.of(
                notable.stream().flatMap(lease -> Stream.of(lease.threadId(), lease.userId())).toList(), threads);
        notable.forEach(lease -> rows.add(holder(pool, lease, held, waiters, borrowers, slotTimes, tick, now)));
        if (pressed) {
            Map<Long, Integer> holds = new HashMap<>();
            rows.stream().filter(row -> row.type().equals(Signal.HELD_CONNECTION))
                    .forEach(row -> holds.merge(row.number("threadId"), 1, Integer::sum));
            List<Waiter> longest = own.stream().sorted(Comparator.comparingLong(Waiter::waitedMillis).reversed())
                    .limit(MAX_WAITERS).toList();
            Map<Thread, StackTraceElement[]> stacks =
                    Stacks.of(longest.stream().map(Waiter::thread).filter(Objects::nonNull).toList());
            longest.forEach(waiter -> rows.add(waiter(pool, waiter, stacks, holds, tick, now)));
        }
        slotTimes(pool).stream().limit(MAX_SITES).forEach(time -> rows.add(Signal.of(Signal.SLOT_TIME, now)
                .with("tick", tick).with("resource", pool.id()).with("site", time.site()).with("slots", time.slots())
                .with("jdbcTime", time.jdbcMillis()).with("otherTime", time.otherMillis())
                .with("unseenTime", time.unseenMillis()).build()));
        return rows;
    }

    /** Where the slots of a pool went while borrowers waited, the longest first; from any thread. */
    List<SlotTime> slotTimes(PoolHandle pool) {
        SlotTimes known = times.get(pool);
        return known == null ? List.of() : known.at(round);
    }

    /**
     * Whether this is a lease that lies unused while its borrower is done, or whose borrower waits for another one: that is
     * believed to be a lock within two seconds. Somebody may be reading a result set all the same, whose rows are not
     * followed else.
     */
    static boolean mayBeReadFrom(Signal row) {
        return row.type().equals(Signal.HELD_CONNECTION) && (!row.text("waitsFor").isEmpty()
                || row.flag("scopeOver") && row.number("idleFor") >= NOTABLE_MILLIS);
    }

    void prune() {
        times.keySet().removeIf(pool -> !pool.alive());
    }

    private Signal holder(PoolHandle pool, Lease.View lease, List<Lease.View> held, Map<Long, Waiter> waiters,
            Map<Long, Borrower> borrowers, SlotTimes slotTimes, long tick, long now) {
        Borrower borrower = borrowers.get(lease.threadId());
        Borrower user = borrowers.get(lease.userId());
        boolean scopeOver = scopes.isOver(lease, borrower, user, tick);
        // Who has handed it to another thread may wait for whatever it likes: the work on it goes on there.
        boolean handedOn = user != borrower && !scopes.isUserDone(lease, user);
        Borrower holder = handedOn ? user : borrower;
        long holderId = handedOn ? lease.userId() : lease.threadId();
        Waiter waits = waiters.get(holderId);
        Activity activity = holder.activity(waits);
        boolean inUse = inUse(lease, user, held);
        if (slotTimes != null) {
            // What the thread does after its work on this lease is over is no use of it.
            slotTimes.look(lease.siteText(), scopeOver ? Activity.PARKED : activity, inUse);
        }
        return Signal.of(Signal.HELD_CONNECTION, now)
                .with("tick", tick).with("resource", pool.id()).with("leaseId", lease.id())
                .with("thread", holder.name()).with("threadId", holderId)
                .with("heldFor", lease.heldMillis()).with("idleFor", lease.idleMillis())
                .with("typicalHold", lease.typicalHoldMillis()).with("calmHold", lease.calmHoldMillis())
                .with("longestPause", lease.longestPauseMillis())
                .with("site", lease.siteText()).with("doing", holder.doing())
                .with("activity", activity.name())
                .with("waitsFor", waits == null ? "" : waits.resource().id().toString())
                .with("inScope", borrower.isStillAt(lease.siteText()))
                .with("scopeOver", scopeOver)
                .with("unreachable", lease.unreachable()).with("escaped", lease.escaped())
                .with("inUse", inUse).with("enlisted", enlisted(pool, lease)).build();
    }

    private boolean enlisted(PoolHandle pool, Lease.View lease) {
        Lease slot = lease.idleMillis() < NOTABLE_MILLIS && !lease.unreachable() ? null : leases.byId(lease.id());
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

    private Signal waiter(PoolHandle pool, Waiter waiter, Map<Thread, StackTraceElement[]> stacks, Map<Long, Integer> holds,
            long tick, long now) {
        Thread thread = waiter.thread();
        StackTraceElement[] stack = stacks.getOrDefault(thread, NO_STACK);
        return Signal.of(Signal.WAITING_BORROWER, now)
                .with("tick", tick).with("resource", pool.id())
                .with("thread", Borrower.name(waiter.threadId(), thread)).with("threadId", waiter.threadId())
                .with("waitedFor", waiter.waitedMillis()).with("holds", holds.getOrDefault(waiter.threadId(), 0))
                .with("activity", activity(stack).name()).with("site", AppFrames.top(stack)).build();
    }

    /** A borrower of a pool without a creator makes its connection itself: that is no wait for a slot. */
    private static Activity activity(StackTraceElement[] stack) {
        if (stack.length == 0) {
            return Activity.UNKNOWN;
        }
        Activity seen = Activity.of(Thread.State.RUNNABLE, stack);
        return seen == Activity.JDBC || seen == Activity.IO ? seen : Activity.WAITING_FOR_POOL;
    }
}
