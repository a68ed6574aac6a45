package io.jvmmedic.core.instrument.httpclient5;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.resource.HttpPoolHandle;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;

/** The members of one version of HttpClient 5, found once per connection manager. Holds classes and members only. */
final class HttpClient5Members {

    /** A client that talks to more routes than this is described by its totals. */
    private static final int MAX_ROUTES = 200;

    private final Field pool;
    private final Field closed;
    private final Method totalStats;
    private final Method routeStats;
    private final Method routes;
    private final Method entryRoute;
    private final Method discard;
    private final Class<?> entryType;
    private final Object immediate;

    /** @throws IllegalStateException when a member is missing, which the shape check should have found before */
    HttpClient5Members(Object manager) {
        Class<?> type = manager.getClass();
        pool = found(Members.field(type, "pool"), "pool");
        closed = found(Members.field(type, "closed"), "closed");
        totalStats = method(type, "getTotalStats");
        routes = method(type, "getRoutes");
        ClassLoader loader = pool.getDeclaringClass().getClassLoader();
        routeStats = method(type, "getStats", type(loader, "org.apache.hc.client5.http.HttpRoute"));
        entryType = type(loader, "org.apache.hc.core5.pool.PoolEntry");
        entryRoute = method(entryType, "getRoute");
        Class<?> closeMode = type(loader, "org.apache.hc.core5.io.CloseMode");
        discard = method(entryType, "discardConnection", closeMode);
        immediate = constant(closeMode, "IMMEDIATE");
    }

    boolean isClosed(Object manager) {
        return ((AtomicBoolean) Members.read(manager, closed)).get();
    }

    /** The lock that counting takes; {@code null} for a pool without one. */
    Lock lock(Object manager) {
        return Members.read(Members.read(manager, pool), "lock") instanceof Lock lock ? lock : null;
    }

    HttpPoolHandle.State state(Object manager) {
        Object total = call(manager, totalStats);
        String busiest = "";
        Object busiestStats = null;
        int fewestFree = Integer.MAX_VALUE;
        int looked = 0;
        for (Object route : (Collection<?>) call(manager, routes)) {
            if (looked++ == MAX_ROUTES) {
                break;
            }
            Object stats = call(manager, routeStats, route);
            int free = number(stats, "getMax") - number(stats, "getLeased");
            if (free < fewestFree) {
                fewestFree = free;
                busiest = hostAndPort(route);
                busiestStats = stats;
            }
        }
        return new HttpPoolHandle.State(number(total, "getLeased"), number(total, "getAvailable"),
                number(total, "getMax"), number(total, "getPending"), busiest,
                busiestStats == null ? 0 : number(busiestStats, "getLeased"),
                busiestStats == null ? -1 : number(busiestStats, "getMax"),
                busiestStats == null ? 0 : number(busiestStats, "getPending"), 1);
    }

    String routeOf(Object entry) {
        Object route = call(entry, entryRoute);
        return route == null ? "" : hostAndPort(route);
    }

    String poolName(Object manager) {
        return Members.read(manager, pool).getClass().getSimpleName();
    }

    /** Whether the pool can be asked what is leased: the strict and the lax one can, the segmented one of 5.6 cannot. */
    boolean listsLeases(Object manager) {
        Object connections = Members.read(manager, pool);
        return Members.field(connections.getClass(), "leased").isPresent()
                || Members.field(connections.getClass(), "routeToPool").isPresent();
    }

    boolean isLeased(Object manager, Object entry) {
        Object connections = Members.read(manager, pool);
        if (Members.read(connections, "leased") instanceof Collection<?> leased) {
            Lock lock = lock(manager);
            if (lock != null) {
                lock.lock();
            }
            try {
                return leased.contains(entry);
            } finally {
                if (lock != null) {
                    lock.unlock();
                }
            }
        }
        if (Members.read(connections, "routeToPool") instanceof Map<?, ?> pools) {
            for (Object perRoute : pools.values()) {
                if (Members.read(perRoute, "leased") instanceof Map<?, ?> leased && leased.containsKey(entry)) {
                    return true;
                }
            }
        }
        return false;
    }

    void closeNow(Object entry) throws Throwable {
        Members.call(entry, discard, immediate);
    }

    void release(Object manager, Object entry) throws Throwable {
        Object connections = Members.read(manager, pool);
        Members.call(connections, method(connections.getClass(), "release", entryType, boolean.class), entry, false);
    }

    private static String hostAndPort(Object route) {
        Object host = call(route, method(route.getClass(), "getTargetHost"));
        int port = number(host, "getPort");
        return call(host, method(host.getClass(), "getHostName")) + (port < 0 ? "" : ":" + port);
    }

    private static int number(Object owner, String getter) {
        return (int) call(owner, method(owner.getClass(), getter));
    }

    private static Object call(Object owner, Method method, Object... arguments) {
        try {
            return Members.call(owner, method, arguments);
        } catch (Throwable e) {
            throw new IllegalStateException(method + " failed", e);
        }
    }

    private static Object constant(Class<?> type, String name) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        throw new IllegalStateException("this version of HttpClient has no " + type.getName() + "." + name);
    }

    private static Class<?> type(ClassLoader loader, String name) {
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("this version of HttpClient has no " + name, e);
        }
    }

    private static Method method(Class<?> type, String name, Class<?>... parameters) {
        return found(Members.method(type, name, parameters), name);
    }

    private static <M> M found(Optional<M> member, String name) {
        return member.orElseThrow(() -> new IllegalStateException("this version of HttpClient has no " + name));
    }
}
