package io.jvmmedic.core.instrument.vibur;

import io.jvmmedic.core.instrument.HostClass;
import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/** The members of one version of Vibur DBCP, found once per pool. */
final class ViburMembers {

    private final Field service;
    private final Field factory;
    private final Field dataSource;
    private final Field permits;
    private final Field listener;
    private final Method createdTotal;
    private final Method maxSize;
    private final Method isTerminated;
    private final Method reduceTo;
    private final Method drain;
    private final Method restore;
    private final Method create;
    private final Method destroy;
    private final Method version;
    private final Method changeVersion;
    private final Method sever;
    private final Class<?> holderType;
    private final Field rawConnection;
    private final Method proxyOf;
    private final Class<?> handlerType;
    private final Field holderOf;
    private final Field closed;
    private final Method invalidate;

    /** @throws IllegalStateException when a member is missing, or the data source was given a pool of another make */
    ViburMembers(Object pool) {
        HostClass type = HostClass.of(pool.getClass(), ViburHandle.LIBRARY);
        service = type.field("poolService");
        factory = type.field("connectionFactory");
        dataSource = type.field("dataSource");
        HostClass serviceType = HostClass.of(Members.read(pool, service).getClass(), ViburHandle.LIBRARY);
        permits = serviceType.field("takeSemaphore");
        listener = serviceType.field("listener");
        createdTotal = serviceType.method("createdTotal");
        maxSize = serviceType.method("maxSize");
        isTerminated = serviceType.method("isTerminated");
        reduceTo = serviceType.method("reduceCreatedTo", int.class, boolean.class);
        drain = serviceType.method("drainCreated");
        restore = serviceType.method("restore", Object.class, boolean.class);
        HostClass factoryType = HostClass.of(Members.read(pool, factory).getClass(), ViburHandle.LIBRARY);
        create = factoryType.method("create");
        destroy = factoryType.method("destroy", Object.class);
        version = factoryType.method("version");
        changeVersion = factoryType.method("compareAndSetVersion", int.class, int.class);
        sever = type.neighbour(dataSource.getType().getName()).method("severConnection", Connection.class);
        HostClass holder = type.neighbour(ViburIntegration.HOLDER);
        holderType = holder.type();
        rawConnection = holder.field("rawConnection");
        proxyOf = holder.method("getProxyConnection");
        HostClass handler = type.neighbour(ViburIntegration.CONNECTION_HANDLER);
        handlerType = handler.type();
        holderOf = handler.field("connHolder");
        closed = handler.field("closed");
        invalidate = handler.method("invalidate");
    }

    boolean isTerminated(Object pool) {
        return (boolean) get(pool, isTerminated);
    }

    int total(Object pool) {
        return (int) get(pool, createdTotal);
    }

    /** As configured; it never changes. */
    int maximum(Object pool) {
        return (int) get(pool, maxSize);
    }

    /** One for each slot that is free. */
    Semaphore permits(Object pool) {
        return (Semaphore) Members.read(service(pool), permits);
    }

    void reduceTo(Object pool, int size) throws Throwable {
        Members.call(service(pool), reduceTo, size, true);
    }

    /** What Vibur does after a critical error: all idle connections go, the others when they come back. */
    void renew(Object pool) throws Throwable {
        Object maker = Members.read(pool, factory);
        int current = (int) Members.call(maker, version);
        Members.call(maker, changeVersion, current, current + 1);
        Members.call(service(pool), drain);
    }

    Object create(Object pool) throws Throwable {
        return Members.call(Members.read(pool, factory), create);
    }

    void destroy(Object pool, Object holder) throws Throwable {
        Members.call(Members.read(pool, factory), destroy, holder);
    }

    /** Gives an entry back as one that is broken, past its handler: only when nobody can reach that any more. */
    void restoreBroken(Object pool, Object holder) throws Throwable {
        Members.call(service(pool), restore, holder, false);
    }

    /** As a borrower does, with the pool's own patience. */
    Connection borrow(Object pool) throws SQLException {
        return ((DataSource) Members.read(pool, dataSource)).getConnection();
    }

    void sever(Object pool, Connection proxy) throws Throwable {
        Members.call(Members.read(pool, dataSource), sever, proxy);
    }

    void invalidate(Object handler) throws Throwable {
        Members.call(handler, invalidate);
    }

    /** Whether its borrower has given it back. */
    boolean isClosed(Object handler) {
        return ((AtomicBoolean) Members.read(handler, closed)).get();
    }

    /** The connection handler behind a proxy of Vibur's; {@code null} for anything else. */
    Object handlerOf(Object proxy) {
        if (proxy == null || !Proxy.isProxyClass(proxy.getClass())) {
            return null;
        }
        Object handler = Proxy.getInvocationHandler(proxy);
        return handlerType.isInstance(handler) ? handler : null;
    }

    boolean isHandlerOf(Object handler, Object holder) {
        return Members.read(handler, holderOf) == holder;
    }

    /** The proxy an entry is out as; {@code null} where connections are not tracked. */
    Object proxy(Object holder) {
        return get(holder, proxyOf, holder);
    }

    Connection physical(Object holder) {
        return holderType.isInstance(holder) ? (Connection) Members.read(holder, rawConnection) : null;
    }

    /** Cached statements know the proxy that they were made for last. */
    boolean cachesStatements(Object pool) {
        return Members.read(Members.read(pool, dataSource), "statementCache") != null;
    }

    boolean isTracked(Object pool) {
        return Members.read(service(pool), listener) != null;
    }

    /** What is out by the pool's own word; only where connections are tracked. */
    List<Object> tracked(Object pool) {
        return Members.read(Members.read(service(pool), listener), "taken") instanceof Collection<?> taken
                ? List.copyOf(taken) : List.of();
    }

    private Object service(Object pool) {
        return Members.read(pool, service);
    }

    private Object get(Object pool, Method getter) {
        return get(pool, getter, service(pool));
    }

    private static Object get(Object pool, Method getter, Object owner) {
        try {
            return Members.call(owner, getter);
        } catch (Throwable e) {
            throw new IllegalStateException(getter + " failed", e);
        }
    }
}
