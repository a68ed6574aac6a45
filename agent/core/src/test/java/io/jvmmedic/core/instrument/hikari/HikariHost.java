package io.jvmmedic.core.instrument.hikari;

import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import javax.sql.DataSource;

/** One version of HikariCP, used as a host would, over H2. */
final class HikariHost {

    private final LibraryLoader loader;

    HikariHost(String version) {
        loader = LibraryLoader.of("hikari", version);
    }

    ClassLoader loader() {
        return loader;
    }

    /** A pool; {@code minimumIdle} -1 for the library's default, the maximum. */
    DataSource pool(String name, int maximum, int minimumIdle, long timeoutMillis) {
        try {
            Class<?> configType = loader.loadClass("com.zaxxer.hikari.HikariConfig");
            Object config = configType.getDeclaredConstructor().newInstance();
            set(config, "setJdbcUrl", String.class, "jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1");
            set(config, "setDriverClassName", String.class, "org.h2.Driver");
            set(config, "setPoolName", String.class, name);
            set(config, "setMaximumPoolSize", int.class, maximum);
            set(config, "setConnectionTimeout", long.class, timeoutMillis);
            if (minimumIdle >= 0) {
                set(config, "setMinimumIdle", int.class, minimumIdle);
            }
            return (DataSource) loader.loadClass("com.zaxxer.hikari.HikariDataSource")
                    .getConstructor(configType).newInstance(config);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A pool over a data source of the test's own. */
    DataSource pool(String name, DataSource source, int maximum, int minimumIdle, long timeoutMillis) {
        try {
            Class<?> configType = loader.loadClass("com.zaxxer.hikari.HikariConfig");
            Object config = configType.getDeclaredConstructor().newInstance();
            set(config, "setDataSource", DataSource.class, source);
            set(config, "setPoolName", String.class, name);
            set(config, "setMaximumPoolSize", int.class, maximum);
            set(config, "setMinimumIdle", int.class, minimumIdle);
            set(config, "setConnectionTimeout", long.class, timeoutMillis);
            return (DataSource) loader.loadClass("com.zaxxer.hikari.HikariDataSource")
                    .getConstructor(configType).newInstance(config);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A pool with threads, and with a scheduler for its housekeeping, of the application's own. */
    DataSource pool(String name, ThreadFactory threads, ScheduledExecutorService scheduler) {
        try {
            Class<?> configType = loader.loadClass("com.zaxxer.hikari.HikariConfig");
            Object config = configType.getDeclaredConstructor().newInstance();
            set(config, "setJdbcUrl", String.class, "jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1");
            set(config, "setPoolName", String.class, name);
            set(config, "setMaximumPoolSize", int.class, 2);
            set(config, "setThreadFactory", ThreadFactory.class, threads);
            set(config, "setScheduledExecutor", ScheduledExecutorService.class, scheduler);
            return (DataSource) loader.loadClass("com.zaxxer.hikari.HikariDataSource")
                    .getConstructor(configType).newInstance(config);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The executor that adds connections. */
    ThreadPoolExecutor adder(DataSource pool) {
        return (ThreadPoolExecutor) Members.read(Members.read(pool, "pool"), "addConnectionExecutor");
    }

    private static void set(Object config, String setter, Class<?> type, Object value)
            throws ReflectiveOperationException {
        Method method = config.getClass().getMethod(setter, type);
        try {
            method.invoke(config, value);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(setter, e.getCause());
        }
    }
}
