package io.jvmmedic.core.instrument.hikari;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.WovenHost;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.PoolHandle;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbc.JdbcConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a pool tells and lets one do when its server or its creator fails, on every supported version. */
@SuppressWarnings("try") // Resources that are there to be closed.
class HikariOutageTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Longer than a test may take: who is not served fails by the test's patience, never by its own. */
    private static final long LONG_WAIT_MILLIS = 120_000;

    private final ExecutorService borrowers = Executors.newCachedThreadPool();
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile boolean hangs;

    static Stream<String> versions() {
        return LibraryLoader.versions("hikari").stream().filter(version -> !version.startsWith("3."));
    }

    @AfterEach
    void release() {
        released.countDown();
        borrowers.shutdownNow();
    }

    /** A data source over H2 that hangs in the driver while told to. */
    private DataSource source(String name) {
        return (DataSource) Proxy.newProxyInstance(DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getConnection" -> {
                        if (hangs) {
                            released.await();
                        }
                        yield DriverManager.getConnection("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1");
                    }
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    case "toString" -> "source of " + name;
                    default -> method.getReturnType() == int.class ? 0 : null;
                });
    }

    /** Named by its version: threads of the one before may be there still, and are told by the name of their pool. */
    private DataSource pool(String version, String name, int maximum, int minimumIdle) {
        String unique = name + "-" + version;
        return new HikariHost(version).pool(unique, source(unique), maximum, minimumIdle, LONG_WAIT_MILLIS);
    }

    private static Object entryOfOnly(WovenHost medic, PoolHandle handle) {
        List<Lease.View> leases = medic.leases.of(handle);
        assertEquals(1, leases.size());
        return medic.leases.byId(leases.get(0).id()).entry();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void connectsBesideThePoolBorrowsFromItAndKnowsTheDriversConnection(String version) throws Throwable {
        try (WovenHost medic = WovenHost.lasting(new HikariIntegration())) {
            DataSource pool = pool(version, "beside", 2, 2);
            try (AutoCloseable closing = (AutoCloseable) pool; Connection mine = pool.getConnection()) {
                PoolHandle handle = medic.registry.pools().get(0);
                // Filled up by its own thread, which has nothing to add from here on.
                PoolHandle.State full = new PoolHandle.State(1, 1, 2, 2, 0);
                await().atMost(PATIENCE).untilAsserted(() -> assertEquals(full, handle.state()));
                List<Connection> given = new ArrayList<>();
                handle.connect().pull(given::add);
                assertTrue(given.get(0) instanceof JdbcConnection, "the driver's own");
                assertTrue(given.get(0).isClosed(), "and closed again");
                assertEquals(full, handle.state(), "no slot counts it");

                handle.borrow().pull(session -> {
                    given.add(session);
                    assertEquals(2, handle.state().active());
                });
                assertTrue(given.get(1).isClosed());
                assertEquals(1, handle.state().active());
                assertTrue(handle.physical(entryOfOnly(medic, handle)) instanceof JdbcConnection);
                assertFalse(mine.isClosed());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void aCreatorThatHangsIsSeenAndAnotherOneIsPutBesideIt(String version) throws Throwable {
        try (WovenHost medic = WovenHost.lasting(new HikariIntegration())) {
            DataSource pool = pool(version, "hangs", 3, 0);
            try (AutoCloseable closing = (AutoCloseable) pool; Connection first = pool.getConnection()) {
                PoolHandle handle = medic.registry.pools().get(0);
                assertFalse(handle.creator().wanted(), "calm");
                hangs = true;
                Future<Connection> waiter = borrowers.submit(() -> pool.getConnection());
                PoolHandle.Creator creator = await().atMost(PATIENCE).until(handle::creator, one -> one.worker() != null);
                assertTrue(creator.wanted());
                assertFalse(creator.dead());
                assertTrue(creator.worker().getName().endsWith("adder"), creator.worker().getName());
                await().atMost(PATIENCE).until(() -> creator.worker().getState() == Thread.State.WAITING);

                hangs = false;
                handle.revive().pull(null);

                try (Connection served = waiter.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    assertTrue(served.isValid(1));
                    assertTrue(creator.worker().isAlive(), "what hangs is left alone");
                }
                released.countDown();
                await().atMost(PATIENCE).until(() -> handle.state().total() <= handle.state().max());
                assertFalse(first.isClosed());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void aCreatorWhoseExecutorEndedIsDeadAndCannotBeRevived(String version) throws Throwable {
        HikariHost host = new HikariHost(version);
        try (WovenHost medic = WovenHost.lasting(new HikariIntegration())) {
            DataSource pool = pool(version, "ended", 2, 0);
            try (AutoCloseable closing = (AutoCloseable) pool; Connection first = pool.getConnection()) {
                PoolHandle handle = medic.registry.pools().get(0);
                hangs = true;
                Future<Connection> waiter = borrowers.submit(() -> pool.getConnection());
                await().atMost(PATIENCE).until(() -> handle.creator().worker() != null);
                host.adder(pool).shutdown();
                assertTrue(handle.creator().dead());
                assertThrows(IllegalStateException.class, () -> handle.revive().pull(null));
                waiter.cancel(true);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void aResetClosesEverythingAndServesWhoWaits(String version) throws Throwable {
        try (WovenHost medic = WovenHost.lasting(new HikariIntegration())) {
            DataSource pool = pool(version, "reset", 2, 0);
            try (AutoCloseable closing = (AutoCloseable) pool) {
                PoolHandle handle = medic.registry.pools().get(0);
                Connection one = pool.getConnection();
                Connection two = pool.getConnection();
                List<Lease> before = medic.leases.slots(handle);
                Future<Connection> waiter = borrowers.submit(() -> pool.getConnection());
                await().atMost(PATIENCE).until(() -> handle.state().waiting() == 1);

                handle.reset().pull(null);

                try (Connection served = waiter.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    assertTrue(served.isValid(1));
                    await().atMost(PATIENCE).until(() -> fails(one) && fails(two));
                    assertTrue(medic.leases.slots(handle).stream().noneMatch(before::contains));
                    one.close();
                    two.close();
                    assertEquals(1, handle.state().active(), "closing dead handles frees nothing");
                }
                assertNotNull(handle.state());
            }
        }
    }

    private static boolean fails(Connection connection) {
        try {
            connection.createStatement().execute("select 1");
            return false;
        } catch (SQLException e) {
            return true;
        }
    }
}
