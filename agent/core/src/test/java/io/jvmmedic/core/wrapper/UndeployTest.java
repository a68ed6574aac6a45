package io.jvmmedic.core.wrapper;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.hikari.HikariIntegration;
import io.jvmmedic.core.instrument.tomcatjdbc.TomcatJdbcIntegration;
import java.lang.module.ModuleDescriptor;
import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A web application with a pool of its own comes, leaks, is healed and goes. Nothing of ours may keep its class loader:
 * neither lease table, waiters, sites and counters nor the members that a handle has found in the pool's classes.
 */
class UndeployTest {

    private static final String POOL = "web-app";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** How reports name the loader; the loader itself must not be kept. */
    private String identity = "";

    /** A library as a web application brings it; properties by the names of its data source's setters. */
    private record Bundled(String library, Integration integration, String dataSource, Map<String, Object> properties) {
        @Override
        public String toString() {
            return library;
        }
    }

    static Stream<Bundled> libraries() {
        String url = "jdbc:h2:mem:web-app;DB_CLOSE_DELAY=-1";
        return Stream.of(
                new Bundled("hikari", new HikariIntegration(), "com.zaxxer.hikari.HikariDataSource",
                        Map.of("JdbcUrl", url, "PoolName", POOL, "MaximumPoolSize", 1, "ConnectionTimeout", 500L)),
                new Bundled("tomcatjdbc", new TomcatJdbcIntegration(), "org.apache.tomcat.jdbc.pool.DataSource",
                        Map.of("Url", url, "DriverClassName", "org.h2.Driver", "Name", POOL, "MaxActive", 1,
                                "InitialSize", 0, "MinIdle", 0, "MaxIdle", 1, "MaxWait", 500)));
    }

    /** H2 keeps exceptions that were made when its classes were loaded, and these the classes that were on the stack then. */
    @BeforeAll
    static void loadTheDriverFirst() throws ClassNotFoundException {
        Class.forName("org.h2.message.DbException");
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void nothingOfOursKeepsAWebApplication(Bundled bundled) throws Exception {
        try (LeakWatch watch = new LeakWatch(integrations(bundled))) {
            WeakReference<ClassLoader> loader = liveAndDie(watch, bundled);
            await().atMost(PATIENCE).until(() -> {
                System.gc();
                watch.host.registry.prune();
                return loader.refersTo(null);
            });
            assertTrue(watch.host.instrumenter.report().rows().stream()
                    .noneMatch(row -> row.loader().endsWith(identity)), "nor the report");
        }
    }

    /** HikariCP's is there for the pools that {@link LeakWatch} leaks from. */
    private static Integration[] integrations(Bundled bundled) {
        return bundled.library().equals("hikari") ? new Integration[] {bundled.integration()}
                : new Integration[] {new HikariIntegration(), bundled.integration()};
    }

    private WeakReference<ClassLoader> liveAndDie(LeakWatch watch, Bundled bundled) throws Exception {
        LibraryLoader loader = LibraryLoader.fresh(bundled.library(), newest(bundled.library()));
        identity = "@" + Integer.toHexString(System.identityHashCode(loader));
        DataSource pool = pool(loader, bundled);
        useOnOwnThreads(watch, pool);
        pool.getClass().getMethod("close").invoke(pool);
        loader.close();
        return new WeakReference<>(loader);
    }

    private static String newest(String library) {
        return LibraryLoader.versions(library).stream().max(Comparator.comparing(ModuleDescriptor.Version::parse))
                .orElseThrow();
    }

    /** As a container does it, on threads that end with the application: pools leave thread-locals behind. */
    private static void useOnOwnThreads(LeakWatch watch, DataSource pool) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            threads.submit(() -> {
                LeakWatch.drop(pool);
                watch.examine();
                assertEquals(Set.of(POOL), watch.proven());
                try (Connection only = borrowAtLast(pool)) {
                    long timeouts = watch.host.leases.timeouts(watch.handle(POOL));
                    Future<?> second = threads.submit(() -> assertThrows(SQLException.class, pool::getConnection));
                    second.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                    assertTrue(only.isValid(1));
                    assertEquals(timeouts + 1, watch.host.leases.timeouts(watch.handle(POOL)));
                }
                return null;
            }).get(4 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } finally {
            threads.shutdown();
            assertTrue(threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
    }

    /** The pool has little patience, and its thread that makes connections may be late on a busy machine. */
    private static Connection borrowAtLast(DataSource pool) throws SQLException {
        long began = System.nanoTime();
        while (true) {
            try {
                return pool.getConnection();
            } catch (SQLException tooLate) {
                if (System.nanoTime() - began > PATIENCE.toNanos()) {
                    throw tooLate;
                }
            }
        }
    }

    private static DataSource pool(ClassLoader loader, Bundled bundled) throws ReflectiveOperationException {
        DataSource pool = (DataSource) loader.loadClass(bundled.dataSource()).getConstructor().newInstance();
        for (Map.Entry<String, Object> property : bundled.properties().entrySet()) {
            Object value = property.getValue();
            Class<?> type = value instanceof Integer ? int.class : value instanceof Long ? long.class : String.class;
            pool.getClass().getMethod("set" + property.getKey(), type).invoke(pool, value);
        }
        return pool;
    }
}
