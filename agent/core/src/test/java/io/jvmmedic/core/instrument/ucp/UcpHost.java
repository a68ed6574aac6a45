package io.jvmmedic.core.instrument.ucp;

import io.jvmmedic.core.instrument.LibraryLoader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** One version of Oracle UCP, used as a host would, over H2. */
final class UcpHost {

    private static final String MANAGER = "oracle.ucp.admin.UniversalConnectionPoolManagerImpl";
    /** UCP knows its pools by name, in a registry of its own. */
    private static final AtomicInteger POOLS = new AtomicInteger();

    private final LibraryLoader loader;

    UcpHost(String version) {
        loader = LibraryLoader.of("ucp", version);
    }

    ClassLoader loader() {
        return loader;
    }

    DataSource pool(String name, String url, int maximum, long timeoutMillis) throws ReflectiveOperationException {
        Object pool = call(null, loader.loadClass("oracle.ucp.jdbc.PoolDataSourceFactory").getMethod("getPoolDataSource"));
        set(pool, "setConnectionFactoryClassName", String.class, "org.h2.jdbcx.JdbcDataSource");
        set(pool, "setURL", String.class, url);
        set(pool, "setUser", String.class, "");
        set(pool, "setPassword", String.class, "");
        set(pool, "setConnectionPoolName", String.class, name + "-" + POOLS.incrementAndGet());
        set(pool, "setMaxPoolSize", int.class, maximum);
        if (hasDurations(pool)) {
            set(pool, "setConnectionWaitDuration", Duration.class, Duration.ofMillis(timeoutMillis));
        } else {
            set(pool, "setConnectionWaitTimeout", int.class, (int) Duration.ofMillis(timeoutMillis).toSeconds());
        }
        return (DataSource) pool;
    }

    private static boolean hasDurations(Object pool) {
        for (Method method : pool.getClass().getMethods()) {
            if (method.getName().equals("setConnectionWaitDuration")) {
                return true;
            }
        }
        return false;
    }

    static void close(DataSource pool) throws ReflectiveOperationException {
        Class<?> type = pool.getClass().getClassLoader().loadClass(MANAGER);
        Object manager = call(null, type.getMethod("getUniversalConnectionPoolManager"));
        Object name = call(pool, pool.getClass().getMethod("getConnectionPoolName"));
        for (Object known : (String[]) call(manager, type.getMethod("getConnectionPoolNames"))) {
            if (known.equals(name)) {
                call(manager, type.getMethod("destroyConnectionPool", String.class), name);
            }
        }
    }

    private static void set(Object pool, String setter, Class<?> type, Object value) throws ReflectiveOperationException {
        call(pool, pool.getClass().getMethod(setter, type), value);
    }

    private static Object call(Object owner, Method method, Object... arguments) throws ReflectiveOperationException {
        try {
            return method.invoke(owner, arguments);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(method.toString(), e.getCause());
        }
    }
}
