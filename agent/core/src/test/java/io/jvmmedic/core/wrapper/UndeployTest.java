package io.jvmmedic.core.wrapper;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.LibraryLoader;
import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/**
 * A web application with a pool of its own comes, leaks, is healed and goes. Nothing of ours may keep its class loader:
 * neither lease table, waiters, sites and counters nor the members that a handle has found in the pool's classes.
 */
class UndeployTest {

    private static final String POOL = "web-app";

    @Test
    void nothingOfOursKeepsAWebApplication() throws Exception {
        try (LeakWatch watch = new LeakWatch()) {
            WeakReference<ClassLoader> loader = liveAndDie(watch);
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                System.gc();
                watch.host.registry.prune();
                return loader.refersTo(null);
            });
            assertTrue(watch.host.instrumenter.report().rows().stream()
                    .noneMatch(row -> row.loader().startsWith(LibraryLoader.class.getName())), "nor the report");
        }
    }

    private static WeakReference<ClassLoader> liveAndDie(LeakWatch watch) throws Exception {
        LibraryLoader loader = LibraryLoader.fresh("hikari", "7.1.0");
        DataSource pool = pool(loader);
        useOnOwnThreads(watch, pool);
        ((AutoCloseable) pool).close();
        loader.close();
        return new WeakReference<>(loader);
    }

    /** As a container does it, on threads that end with the application: pools leave thread-locals behind. */
    private static void useOnOwnThreads(LeakWatch watch, DataSource pool) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            run(threads, () -> {
                LeakWatch.drop(pool);
                watch.examine();
                assertEquals(Set.of(POOL), watch.proven());
                try (Connection only = pool.getConnection()) {
                    Future<?> second = threads.submit(() -> assertThrows(SQLException.class, pool::getConnection));
                    second.get(20, TimeUnit.SECONDS);
                    assertTrue(only.isValid(1));
                }
                assertEquals(1, watch.host.leases.timeouts(watch.handle(POOL)));
                return null;
            });
        } finally {
            threads.shutdown();
            assertTrue(threads.awaitTermination(20, TimeUnit.SECONDS));
        }
    }

    private static void run(ExecutorService threads, Callable<?> task) throws Exception {
        threads.submit(task).get(120, TimeUnit.SECONDS);
    }

    private static DataSource pool(ClassLoader loader) throws ReflectiveOperationException {
        DataSource pool = (DataSource) loader.loadClass("com.zaxxer.hikari.HikariDataSource")
                .getConstructor().newInstance();
        set(pool, "setJdbcUrl", String.class, "jdbc:h2:mem:web-app;DB_CLOSE_DELAY=-1");
        set(pool, "setPoolName", String.class, POOL);
        set(pool, "setMaximumPoolSize", int.class, 1);
        set(pool, "setConnectionTimeout", long.class, 500L);
        return pool;
    }

    private static void set(Object pool, String setter, Class<?> type, Object value) throws ReflectiveOperationException {
        pool.getClass().getMethod(setter, type).invoke(pool, value);
    }
}
