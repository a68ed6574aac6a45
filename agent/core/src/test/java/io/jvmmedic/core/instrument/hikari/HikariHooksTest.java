package io.jvmmedic.core.instrument.hikari;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.WovenHost;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.SqlErrors;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the hooks tell, on every supported version. */
@SuppressWarnings("try") // Resources that are there to be closed.
class HikariHooksTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Longer than a test may take: where four JVMs share two cores, a pool's own thread may be seconds late. */
    private static final long LONG_WAIT_MILLIS = 120_000;

    static Stream<String> versions() {
        return LibraryLoader.versions("hikari").stream();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void borrowAndReturnAreSeenOnceEach(String version) throws Exception {
        HikariHost host = new HikariHost(version);
        try (WovenHost medic = WovenHost.lasting(new HikariIntegration())) {
            DataSource pool = host.pool("seen", 2, -1, LONG_WAIT_MILLIS);
            try (AutoCloseable closing = (AutoCloseable) pool) {
                PoolHandle handle = medic.registry.pools().get(0);
                assertEquals("pool:seen", handle.id().toString(), "an idle pool is known from its constructor");
                for (int i = 0; i < 10; i++) {
                    try (Connection connection = pool.getConnection()) {
                        assertEquals(1, medic.leases.of(handle).size());
                    }
                }
                assertEquals(10, medic.leases.borrows(handle));
                assertEquals(List.of(), medic.leases.of(handle));
                assertTrue(medic.instrumenter.report().problems().isEmpty(),
                        () -> medic.instrumenter.report().problems().toString());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void aDroppedHandleIsUnreachableAndAHeldOneIsNot(String version) throws Exception {
        HikariHost host = new HikariHost(version);
        try (WovenHost medic = WovenHost.lasting(new HikariIntegration())) {
            DataSource pool = host.pool("dropped", 3, -1, LONG_WAIT_MILLIS);
            try (AutoCloseable closing = (AutoCloseable) pool; Connection held = pool.getConnection()) {
                PoolHandle handle = medic.registry.pools().get(0);
                leak(pool);
                await().atMost(PATIENCE).until(() -> {
                    System.gc();
                    return medic.leases.of(handle).stream().anyMatch(Lease.View::unreachable);
                });
                assertEquals(1, medic.leases.of(handle).stream().filter(Lease.View::unreachable).count());
                assertFalse(held.isClosed());
            }
        }
    }

    private static void leak(DataSource pool) throws SQLException {
        Connection leaked = pool.getConnection();
        leaked.createStatement().executeQuery("select 1").next();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void waitersAreListedWhileTheyWait(String version) throws Exception {
        HikariHost host = new HikariHost(version);
        try (WovenHost medic = WovenHost.lasting(new HikariIntegration())) {
            DataSource pool = host.pool("waiting", 1, -1, LONG_WAIT_MILLIS);
            try (AutoCloseable closing = (AutoCloseable) pool) {
                PoolHandle handle = medic.registry.pools().get(0);
                Connection only = pool.getConnection();
                Thread borrower = new Thread(() -> {
                    try (Connection second = pool.getConnection()) {
                        assertTrue(second.isValid(1));
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                }, "borrower");
                borrower.start();
                await().until(() -> medic.leases.waiters().size() == 1);
                assertEquals("borrower", medic.leases.waiters().iterator().next().thread().getName());
                only.close();
                borrower.join(PATIENCE.toMillis());
                assertFalse(borrower.isAlive());
                assertTrue(medic.leases.waiters().isEmpty());
                assertEquals(0, medic.leases.timeouts(handle));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void aTimeoutAndAnInterruptEndTheWait(String version) throws Exception {
        HikariHost host = new HikariHost(version);
        try (WovenHost medic = WovenHost.lasting(new HikariIntegration())) {
            DataSource pool = host.pool("vain", 1, -1, 300);
            try (AutoCloseable closing = (AutoCloseable) pool; Connection only = pool.getConnection()) {
                PoolHandle handle = medic.registry.pools().get(0);
                assertThrows(SQLException.class, pool::getConnection);
                assertTrue(medic.leases.waiters().isEmpty(), "after the timeout");
                assertEquals(1, medic.leases.timeouts(handle));

                Thread.currentThread().interrupt();
                assertThrows(SQLException.class, pool::getConnection);
                assertTrue(Thread.interrupted());
                assertTrue(medic.leases.waiters().isEmpty(), "after the interrupt");
                assertEquals(1, medic.leases.timeouts(handle), "an interrupt is no timeout");
            }
        }
    }

    /** Housekeeping asks for a new connection in the same method in which a borrower is about to park. */
    @ParameterizedTest
    @MethodSource("versions")
    void housekeepingIsNoWaiter(String version) throws Exception {
        HikariHost host = new HikariHost(version);
        try (WovenHost medic = WovenHost.lasting(new HikariIntegration())) {
            DataSource pool = host.pool("retired", 1, -1, LONG_WAIT_MILLIS);
            try (AutoCloseable closing = (AutoCloseable) pool) {
                PoolHandle handle = medic.registry.pools().get(0);
                pool.getConnection().close();
                Object hikari = Members.read(pool, "pool");
                Object entry = ((List<?>) Members.read(Members.read(hikari, "connectionBag"), "sharedList")).get(0);
                retire(host, hikari, entry);
                assertFalse(handle.inUse(entry));
                assertTrue(medic.leases.waiters().isEmpty());
                try (Connection fresh = pool.getConnection()) {
                    long lease = medic.leases.of(handle).get(0).id();
                    assertNotSame(entry, medic.leases.byId(lease).entry(), "the retired slot is gone");
                }
                assertEquals(2, medic.leases.borrows(handle));
            }
        }
    }

    /** What the pool schedules for the end of an entry's life: a class of its own from version 4 on. */
    private static void retire(HikariHost host, Object hikari, Object entry) throws Exception {
        try {
            Constructor<?> task = host.loader().loadClass(hikari.getClass().getName() + "$MaxLifetimeTask")
                    .getDeclaredConstructor(hikari.getClass(), entry.getClass());
            task.setAccessible(true);
            ((Runnable) task.newInstance(hikari, entry)).run();
        } catch (ClassNotFoundException e) {
            Method lambda = hikari.getClass().getDeclaredMethod("lambda$createPoolEntry$2", entry.getClass());
            lambda.setAccessible(true);
            lambda.invoke(hikari, entry);
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void whatOutlivesTheHandleMarksTheLeaseAsEscaped(String version) throws Exception {
        HikariHost host = new HikariHost(version);
        try (WovenHost medic = WovenHost.lasting(new HikariIntegration())) {
            DataSource pool = host.pool("escaped", 1, -1, LONG_WAIT_MILLIS);
            try (AutoCloseable closing = (AutoCloseable) pool) {
                PoolHandle handle = medic.registry.pools().get(0);
                List<Escape> escapes = List.of(
                        connection -> connection.unwrap(org.h2.jdbc.JdbcConnection.class),
                        Connection::createBlob,
                        Connection::createClob,
                        connection -> connection.createStatement().unwrap(org.h2.jdbc.JdbcStatement.class),
                        connection -> connection.getMetaData().unwrap(org.h2.jdbc.JdbcDatabaseMetaData.class),
                        connection -> row(connection).unwrap(org.h2.jdbc.JdbcResultSet.class),
                        connection -> row(connection).getBlob(1),
                        connection -> row(connection).getBlob("B"),
                        connection -> row(connection).getBinaryStream(1),
                        connection -> row(connection).getClob(2),
                        connection -> row(connection).getCharacterStream("C"),
                        connection -> row(connection).getObject(1),
                        connection -> row(connection).getObject("C", java.sql.Clob.class));
                for (int i = 0; i < escapes.size(); i++) {
                    try (Connection connection = pool.getConnection()) {
                        assertFalse(escaped(medic, handle), "before escape " + i);
                        escapes.get(i).out(connection);
                        assertTrue(escaped(medic, handle), "escape " + i);
                    }
                }
                try (Connection connection = pool.getConnection()) {
                    ResultSet row = row(connection);
                    row.getObject(3);
                    row.getString(2);
                    row.getBytes(1);
                    assertFalse(escaped(medic, handle), "plain values do not live on the connection");
                }
            }
        }
    }

    private interface Escape {
        Object out(Connection connection) throws SQLException;
    }

    private static ResultSet row(Connection connection) throws SQLException {
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(
                "select cast(X'00' as blob) as b, cast('x' as clob) as c, 'plain' as v");
        row.next();
        return row;
    }

    private static boolean escaped(WovenHost medic, PoolHandle handle) {
        return medic.leases.of(handle).get(0).escaped();
    }

    /** Called by H2. */
    public static final class Errors {

        private Errors() {
        }

        public static int fail(String state, int code) throws SQLException {
            throw new SQLException("on demand", state, code);
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void errorsThatTellSomethingAboutTheServerAreCounted(String version) throws Throwable {
        HikariHost host = new HikariHost(version);
        try (WovenHost medic = WovenHost.lasting(new HikariIntegration())) {
            DataSource pool = host.pool("errors-" + version, 2, 1, LONG_WAIT_MILLIS);
            try (AutoCloseable closing = (AutoCloseable) pool) {
                PoolHandle handle = medic.registry.pools().get(0);
                try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
                    statement.execute("create alias fail for '" + Errors.class.getName() + ".fail'");
                }
                fail(pool, "25006", 0);
                fail(pool, "25006", 1792);
                fail(pool, "23505", 0);
                fail(pool, "57P01", 0);
                SqlErrors.Counts counts = medic.leases.errors(handle);
                assertEquals(2, counts.readOnly());
                assertEquals(1, counts.lost());
                assertEquals(1, counts.sessions(), "one connection had them all");
                assertEquals("57P01", counts.last());
                assertEquals(0, counts.refused());

                try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
                    statement.execute("alter user \"\" set password 'changed'");
                }
                // One that was being made with the old password may come after the eviction.
                await().until(() -> {
                    evictIdle(handle);
                    return medic.leases.errors(handle).refused() > 0;
                });
                assertEquals(0, medic.leases.errors(handle).full(), "a wrong password is no full server");
            }
        }
    }

    private static void evictIdle(PoolHandle handle) {
        try {
            handle.softEvict().pull(null);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static void fail(DataSource pool, String state, int code) throws SQLException {
        try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
            SQLException thrown = assertThrows(SQLException.class,
                    () -> statement.execute("call fail('" + state + "', " + code + ")"));
            assertEquals(state, thrown.getSQLState(), "H2 hands on what the function threw");
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void hooksComeOutAgain(String version) throws Exception {
        WovenHost.unweave();
        DataSource pool = new HikariHost(version).pool("hot", 2, -1, LONG_WAIT_MILLIS);
        try (AutoCloseable closing = (AutoCloseable) pool; WovenHost medic = new WovenHost(new HikariIntegration())) {
            pool.getConnection().close();
            PoolHandle handle = medic.registry.pools().get(0);
            assertEquals(1, medic.leases.borrows(handle), "classes loaded before are woven too");
            medic.instrumenter.uninstall();
            pool.getConnection().close();
            assertEquals(1, medic.leases.borrows(handle), "nothing is seen after the uninstall");
        }
    }
}
