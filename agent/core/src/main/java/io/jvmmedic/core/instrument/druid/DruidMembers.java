package io.jvmmedic.core.instrument.druid;

import io.jvmmedic.core.instrument.HostClass;
import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The members of one version of Druid, found once per pool. Holds classes and members only. */
final class DruidMembers {

    private static final String LIBRARY = "Druid";
    private static final String PACKAGE = "com.alibaba.druid.pool.";

    private final Field activeCount;
    private final Field poolingCount;
    private final Field discardCount;
    private final Field waitingCount;
    private final Field connections;
    private final Field evicting;
    private final Field keepingAlive;
    private final Field activeConnections;
    private final Field activeConnectionLock;
    private final Field lock;
    private final Field notEmpty;
    private final Field closed;
    private final Field closing;
    private final Field creator;
    private final Field creating;
    private final Field createScheduler;
    private final Method maxActive;
    private final Method setMaxActive;
    private final Method minIdle;
    private final Method isKeepAlive;
    private final Method isRemoveAbandoned;
    private final Method emptySignal;
    private final Method startCreator;
    private final Method createPhysical;
    private final Method borrow;
    private final Method physicalOf;
    private final Class<?> holderType;
    private final Field holderConnection;
    private final Field holderActive;
    private final Field holderDiscard;
    private final Class<?> handleType;
    private final Field handleHolder;
    private final Method disable;
    private final Class<?> proxyType;
    private final Method rawObject;
    /** What Druid 1.2.2x puts around the driver's connection in order to keep a statement for its validation. */
    private final Optional<Method> kept;
    /** Not in the first versions of 1.2. */
    private final Optional<Method> outdateAll;

    /** @throws IllegalStateException when a member is missing, which the shape check should have found before */
    DruidMembers(Object pool) {
        HostClass type = HostClass.of(pool.getClass(), LIBRARY);
        activeCount = type.field("activeCount");
        poolingCount = type.field("poolingCount");
        discardCount = type.field("discardCount");
        waitingCount = type.field("notEmptyWaitThreadCount");
        connections = type.field("connections");
        evicting = type.field("evictConnections");
        keepingAlive = type.field("keepAliveConnections");
        activeConnections = type.field("activeConnections");
        activeConnectionLock = type.field("activeConnectionLock");
        lock = type.field("lock");
        notEmpty = type.field("notEmpty");
        closed = type.field("closed");
        closing = type.field("closing");
        creator = type.field("createConnectionThread");
        creating = type.field("creatingCount");
        createScheduler = type.field("createScheduler");
        maxActive = type.method("getMaxActive");
        setMaxActive = type.method("setMaxActive", int.class);
        minIdle = type.method("getMinIdle");
        isKeepAlive = type.method("isKeepAlive");
        isRemoveAbandoned = type.method("isRemoveAbandoned");
        emptySignal = type.method("emptySignal");
        startCreator = type.method("createAndStartCreatorThread");
        createPhysical = type.method("createPhysicalConnection");
        borrow = type.method("getConnection", long.class);
        physicalOf = HostClass.of(createPhysical.getReturnType(), LIBRARY).method("getPhysicalConnection");
        outdateAll = Members.method(pool.getClass(), "incrementUserPasswordVersion");
        HostClass holder = type.neighbour(PACKAGE + "DruidConnectionHolder");
        holderType = holder.type();
        holderConnection = holder.field("conn");
        holderActive = holder.field("active");
        holderDiscard = holder.field("discard");
        HostClass handle = type.neighbour(PACKAGE + "DruidPooledConnection");
        handleType = handle.type();
        handleHolder = handle.field("holder");
        disable = handle.method("disable");
        HostClass proxy = type.neighbour("com.alibaba.druid.proxy.jdbc.ConnectionProxy");
        proxyType = proxy.type();
        rawObject = proxy.method("getRawObject");
        kept = Members.neighbour(pool.getClass(), PACKAGE + "DruidStatementConnection")
                .flatMap(keeper -> Members.method(keeper, "getConnection"));
    }

    // ---- the pool, without its lock

    int active(Object pool) {
        return (int) Members.read(pool, activeCount);
    }

    int idle(Object pool) {
        return (int) Members.read(pool, poolingCount);
    }

    int waiting(Object pool) {
        return (int) Members.read(pool, waitingCount);
    }

    int maximum(Object pool) {
        return (int) quietly(pool, maxActive);
    }

    boolean isBelowMinimum(Object pool) {
        return (boolean) quietly(pool, isKeepAlive) && active(pool) + idle(pool) < (int) quietly(pool, minIdle);
    }

    boolean isClosed(Object pool) {
        return (boolean) Members.read(pool, closed) || (boolean) Members.read(pool, closing);
    }

    boolean removesAbandoned(Object pool) {
        return (boolean) quietly(pool, isRemoveAbandoned);
    }

    /** The thread that makes connections; {@code null} where a scheduler does it. */
    Thread creator(Object pool) {
        return Members.read(pool, createScheduler) == null ? (Thread) Members.read(pool, creator) : null;
    }

    boolean isCreating(Object pool) {
        return (int) Members.read(pool, creating) > 0;
    }

    boolean isScheduled(Object pool) {
        return Members.read(pool, createScheduler) != null;
    }

    /** Handles that Druid keeps for its own reclaimer; empty where that is off, or while its lock is taken. */
    List<?> keptHandles(Object pool) {
        ReentrantLock guard = (ReentrantLock) Members.read(pool, activeConnectionLock);
        if (!guard.tryLock()) {
            return List.of();
        }
        try {
            return List.of(((Map<?, ?>) Members.read(pool, activeConnections)).keySet().toArray());
        } finally {
            guard.unlock();
        }
    }

    // ---- a holder and its handle

    /** The holder behind a handle; {@code null} when the handle is closed, or is none. */
    Object holderOf(Object handle) {
        return handleType.isInstance(handle) ? Members.read(handle, handleHolder) : null;
    }

    Connection connectionOf(Object holder) {
        return (Connection) Members.read(holder, holderConnection);
    }

    boolean isOut(Object holder) {
        return (boolean) Members.read(holder, holderActive) && !(boolean) Members.read(holder, holderDiscard);
    }

    /** The driver's connection below what Druid and its filters put around it. */
    Connection raw(Connection connection) {
        if (proxyType.isInstance(connection)) {
            return raw((Connection) quietly(connection, rawObject));
        }
        if (kept.isPresent() && kept.get().getDeclaringClass().isInstance(connection)) {
            return raw((Connection) quietly(connection, kept.get()));
        }
        return connection;
    }

    void disable(Object handle) throws Throwable {
        Members.call(handle, disable);
    }

    // ---- acts

    ReentrantLock lock(Object pool) {
        return (ReentrantLock) Members.read(pool, lock);
    }

    /** To be called under the lock: what is out does not count any more, and its holder will not be taken back. */
    void strikeOut(Object pool, Object holder) throws IllegalAccessException {
        if (active(pool) <= 0) {
            throw new IllegalStateException("the pool counts no connection that is out");
        }
        if (holder != null) {
            holderActive.setBoolean(holder, false);
            holderDiscard.setBoolean(holder, true);
        }
        activeCount.setInt(pool, active(pool) - 1);
        discardCount.setLong(pool, discardCount.getLong(pool) + 1);
    }

    /** To be called under the lock: takes the youngest idle holder out; {@code null} when there is none. */
    Object takeIdle(Object pool) throws IllegalAccessException {
        int last = idle(pool) - 1;
        if (last < 0) {
            return null;
        }
        Object[] idle = (Object[]) Members.read(pool, connections);
        Object holder = idle[last];
        idle[last] = null;
        poolingCount.setInt(pool, last);
        holderDiscard.setBoolean(holder, true);
        discardCount.setLong(pool, discardCount.getLong(pool) + 1);
        return holder;
    }

    /** To be called under the lock. */
    void wake(Object pool, int wanted) throws Throwable {
        if (idle(pool) > 0) {
            ((Condition) Members.read(pool, notEmpty)).signalAll();
        }
        for (int i = 0; i < wanted; i++) {
            Members.call(pool, emptySignal);
        }
    }

    /** To be called under the lock: whether the destroyer is just closing or testing what it has taken out under it. */
    boolean isShrinking(Object pool) {
        return holdsAny(pool, evicting) || holdsAny(pool, keepingAlive);
    }

    private static boolean holdsAny(Object pool, Field list) {
        Object[] some = (Object[]) Members.read(pool, list);
        return some != null && some.length > 0 && some[0] != null;
    }

    void setMaximum(Object pool, int size) throws Throwable {
        Members.call(pool, setMaxActive, size);
    }

    boolean canOutdate() {
        return outdateAll.isPresent();
    }

    /** What was opened up to now is closed when it comes back, as after a change of the password. */
    void outdateAll(Object pool) throws Throwable {
        Members.call(pool, outdateAll.orElseThrow());
    }

    void startCreator(Object pool) throws Throwable {
        Members.call(pool, startCreator);
    }

    Connection connect(Object pool) throws Throwable {
        return (Connection) Members.call(Members.call(pool, createPhysical), physicalOf);
    }

    /** As a borrower does; the pool's handle. */
    Connection borrow(Object pool, long patienceMillis) throws Throwable {
        return (Connection) Members.call(pool, borrow, patienceMillis);
    }

    private static Object quietly(Object owner, Method getter) {
        try {
            return Members.call(owner, getter);
        } catch (Throwable e) {
            throw new IllegalStateException(getter + " failed", e);
        }
    }
}
