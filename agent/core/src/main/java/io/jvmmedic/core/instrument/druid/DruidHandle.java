package io.jvmmedic.core.instrument.druid;

import io.jvmmedic.core.instrument.HostContext;
import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.WeakHandle;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.Leases;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * One {@code DruidDataSource}. Its entries are physical connections, those of the filters' proxies where there are any.
 *
 * <p>Druid counts what is out and knows nothing else of it: a handle that leaks is collected together with its holder, and
 * the count stays. So the lease keeps the connection. And {@code discardConnection} closes first and asks then whether the
 * connection is out at all; here it is struck out under the pool's lock, if it still is out, and closed after that.
 */
final class DruidHandle extends WeakHandle<Object> implements PoolHandle {

    private static final String GIVEN_BACK = "the connection has been given back in the meantime";
    private static final long PAUSE_NANOS = 10_000_000;
    private static final long BORROW_MILLIS = 1_000;
    private static final long MAX_SHRINKING_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final DruidMembers members;
    private final Leases leases;
    private final DruidSlots slots = new DruidSlots();

    DruidHandle(Object pool, ResourceRegistry registry) {
        super(pool, registry.uniqueId(ResourceId.Kind.POOL, name(pool)));
        members = new DruidMembers(pool);
        leases = registry.leases();
    }

    /** What a user called it, or what Druid calls one without a name. */
    private static String name(Object pool) {
        return Members.read(pool, "name") instanceof String name ? name : "DataSource-" + System.identityHashCode(pool);
    }

    @Override
    public String library() {
        return "Druid";
    }

    @Override
    public boolean alive() {
        Object pool = hostObject();
        return pool != null && !members.isClosed(pool);
    }

    @Override
    public State state() {
        Object pool = hostObject();
        if (pool == null) {
            return null;
        }
        int active = members.active(pool);
        int idle = members.idle(pool);
        return new State(active, idle, active + idle, members.maximum(pool), members.waiting(pool));
    }

    @Override
    public boolean adopt(Object entry, Object handle) {
        Object holder = members.holderOf(handle);
        if (holder != null) {
            slots.add(entry, holder);
        }
        return true;
    }

    @Override
    public boolean wraps(String type) {
        return type.startsWith("com.alibaba.druid.");
    }

    /**
     * By the holder's word, unless it is just being given back; where the holder is collected nobody can have given the
     * connection back, and our own books tell.
     */
    @Override
    public boolean inUse(Object entry) {
        Lease lease = leaseOf(entry);
        boolean out = lease != null && lease.read() != null;
        Object holder = slots.holderOf(entry);
        return holder == null ? out && slots.knows(entry) : members.isOut(holder) && (out || lease == null);
    }

    /** Borrows from before a hot attach are known only where Druid removes abandoned connections itself. */
    @Override
    public List<Object> entriesInUse() {
        Object pool = hostObject();
        if (pool == null) {
            return List.of();
        }
        for (Object handle : members.keptHandles(pool)) {
            Object holder = members.holderOf(handle);
            if (holder != null) {
                slots.add(members.connectionOf(holder), holder);
            }
        }
        return slots.connections().stream().filter(this::inUse).toList();
    }

    @Override
    public boolean keepsHandles() {
        Object pool = hostObject();
        return pool != null && members.removesAbandoned(pool);
    }

    @Override
    public Connection physical(Object entry) {
        return slots.knows(entry) ? members.raw((Connection) entry) : null;
    }

    // ---- one connection

    @Override
    public Lever<Object> closeEntry() {
        return Lever.of("DruidDataSource.discardConnection", entry -> act(pool -> {
            long borrow = borrowOf(entry);
            discard(pool, entry, () -> inUse(entry) && borrowOf(entry) == borrow);
        }));
    }

    @Override
    public Lever<Object> evictHandle() {
        return Lever.of("DruidDataSource.discardConnection", handle -> act(pool -> {
            Object holder = members.holderOf(handle);
            if (holder == null) {
                throw new IllegalStateException(GIVEN_BACK);
            }
            Connection entry = members.connectionOf(holder);
            slots.add(entry, holder);
            discard(pool, entry, () -> inUse(entry) && members.holderOf(handle) == holder);
            members.disable(handle);
        }));
    }

    private interface Check {
        boolean holds();
    }

    private void discard(Object pool, Object entry, Check stillOut) throws Throwable {
        locked(pool, () -> {
            if (!stillOut.holds()) {
                throw new IllegalStateException(GIVEN_BACK);
            }
            members.strikeOut(pool, slots.holderOf(entry));
            members.wake(pool, members.waiting(pool) > 0 || members.isBelowMinimum(pool) ? 1 : 0);
        });
        leases.discarded(entry);
        ((Connection) entry).close();
    }

    /** Number of the current borrow of an entry; 0 when there is none that we know of. */
    private long borrowOf(Object entry) {
        Lease lease = leaseOf(entry);
        Lease.View view = lease == null ? null : lease.read();
        return view == null ? 0 : view.id();
    }

    private Lease leaseOf(Object entry) {
        return leases.slots(this).stream().filter(slot -> slot.entry() == entry).findFirst().orElse(null);
    }

    // ---- the whole pool

    @Override
    public Lever<Void> softEvict() {
        Object pool = hostObject();
        if (pool == null || !members.canOutdate()) {
            return Lever.absent("this version of Druid cannot mark connections that are in use to be closed later");
        }
        return Lever.of("DruidDataSource.incrementUserPasswordVersion", nothing -> act(found -> {
            members.outdateAll(found);
            closeIdle(found, Integer.MAX_VALUE);
            kick(found, members.waiting(found));
        }));
    }

    /**
     * Not while the destroyer works with arrays that {@code setMaxActive} replaces: it would die of it. Idle surplus, which
     * Druid would keep, is let go of at once; what is in use goes when it comes back.
     */
    @Override
    public Lever<Integer> resize() {
        return Lever.of("DruidDataSource.setMaxActive", size -> act(pool -> {
            long deadline = System.nanoTime() + MAX_SHRINKING_NANOS;
            while (!resizeBetweenShrinks(pool, size)) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("the pool has been closing idle connections for seconds, which hangs");
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            closeIdle(pool, members.active(pool) + members.idle(pool) - size);
        }));
    }

    private boolean resizeBetweenShrinks(Object pool, int size) throws Throwable {
        ReentrantLock lock = members.lock(pool);
        lock.lock();
        try {
            if (members.isShrinking(pool)) {
                return false;
            }
            members.setMaximum(pool, size);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void closeIdle(Object pool, int count) throws Throwable {
        List<Connection> taken = new ArrayList<>();
        locked(pool, () -> {
            for (int i = 0; i < count && members.idle(pool) > 0; i++) {
                taken.add(members.connectionOf(members.takeIdle(pool)));
            }
        });
        for (Connection connection : taken) {
            leases.discarded(connection);
            connection.close();
        }
    }

    /**
     * Nothing tells the creator that there is room again. Its own signal serves who waits within milliseconds; to borrow
     * and to give back would have the agent queue behind them.
     */
    @Override
    public Lever<Integer> kick() {
        return Lever.of("DruidDataSource.emptySignal", wanted -> act(pool -> kick(pool, wanted)));
    }

    private void kick(Object pool, int wanted) throws Throwable {
        locked(pool, () -> members.wake(pool, wanted));
    }

    /** Borrows from before a hot attach that nobody can list stay out and are taken back as they come. */
    @Override
    public Lever<Void> reset() {
        return Lever.of("DruidDataSource.discardConnection for each connection", nothing -> act(pool -> {
            for (Object entry : entriesInUse()) {
                try {
                    discard(pool, entry, () -> inUse(entry));
                } catch (IllegalStateException givenBack) {
                    // It is among the idle ones now.
                }
            }
            closeIdle(pool, Integer.MAX_VALUE);
            kick(pool, members.waiting(pool));
        }));
    }

    @Override
    public Lever<Consumer<Connection>> connect() {
        return Lever.of("DruidDataSource.createPhysicalConnection", use -> act(pool -> {
            try (Connection fresh = members.connect(pool)) {
                use.accept(members.raw(fresh));
            }
        }));
    }

    /** Its handles refuse some calls in older versions, so the session is the driver's own. */
    @Override
    public Lever<Consumer<Connection>> borrow() {
        return Lever.of("DruidDataSource.getConnection", use -> act(pool -> {
            try (Connection handle = members.borrow(pool, BORROW_MILLIS)) {
                use.accept(members.raw(members.connectionOf(members.holderOf(handle))));
            }
        }));
    }

    // ---- the creator

    @Override
    public Creator creator() {
        Object pool = hostObject();
        if (pool == null || members.isScheduled(pool)) {
            return Creator.BORROWERS;
        }
        Thread thread = members.creator(pool);
        boolean room = members.active(pool) + members.idle(pool) < members.maximum(pool);
        boolean wanted = room && members.waiting(pool) > members.idle(pool) || members.isBelowMinimum(pool);
        boolean dead = thread == null || !thread.isAlive();
        return new Creator(wanted, dead, !dead && members.isCreating(pool) ? thread : null);
    }

    @Override
    public Lever<Void> revive() {
        Object pool = hostObject();
        return pool != null && members.isScheduled(pool)
                ? Lever.absent("a scheduler of the application makes the connections of this pool")
                : Lever.of("DruidDataSource.createAndStartCreatorThread", nothing -> act(this::revive));
    }

    /** A second creator beside one that hangs: what the first still brings is let go of where it is too much. */
    private void revive(Object pool) throws Throwable {
        Thread thread = members.creator(pool);
        if (thread == null || !thread.isAlive() || members.isCreating(pool)) {
            members.startCreator(pool);
        }
        kick(pool, members.waiting(pool));
    }

    private interface Act {
        void run() throws Throwable;
    }

    private void locked(Object pool, Act act) throws Throwable {
        ReentrantLock lock = members.lock(pool);
        lock.lock();
        try {
            act.run();
        } finally {
            lock.unlock();
        }
    }

    private interface PoolCall {
        void on(Object pool) throws Throwable;
    }

    private void act(PoolCall call) throws Throwable {
        Object pool = required();
        HostContext.with(pool.getClass().getClassLoader(), () -> call.on(pool));
    }
}
