package io.jvmmedic.core.instrument.c3p0;

import io.jvmmedic.core.instrument.HostClass;
import io.jvmmedic.core.instrument.HostContext;
import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;

/**
 * The members of one version of c3p0, found once per pool. What is read without the pool's lock is of plain collections
 * that others change: sizes are good enough, copies are tried again when they break.
 */
final class C3p0Members {

    private static final int TRIES = 3;

    private final Field managed;
    private final Field unused;
    private final Field waiters;
    private final Field max;
    private final Field min;
    private final Field broken;
    private final Field target;
    private final Field pendingAcquires;
    private final Field manager;
    /** From 0.11 on; before, the pool is its own monitor. */
    private final Optional<Field> lock;
    private final Optional<Method> signal;
    private final Method remove;
    private final Method ensureMin;
    private final Method expand;
    private final Method setTarget;
    private final Method resetPool;
    private final Method markBroken;
    private final Method checkin;
    private final Method checkout;
    private final Method acquire;
    private final Method destroy;
    private final Field excluded;
    private final Class<?> entryType;
    private final Field physical;
    private final Field exposedProxy;

    /** @throws IllegalStateException when a member is missing, which the shape check should have found before */
    C3p0Members(Object pool) {
        HostClass type = HostClass.of(pool.getClass(), C3p0Handle.LIBRARY);
        managed = type.field("managed");
        unused = type.field("unused");
        excluded = type.field("excluded");
        waiters = type.field("acquireWaiters");
        max = type.field("max");
        min = type.field("min");
        broken = type.field("broken");
        target = type.field("target_pool_size");
        pendingAcquires = type.field("pending_acquires");
        manager = type.field("mgr");
        lock = Members.field(pool.getClass(), "lockMain");
        signal = Members.method(pool.getClass(), "cscSignalAll");
        remove = type.method("removeResource", Object.class);
        ensureMin = type.method("ensureMinResources");
        expand = type.method("expandPool", int.class);
        setTarget = type.method("setTargetPoolSize", int.class);
        resetPool = type.method("resetPool");
        markBroken = type.method("markBroken", Object.class);
        checkin = type.method("checkinResource", Object.class);
        checkout = type.method("checkoutResource", long.class);
        HostClass managerType = type.neighbour(manager.getType().getName());
        acquire = managerType.method("acquireResource");
        destroy = managerType.method("destroyResource", Object.class, boolean.class);
        HostClass entry = type.neighbour(C3p0Integration.ENTRY);
        entryType = entry.type();
        physical = entry.field("physicalConnection");
        exposedProxy = entry.field("exposedProxy");
    }

    int total(Object pool) {
        return managed(pool).size();
    }

    int idle(Object pool) {
        return unused(pool).size();
    }

    int waiting(Object pool) {
        return ((Collection<?>) Members.read(pool, waiters)).size();
    }

    int max(Object pool) {
        return (int) Members.read(pool, max);
    }

    int min(Object pool) {
        return (int) Members.read(pool, min);
    }

    int pendingAcquires(Object pool) {
        return (int) Members.read(pool, pendingAcquires);
    }

    boolean isBroken(Object pool) {
        return (boolean) Members.read(pool, broken);
    }

    /** Entries that have left the pool and not come back, as far as one can tell without its lock. */
    List<Object> out(Object pool) {
        List<Object> entries = all(pool);
        List<Object> idle = copy(unused(pool));
        entries.removeIf(entry -> contains(idle, entry) || !isHandedOut(entry));
        return entries;
    }

    /**
     * Whether this entry is out; exact under the pool's lock. An entry that was given back stays among those that are not
     * idle while a helper thread looks it over; its proxy is gone by then.
     */
    boolean isOut(Object pool, Object entry) {
        return contains(all(pool), entry) && !contains(copy(unused(pool)), entry)
                && isHandedOut(entry);
    }

    /** Another vendor's {@code PooledConnection} does not tell. */
    boolean isHandedOut(Object entry) {
        return !entryType.isInstance(entry) || Members.read(entry, exposedProxy) != null;
    }

    boolean isProxyOf(Object entry, Object proxy) {
        return entryType.isInstance(entry) && Members.read(entry, exposedProxy) == proxy;
    }

    Connection physical(Object entry) {
        return entryType.isInstance(entry) ? (Connection) Members.read(entry, physical) : null;
    }

    /** Runs a call under the pool's lock. */
    void locked(Object pool, HostContext.Call call) throws Throwable {
        if (lock.isEmpty()) {
            synchronized (pool) {
                call.run();
            }
            return;
        }
        Lock held = (Lock) Members.read(pool, lock.get());
        held.lock();
        try {
            call.run();
        } finally {
            held.unlock();
        }
    }

    /** What c3p0 does with a connection that is overdue; under the lock. A helper thread closes it. */
    void remove(Object pool, Object entry) throws Throwable {
        Members.call(pool, remove, entry);
    }

    /** All entries that the pool counts. */
    List<Object> all(Object pool) {
        return copy(managed(pool).keySet());
    }

    /** Takes a slot from under a connection that is out, and orders another; the borrower keeps it; under the lock. */
    void exclude(Object pool, Object entry) throws Throwable {
        Members.call(pool, markBroken, entry);
    }

    /** Entries that the pool let go of and that have not come back. */
    List<Object> excluded(Object pool) {
        return copy((Collection<?>) Members.read(pool, excluded));
    }

    void checkin(Object pool, Object entry) throws Throwable {
        Members.call(pool, checkin, entry);
    }

    /** As c3p0 does for a borrower, without a proxy around it. */
    Object checkout(Object pool, long patienceMillis) throws Throwable {
        return Members.call(pool, checkout, patienceMillis);
    }

    /** Orders as many connections as the pool has lost; under the lock. */
    void ensureMin(Object pool) throws Throwable {
        Members.call(pool, ensureMin);
    }

    /** Orders connections, however many are on order; under the lock. */
    void expand(Object pool, int count) throws Throwable {
        Members.call(pool, expand, count);
    }

    /** Makes the pool want so many connections more, within its bounds, and wakes who waits; under the lock. */
    void want(Object pool, int more) throws Throwable {
        int wanted = Math.max(min(pool), Math.min(max(pool), total(pool) + more));
        if (wanted > (int) Members.read(pool, target)) {
            Members.call(pool, setTarget, wanted);
        } else {
            ensureMin(pool);
        }
        if (signal.isPresent()) {
            Members.call(pool, signal.get());
        } else {
            pool.notifyAll();
        }
    }

    void resetPool(Object pool) throws Throwable {
        Members.call(pool, resetPool);
    }

    /** A connection as the pool makes them, outside of its count. */
    Object acquire(Object pool) throws Throwable {
        return Members.call(Members.read(pool, manager), acquire);
    }

    void destroy(Object pool, Object entry) throws Throwable {
        Members.call(Members.read(pool, manager), destroy, entry, false);
    }

    private Map<?, ?> managed(Object pool) {
        return (Map<?, ?>) Members.read(pool, managed);
    }

    private List<?> unused(Object pool) {
        return (List<?>) Members.read(pool, unused);
    }

    /** Not by {@code contains}: that calls {@code equals} of the host. */
    static boolean contains(List<Object> list, Object candidate) {
        for (Object element : list) {
            if (element == candidate) {
                return true;
            }
        }
        return false;
    }

    private static List<Object> copy(Collection<?> others) {
        for (int i = 0; i < TRIES; i++) {
            try {
                List<Object> copied = new ArrayList<>(others.size());
                for (Object one : others) {
                    copied.add(one);
                }
                return copied;
            } catch (RuntimeException changedMeanwhile) {
                // Once more.
            }
        }
        return new ArrayList<>();
    }
}
