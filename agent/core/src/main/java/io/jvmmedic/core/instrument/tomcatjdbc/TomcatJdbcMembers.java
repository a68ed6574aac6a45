package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.Optional;
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
    private final Method create;
    private final Method release;
    private final Method abandon;
    private final Method purge;
    private final Method setDiscarded;
    private final Method connect;
    private final Method disconnect;

    /** @throws IllegalStateException when a member is missing, which the shape check should have found before */
    TomcatJdbcMembers(Object pool) {
        Class<?> type = typeOf(pool);
        entryType = type(type, "PooledConnection");
        facadeType = type(type, "StatementFacade");
        interceptorType = type(type, "JdbcInterceptor");
        innermostType = type(type, "ProxyConnection");
        busy = field(type, "busy");
        idle = field(type, "idle");
        size = field(type, "size");
        waitcount = field(type, "waitcount");
        closed = field(type, "closed");
        configuration = field(type, "poolProperties");
        next = field(interceptorType, "next");
        delegate = field(innermostType, "connection");
        physical = field(entryType, "connection");
        xaConnection = field(entryType, "xaConnection");
        Class<?> configurationType = configuration.getType();
        name = method(configurationType, "getPoolName");
        maximum = method(configurationType, "getMaxActive");
        setMaximum = method(configurationType, "setMaxActive", int.class);
        create = method(type, "create", boolean.class);
        release = method(type, "release", entryType);
        abandon = method(type, "abandon", entryType);
        purge = method(type, "purge");
        setDiscarded = method(entryType, "setDiscarded", boolean.class);
        connect = method(entryType, "connect");
        disconnect = method(entryType, "release");
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
        if (!Proxy.isProxyClass(handle.getClass())) {
            return null;
        }
        InvocationHandler invocations = Proxy.getInvocationHandler(handle);
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

    private static Class<?> type(Class<?> neighbour, String simpleName) {
        try {
            return Class.forName(PACKAGE + simpleName, false, neighbour.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("this version of Tomcat JDBC has no " + simpleName, e);
        }
    }

    private static Field field(Class<?> type, String name) {
        return found(Members.field(type, name), name);
    }

    private static Method method(Class<?> type, String name, Class<?>... parameters) {
        return found(Members.method(type, name, parameters), name);
    }

    private static <M> M found(Optional<M> member, String name) {
        return member.orElseThrow(() -> new IllegalStateException("this version of Tomcat JDBC has no " + name));
    }
}
