package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.core.instrument.HostClass;
import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;

/** The members of one version of Tomcat JDBC, found once per pool. Holds classes and members only. */
final class TomcatJdbcMembers {

    private static final String PACKAGE = "org.apache.tomcat.jdbc.pool.";
    /** Interceptors between a handle and the entry: more than anybody configures, so that a ring ends. */
    private static final int MAX_CHAIN = 50;

    private final Class<?> entryType;
    private final Class<?> facadeType;
    private final Class<?> interceptorType;
    private final Class<?> innermostType;
    private final Field busy;
    private final Field idle;
    private final Field size;
    private final Field waitcount;
    private final Field closed;
    private final Field configuration;
    private final Field next;
    private final Field delegate;
    private final Field physical;
    private final Field xaConnection;
    private final Method name;
    private final Method maximum;
    private final Method setMaximum;
    private final Method usesFacade;
    private final Method create;
    private final Method release;
    private final Method abandon;
    private final Method purge;
    private final Method borrow;
    private final Method setDiscarded;
    private final Method connect;
    private final Method disconnect;

    /** @throws IllegalStateException when a member is missing, which the shape check should have found before */
    TomcatJdbcMembers(Object pool) {
        HostClass type = HostClass.of(typeOf(pool), "Tomcat JDBC");
        HostClass entry = type.neighbour(PACKAGE + "PooledConnection");
        HostClass interceptor = type.neighbour(PACKAGE + "JdbcInterceptor");
        HostClass innermost = type.neighbour(PACKAGE + "ProxyConnection");
        entryType = entry.type();
        interceptorType = interceptor.type();
        innermostType = innermost.type();
        facadeType = type.neighbour(PACKAGE + "StatementFacade").type();
        busy = type.field("busy");
        idle = type.field("idle");
        size = type.field("size");
        waitcount = type.field("waitcount");
        closed = type.field("closed");
        configuration = type.field("poolProperties");
        next = interceptor.field("next");
        delegate = innermost.field("connection");
        physical = entry.field("connection");
        xaConnection = entry.field("xaConnection");
        HostClass settings = type.neighbour(PACKAGE + "PoolConfiguration");
        name = settings.method("getPoolName");
        maximum = settings.method("getMaxActive");
        setMaximum = settings.method("setMaxActive", int.class);
        usesFacade = settings.method("getUseStatementFacade");
        create = type.method("create", boolean.class);
        release = type.method("release", entryType);
        abandon = type.method("abandon", entryType);
        purge = type.method("purge");
        borrow = type.method("getConnection");
        setDiscarded = entry.method("setDiscarded", boolean.class);
        connect = entry.method("connect");
        disconnect = entry.method("release");
    }

    String name(Object pool) {
        return (String) ask(Members.read(pool, configuration), name);
    }

    boolean isClosed(Object pool) {
        return (boolean) Members.read(pool, closed);
    }

    @SuppressWarnings("unchecked")
    Queue<Object> busy(Object pool) {
        return (Queue<Object>) Members.read(pool, busy);
    }

    @SuppressWarnings("unchecked")
    Queue<Object> idle(Object pool) {
        return (Queue<Object>) Members.read(pool, idle);
    }

    /** All entries there are; the pool's own counter. */
    AtomicInteger size(Object pool) {
        return (AtomicInteger) Members.read(pool, size);
    }

    int waiting(Object pool) {
        return ((AtomicInteger) Members.read(pool, waitcount)).get();
    }

    int maximum(Object pool) {
        return (int) ask(Members.read(pool, configuration), maximum);
    }

    void setMaximum(Object pool, int value) throws Throwable {
        Members.call(Members.read(pool, configuration), setMaximum, value);
    }

    boolean usesFacade(Object pool) {
        return (boolean) ask(Members.read(pool, configuration), usesFacade);
    }

    boolean isEntry(Object candidate) {
        return entryType.isInstance(candidate);
    }

    boolean isXa(Object entry) {
        return Members.read(entry, xaConnection) != null;
    }

    /** The driver's connection; {@code null} for an entry that is not connected and for what is no entry. */
    Connection physical(Object entry) {
        return isEntry(entry) ? (Connection) Members.read(entry, physical) : null;
    }

    /** The statement facade inside a handle; {@code null} if there is none. */
    Object facadeOf(Object handle) {
        Object interceptor = outermost(handle);
        for (int i = 0; i < MAX_CHAIN && interceptor != null; i++) {
            if (facadeType.isInstance(interceptor)) {
                return interceptor;
            }
            interceptor = Members.read(interceptor, next);
        }
        return null;
    }

    /** The entry inside a handle; {@code null} once it is given back. */
    Object entryOf(Object handle) {
        Object interceptor = outermost(handle);
        for (int i = 0; i < MAX_CHAIN && interceptor != null; i++) {
            if (innermostType.isInstance(interceptor)) {
                return Members.read(interceptor, delegate);
            }
            interceptor = Members.read(interceptor, next);
        }
        return null;
    }

    private Object outermost(Object handle) {
        // Whether it is really one of the JDK's is asked by the getter again, and dear: this is done at each borrow.
        InvocationHandler invocations = handle instanceof Proxy ? Proxy.getInvocationHandler(handle) : null;
        return interceptorType.isInstance(invocations) ? invocations : null;
    }

    /** A new entry that is neither counted nor connected. */
    Object create(Object pool) throws Throwable {
        return Members.call(pool, create, false);
    }

    void connect(Object entry) throws Throwable {
        Members.call(entry, connect);
    }

    void disconnect(Object entry) throws Throwable {
        Members.call(entry, disconnect);
    }

    /** Closes an entry that is in neither queue, and offers another one to who waits. */
    void release(Object pool, Object entry) throws Throwable {
        Members.call(pool, release, entry);
    }

    /** As {@link #release}, after its handle was made useless, and counted as abandoned. */
    void abandon(Object pool, Object entry) throws Throwable {
        Members.call(entry, setDiscarded, true);
        Members.call(pool, abandon, entry);
    }

    void purge(Object pool) throws Throwable {
        Members.call(pool, purge);
    }

    /** As a borrower does, with the pool's own patience. */
    Connection borrow(Object pool) throws Throwable {
        return (Connection) Members.call(pool, borrow);
    }

    private static Object ask(Object owner, Method getter) {
        try {
            return Members.call(owner, getter);
        } catch (Throwable e) {
            throw new IllegalStateException(getter + " failed", e);
        }
    }

    /** The pool's class, which may have been extended. */
    private static Class<?> typeOf(Object pool) {
        Class<?> type = pool.getClass();
        while (!type.getName().equals(PACKAGE + "ConnectionPool")) {
            type = type.getSuperclass();
        }
        return type;
    }
}
