package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.core.instrument.HostClass;
import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import javax.management.ObjectName;

/** The members of one version of both libraries, found once per pool. Holds classes and members only. */
final class Dbcp2Members {

    private static final String LIBRARY = "Commons DBCP2";
    private static final String FACTORY = "PoolableConnectionFactory";
    private static final String ALLOCATED = "ALLOCATED";
    /** Wrappers around a connection: more than anybody stacks, so that a ring ends. */
    private static final int MAX_DEPTH = 50;

    private final Class<?> entryType;
    private final Class<?> wrapperType;
    private final Field all;
    private final Field idle;
    private final Field factory;
    private final Field wrapped;
    private final Method jmxName;
    private final Method isClosed;
    private final Method waiters;
    private final Method maximum;
    private final Method setMaximum;
    private final Method clear;
    private final Method addObject;
    private final Method invalidate;
    private final Method connectionFactory;
    private final Method createConnection;
    private final Method object;
    private final Method borrow;
    private final Method state;
    private final Method markReturning;
    private final Method allocate;

    /** @throws IllegalStateException when a member is missing, which the shape check should have found before */
    Dbcp2Members(Object pool, Edition edition) {
        HostClass type = HostClass.of(pool.getClass(), LIBRARY);
        all = type.field("allObjects");
        idle = type.field("idleObjects");
        factory = type.field("factory");
        jmxName = type.method("getJmxName");
        isClosed = type.method("isClosed");
        waiters = type.method("getNumWaiters");
        maximum = type.method("getMaxTotal");
        setMaximum = type.method("setMaxTotal", int.class);
        clear = type.method("clear");
        addObject = type.method("addObject");
        borrow = type.method("borrowObject", long.class);
        invalidate = type.method("invalidateObject", Object.class);
        HostClass record = type.neighbour(edition.pool() + ".PooledObject");
        object = record.method("getObject");
        state = record.method("getState");
        markReturning = record.method("markReturning");
        allocate = record.method("allocate");
        // DBCP may be of another loader than its pool library.
        HostClass factoryType = HostClass.of(Members.read(pool, factory).getClass(), LIBRARY);
        HostClass wrapper = factoryType.neighbour(edition.dbcp() + ".DelegatingConnection");
        entryType = factoryType.neighbour(edition.dbcp() + ".PoolableConnection").type();
        wrapperType = wrapper.type();
        wrapped = wrapper.field("connection");
        connectionFactory = factoryType.method("getConnectionFactory");
        createConnection = factoryType.neighbour(edition.dbcp() + ".ConnectionFactory").method("createConnection");
    }

    /** Whether the pool's factory is DBCP's or extends it. */
    static boolean poolsConnections(Object pool, Edition edition) {
        Object factory = Members.read(pool, "factory");
        return factory != null && isA(factory, edition.dbcp() + "." + FACTORY);
    }

    boolean isManaged(Object pool) {
        return Members.read(factory(pool), "transactionRegistry") != null;
    }

    private static boolean isA(Object candidate, String name) {
        for (Class<?> type = candidate.getClass(); type != null; type = type.getSuperclass()) {
            if (type.getName().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private Object factory(Object pool) {
        return Members.read(pool, factory);
    }

    ClassLoader loaderOfFactory(Object pool) {
        return factory(pool).getClass().getClassLoader();
    }

    /** What its data source is called in JMX, where it is; a pool knows no other name. */
    String name(Object pool) {
        ObjectName name = (ObjectName) ask(pool, jmxName);
        String given = name == null ? null : name.getKeyProperty("name");
        return given == null ? "dbcp2" : given.startsWith("\"") ? ObjectName.unquote(given) : given;
    }

    boolean isClosed(Object pool) {
        return (boolean) ask(pool, isClosed);
    }

    /** The pool's records of all its entries; concurrent. */
    @SuppressWarnings("unchecked")
    Collection<Object> records(Object pool) {
        return ((Map<Object, Object>) Members.read(pool, all)).values();
    }

    /** The record of an entry; {@code null} if it is none of this pool's. */
    Object record(Object pool, Object entry) {
        for (Object record : records(pool)) {
            if (entryOf(record) == entry) {
                return record;
            }
        }
        return null;
    }

    Object entryOf(Object record) {
        return ask(record, object);
    }

    boolean isAllocated(Object record) {
        return ((Enum<?>) ask(record, state)).name().equals(ALLOCATED);
    }

    /** Makes a borrowed object one that is being returned; false if it is not borrowed any more. */
    boolean claim(Object record) throws Throwable {
        synchronized (record) {
            if (!isAllocated(record)) {
                return false;
            }
            Members.call(record, markReturning);
            return true;
        }
    }

    /** Borrows an object that is in no queue; false if it is being tested. */
    boolean allocate(Object record) throws Throwable {
        return (boolean) Members.call(record, allocate);
    }

    @SuppressWarnings("unchecked")
    private Queue<Object> idleQueue(Object pool) {
        return (Queue<Object>) Members.read(pool, idle);
    }

    int idle(Object pool) {
        return idleQueue(pool).size();
    }

    /** Takes the record of an idle object out of the pool; {@code null} if nothing is idle. */
    Object takeIdle(Object pool) {
        return idleQueue(pool).poll();
    }

    /** Takes this one out of the queue of idle objects; false if it is not there. */
    boolean takeIdle(Object pool, Object record) {
        return idleQueue(pool).remove(record);
    }

    /** As a borrower does; what comes is given back by its {@code close}. */
    Connection borrow(Object pool, long patienceMillis) throws Throwable {
        return (Connection) Members.call(pool, borrow, patienceMillis);
    }

    int waiting(Object pool) {
        return (int) ask(pool, waiters);
    }

    int maximum(Object pool) {
        int value = (int) ask(pool, maximum);
        return value < 0 ? Integer.MAX_VALUE : value;
    }

    void setMaximum(Object pool, int value) throws Throwable {
        Members.call(pool, setMaximum, value);
    }

    void clear(Object pool) throws Throwable {
        Members.call(pool, clear);
    }

    void invalidate(Object pool, Object entry) throws Throwable {
        Members.call(pool, invalidate, entry);
    }

    /** Adds idle objects as long as there is room and somebody waits. */
    void add(Object pool, int wanted) throws Throwable {
        for (int i = 0; i < wanted && waiting(pool) > 0 && records(pool).size() < maximum(pool); i++) {
            Members.call(pool, addObject);
        }
    }

    Connection connect(Object pool) throws Throwable {
        return (Connection) Members.call(ask(factory(pool), connectionFactory), createConnection);
    }

    /** The pool's object inside a handle; {@code null} once it is given back. */
    Object entryBehind(Object handle) {
        Object connection = handle;
        for (int i = 0; i < MAX_DEPTH && wrapperType.isInstance(connection); i++) {
            if (entryType.isInstance(connection)) {
                return connection;
            }
            connection = Members.read(connection, wrapped);
        }
        return null;
    }

    /** The driver's connection; {@code null} for what is no entry. */
    Connection physical(Object entry) {
        if (!entryType.isInstance(entry)) {
            return null;
        }
        Object connection = entry;
        for (int i = 0; i < MAX_DEPTH && wrapperType.isInstance(connection); i++) {
            connection = Members.read(connection, wrapped);
        }
        return wrapperType.isInstance(connection) ? null : (Connection) connection;
    }

    /**
     * Whether a transaction that is not complete has taken an entry as the one its connections share. The registry is read
     * without its lock: what cannot be told counts as enlisted.
     */
    boolean isEnlisted(Object entry) {
        Object registry = entryType.isInstance(entry) ? Members.read(entry, "transactionRegistry") : null;
        if (registry == null || !(Members.read(registry, "caches") instanceof Map<?, ?> contexts)) {
            return registry != null;
        }
        try {
            for (Object context : List.copyOf(contexts.values())) {
                if (Members.read(context, "sharedConnection") == entry
                        && !Boolean.TRUE.equals(Members.read(context, "transactionComplete"))) {
                    return true;
                }
            }
            return false;
        } catch (RuntimeException changedMeanwhile) {
            return true;
        }
    }

    private static Object ask(Object owner, Method getter) {
        try {
            return Members.call(owner, getter);
        } catch (Throwable e) {
            throw new IllegalStateException(getter + " failed", e);
        }
    }
}
