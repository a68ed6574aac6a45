package io.jvmmedic.core.instrument.hikari;

import io.jvmmedic.core.instrument.HostClass;
import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The members of one version of HikariCP, found once per pool. Holds classes and members only: a pool's
 * {@code HikariConfig} is often the {@code HikariDataSource} itself, which holds the pool.
 */
final class HikariMembers {

    static final int IN_USE = 1;
    private static final int POOL_SHUTDOWN = 2;
    /** What follows the pool's name in that of its thread: up to HikariCP 5, and from 6 on. */
    private static final List<String> ADDERS = List.of(" connection adder", ":connection-adder");
    private static final int SLACK = 64;
    private static final long PAUSE_NANOS = 20_000_000;
    private static final int MAX_CALLS = 50;

    private final Method active;
    private final Method idle;
    private final Method total;
    private final Method waiting;
    private final Method addBagItem;
    private final Method softEvict;
    private final Method evict;
    private final Method close;
    private final Method markEvicted;
    private final Method reserve;
    private final Method maximum;
    private final Method setMaximum;
    private final Method minimumIdle;
    private final Method borrow;
    private final Method newConnection;
    private final Field connection;
    private final Field adder;
    private final Field closer;
    private final Field poolName;
    private final Field entryState;
    private final Field poolState;
    private final Field config;
    private final Field bag;
    private final Field sharedList;

    /** @throws IllegalStateException when a member is missing, which the shape check should have found before */
    HikariMembers(Object pool) {
        HostClass type = HostClass.of(pool.getClass(), "HikariCP");
        config = type.field("config");
        bag = type.field("connectionBag");
        poolState = type.field("poolState");
        active = type.method("getActiveConnections");
        idle = type.method("getIdleConnections");
        total = type.method("getTotalConnections");
        waiting = type.method("getThreadsAwaitingConnection");
        addBagItem = type.method("addBagItem", int.class);
        softEvict = type.method("softEvictConnections");
        evict = type.method("evictConnection", Connection.class);
        HostClass entry = type.neighbour("com.zaxxer.hikari.pool.PoolEntry");
        close = type.method("closeConnection", entry.type(), String.class);
        markEvicted = entry.method("markEvicted");
        entryState = entry.field("state");
        HostClass bagType = type.neighbour(bag.getType().getName());
        sharedList = bagType.field("sharedList");
        reserve = bagType.method("reserve", type.neighbour(bag.getType().getName() + "$IConcurrentBagEntry").type());
        HostClass configType = type.neighbour(config.getType().getName());
        maximum = configType.method("getMaximumPoolSize");
        minimumIdle = configType.method("getMinimumIdle");
        setMaximum = configType.method("setMaximumPoolSize", int.class);
        borrow = type.method("getConnection", long.class);
        newConnection = Members.method(type.type(), "newConnection")
                .orElseGet(() -> type.method("newConnection", boolean.class));
        connection = entry.field("connection");
        adder = type.field("addConnectionExecutor");
        closer = type.field("closeConnectionExecutor");
        poolName = type.field("poolName");
    }

    int active(Object pool) {
        return number(pool, active);
    }

    int idle(Object pool) {
        return number(pool, idle);
    }

    int total(Object pool) {
        return number(pool, total);
    }

    int waiting(Object pool) {
        return number(pool, waiting);
    }

    int maximum(Object pool) {
        return number(Members.read(pool, config), maximum);
    }

    int minimumIdle(Object pool) {
        return number(Members.read(pool, config), minimumIdle);
    }

    boolean isEntry(Object candidate) {
        return connection.getDeclaringClass().isInstance(candidate);
    }

    /** The driver's connection; {@code null} once the entry is closed. */
    Connection connection(Object entry) {
        return (Connection) Members.read(entry, connection);
    }

    Connection borrow(Object pool, long timeoutMillis) throws Throwable {
        return (Connection) Members.call(pool, borrow, timeoutMillis);
    }

    /** Opens and sets up a connection that no slot counts. */
    Connection newConnection(Object pool) throws Throwable {
        return (Connection) (newConnection.getParameterCount() == 0
                ? Members.call(pool, newConnection) : Members.call(pool, newConnection, false));
    }

    /** Those that add and close connections; the one for housekeeping may be lent. Some are missing while it is being made. */
    List<Object> ownExecutors(Object pool) {
        return Stream.of(adder, closer).map(field -> Members.read(pool, field)).filter(Objects::nonNull).toList();
    }

    /** The executor whose one thread adds connections. */
    ThreadPoolExecutor adder(Object pool) {
        return (ThreadPoolExecutor) Members.read(pool, adder);
    }

    /**
     * The thread that adds a connection right now. By its name, for an executor does not tell its threads; {@code null}
     * where the user's thread factory names them differently.
     */
    Thread adderThread(Object pool) {
        if (adder(pool).getActiveCount() == 0) {
            return null;
        }
        String own = (String) Members.read(pool, poolName);
        List<String> names = ADDERS.stream().map(own::concat).toList();
        ThreadGroup all = rootGroup();
        Thread[] threads = new Thread[all.activeCount() * 2 + SLACK];
        int count = all.enumerate(threads, true);
        for (int i = 0; i < count; i++) {
            if (names.contains(threads[i].getName())) {
                return threads[i];
            }
        }
        return null;
    }

    private static ThreadGroup rootGroup() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }

    boolean isShutdown(Object pool) {
        return (int) Members.read(pool, poolState) == POOL_SHUTDOWN;
    }

    /** {@code IConcurrentBagEntry.STATE_*} of an entry. */
    int state(Object entry) {
        return (int) Members.read(entry, entryState);
    }

    /** All entries; a copy-on-write list, so it is a snapshot once an iterator exists. */
    @SuppressWarnings("unchecked")
    List<Object> entries(Object pool) {
        return List.copyOf((List<Object>) Members.read(Members.read(pool, bag), sharedList));
    }

    void markEvicted(Object entry) throws Throwable {
        Members.call(entry, markEvicted);
    }

    /** Takes an idle entry so that nobody can borrow it; false if it is not idle. */
    boolean reserve(Object pool, Object entry) throws Throwable {
        return (boolean) Members.call(Members.read(pool, bag), reserve, entry);
    }

    void close(Object pool, Object entry, String reason) throws Throwable {
        Members.call(pool, close, entry, reason);
    }

    void evict(Object pool, Connection handle) throws Throwable {
        Members.call(pool, evict, handle);
    }

    void softEvict(Object pool) throws Throwable {
        Members.call(pool, softEvict);
    }

    void setMaximum(Object pool, int size) throws Throwable {
        Members.call(Members.read(pool, config), setMaximum, size);
    }

    /**
     * Asks for {@code wanted} new entries while somebody waits. A call makes one creator run, whatever number it is
     * given, and is dropped when as many are queued as the pool once had slots: so it is repeated until they are there,
     * for a second at most.
     */
    void add(Object pool, int wanted) throws Throwable {
        int goal = Math.min(maximum(pool), total(pool) + wanted);
        for (int i = 0; i < MAX_CALLS && total(pool) < goal && waiting(pool) > 0; i++) {
            Members.call(pool, addBagItem, wanted);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static int number(Object owner, Method getter) {
        try {
            return (int) Members.call(owner, getter);
        } catch (Throwable e) {
            throw new IllegalStateException(getter + " failed", e);
        }
    }
}
