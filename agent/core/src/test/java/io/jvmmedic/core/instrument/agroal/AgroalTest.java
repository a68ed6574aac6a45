package io.jvmmedic.core.instrument.agroal;

import static io.jvmmedic.core.instrument.PoolContract.pull;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jvmmedic.core.instrument.Chaos;
import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.StubbornDriver;
import io.jvmmedic.core.instrument.WovenHost;
import io.jvmmedic.core.instrument.executor.ThreadCensus;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import javax.sql.DataSource;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is special about Agroal: handlers that serve one borrower after the other, and a housekeeper that creates. */
@SuppressWarnings("try") // Resources that are there to be closed.
class AgroalTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long LONG_WAIT_MILLIS = 120_000;

    private static final ExecutorService BORROWERS = Executors.newCachedThreadPool();

    @AfterAll
    static void stop() {
        BORROWERS.shutdownNow();
    }

    static Stream<String> versions() {
        return LibraryLoader.versions("agroal").stream();
    }

    private static String url(String name, String version) {
        return "jdbc:h2:mem:" + name + "-" + version.replace('.', '-') + ";DB_CLOSE_DELAY=-1";
    }

    private static Connection served(Future<Connection> waiter) throws Exception {
        return waiter.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static void assertWhole(DataSource pool, PoolHandle handle, int maximum) throws SQLException {
        Connection[] all = new Connection[maximum];
        for (int i = 0; i < maximum; i++) {
            all[i] = pool.getConnection();
            try (Statement statement = all[i].createStatement()) {
                assertTrue(statement.execute("select 1"));
            }
        }
        assertEquals(new PoolHandle.State(maximum, 0, maximum, maximum, 0), handle.state());
        for (Connection one : all) {
            one.close();
        }
        await().atMost(PATIENCE).untilAsserted(() ->
                assertEquals(new PoolHandle.State(0, maximum, maximum, maximum, 0), handle.state()));
    }

    /**
     * Reclaims of connections at work once cost two slots of five: a handler was marked although it had just come back,
     * and then nobody could borrow it and nobody removed it.
     */
    @ParameterizedTest
    @MethodSource("versions")
    void reclaimsOfBusyConnectionsLoseNoSlot(String version) throws Throwable {
        int maximum = 3;
        DataSource pool = new AgroalHost(version).with("metricsEnabled", true)
                .pool(url("chaos", version), maximum, LONG_WAIT_MILLIS);
        try (AutoCloseable closing = (AutoCloseable) pool; WovenHost medic = WovenHost.lasting(new AgroalIntegration())) {
            // The calling thread's own cache would make it a borrower whom no hook tells of the pool.
            BORROWERS.submit(() -> pool.getConnection()).get().close();
            PoolHandle handle = medic.registry.pools().get(0);
            Chaos.reclaims(pool, handle, 200);
            // A borrower who loses a handler before it has got a wrapper brings it into the books; it goes with the wrapper.
            await().atMost(PATIENCE).untilAsserted(() -> {
                System.gc();
                medic.registry.prune();
                assertEquals(0, handle.state().active());
                assertEquals(List.of(), medic.leases.of(handle));
            });
            assertWhole(pool, handle, maximum);
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void theHousekeepersExecutorIsKnownToBeOfThePool(String version) throws Throwable {
        // Without any housekeeping to do the executor has no thread yet.
        DataSource pool = new AgroalHost(version).with("minSize", 1).with("validationTimeout_s", 1)
                .pool(url("executor", version), 2, LONG_WAIT_MILLIS);
        try (AutoCloseable closing = (AutoCloseable) pool) {
            pool.getConnection().close();
            ResourceRegistry registry = new ResourceRegistry();
            ThreadCensus census = new ThreadCensus(registry, new ModuleOpener(ByteBuddyAgent.install()), List.of());
            await().atMost(PATIENCE).until(() -> {
                census.run();
                return registry.executors().stream().anyMatch(registry::isOfPool);
            });
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void theMetricsStayRight(String version) throws Throwable {
        DataSource pool = new AgroalHost(version).with("metricsEnabled", true)
                .pool(url("metrics", version), 2, LONG_WAIT_MILLIS);
        try (AutoCloseable closing = (AutoCloseable) pool; WovenHost medic = WovenHost.lasting(new AgroalIntegration())) {
            for (int i = 0; i < 20; i++) {
                Connection leaked = pool.getConnection();
                PoolHandle handle = medic.registry.pools().get(0);
                pull(handle.closeEntry(), handle.entriesInUse().get(0));
                await().atMost(PATIENCE).untilAsserted(() -> assertThrows(SQLException.class, leaked::createStatement));
            }
            LongAdder active = (LongAdder) Members.read(Members.read(pool, "connectionPool"), "activeCount");
            assertEquals(0, active.sum());
            try (Connection connection = pool.getConnection()) {
                assertEquals(1, active.sum());
                assertTrue(connection.isValid(1));
            }
            assertWhole(pool, medic.registry.pools().get(0), 2);
        }
    }

    /** A reset to auto-commit commits; what a leak has not finished must not be. */
    @ParameterizedTest
    @MethodSource("versions")
    void whatALeakHasNotFinishedIsRolledBack(String version) throws Throwable {
        DataSource pool = new AgroalHost(version).pool(url("rollback", version), 1, LONG_WAIT_MILLIS);
        try (AutoCloseable closing = (AutoCloseable) pool; WovenHost medic = WovenHost.lasting(new AgroalIntegration())) {
            try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
                statement.execute("create table unfinished(id int)");
            }
            Connection leaked = pool.getConnection();
            leaked.setAutoCommit(false);
            leaked.createStatement().execute("insert into unfinished values (1)");
            PoolHandle handle = medic.registry.pools().get(0);
            pull(handle.closeEntry(), handle.entriesInUse().get(0));
            try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
                var rows = statement.executeQuery("select count(*) from unfinished");
                rows.next();
                assertEquals(0, rows.getInt(1));
            }
        }
    }

    /** A handler marked by the end of its life while it is out is a lease like any other. */
    @ParameterizedTest
    @MethodSource("versions")
    void aLeakThatIsToBeFlushedIsTakenBack(String version) throws Throwable {
        DataSource pool = new AgroalHost(version).pool(url("marked", version), 1, LONG_WAIT_MILLIS);
        try (AutoCloseable closing = (AutoCloseable) pool; WovenHost medic = WovenHost.lasting(new AgroalIntegration())) {
            Connection leaked = pool.getConnection();
            PoolHandle handle = medic.registry.pools().get(0);
            Object entry = handle.entriesInUse().get(0);
            pull(handle.softEvict(), null);
            assertTrue(handle.inUse(entry), "its borrower has it still");
            assertEquals(new PoolHandle.State(1, 0, 1, 1, 0), handle.state());
            Future<Connection> waiter = BORROWERS.submit(() -> pool.getConnection());
            await().atMost(PATIENCE).until(() -> handle.state().waiting() == 1);
            pull(handle.closeEntry(), entry);
            try (Connection served = served(waiter)) {
                assertTrue(served.isValid(1));
                leaked.close();
                assertEquals(new PoolHandle.State(1, 0, 1, 1, 0), handle.state());
            }
            assertWhole(pool, handle, 1);
        }
    }

    /** Agroal 3: two threads that remove one handler at once make its count too small, and the pool would grow too big. */
    @ParameterizedTest
    @MethodSource("versions")
    void aCountThatHasDriftedIsCorrected(String version) throws Throwable {
        DataSource pool = new AgroalHost(version).pool(url("drift", version), 2, LONG_WAIT_MILLIS);
        try (AutoCloseable closing = (AutoCloseable) pool; WovenHost medic = WovenHost.lasting(new AgroalIntegration())) {
            Object agroal = Members.read(pool, "connectionPool");
            assumeTrue(Members.read(agroal, "createConnectionPermits") != null, "a version that keeps no such count");
            try (Connection one = pool.getConnection(); Connection two = pool.getConnection()) {
                PoolHandle handle = medic.registry.pools().get(0);
                AtomicLong permits = (AtomicLong) Members.read(agroal, "createConnectionPermits");
                assertEquals(2, permits.get() >>> Integer.SIZE);
                permits.addAndGet(-(1L << Integer.SIZE));
                pull(handle.kick(), 1);
                assertEquals(2, permits.get() >>> Integer.SIZE);
                assertEquals(2, handle.state().total());
                assertTrue(one.isValid(1) && two.isValid(1));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void untrackedStatementsEndTheProof(String version) throws Exception {
        DataSource pool = new AgroalHost(version).with("trackJdbcResources", false)
                .pool(url("untracked", version), 1, LONG_WAIT_MILLIS);
        try (AutoCloseable closing = (AutoCloseable) pool; WovenHost medic = WovenHost.lasting(new AgroalIntegration())) {
            Statement kept = statementOfADroppedHandle(pool);
            PoolHandle handle = medic.registry.pools().get(0);
            await().atMost(PATIENCE).until(() -> {
                System.gc();
                return medic.leases.of(handle).get(0).unreachable();
            });
            assertTrue(medic.leases.of(handle).get(0).escaped(), "somebody works with the statement");
            assertTrue(kept.execute("select 1"));
        }
    }

    private static Statement statementOfADroppedHandle(DataSource pool) throws SQLException {
        return pool.getConnection().createStatement();
    }

    /** Leak detection with reports keeps threads and stacks, not handles. */
    @ParameterizedTest
    @MethodSource("versions")
    void agroalsOwnLeakReportsKeepNoHandle(String version) throws Throwable {
        DataSource pool = new AgroalHost(version).with("leakTimeout_s", 60).with("enhancedLeakReport", true)
                .pool(url("reported", version), 1, LONG_WAIT_MILLIS);
        try (AutoCloseable closing = (AutoCloseable) pool; WovenHost medic = WovenHost.lasting(new AgroalIntegration())) {
            assertTrue(statementOfADroppedHandle(pool).execute("select 1"));
            PoolHandle handle = medic.registry.pools().get(0);
            await().atMost(PATIENCE).until(() -> {
                System.gc();
                return medic.leases.of(handle).get(0).unreachable();
            });
            Lease.View leak = medic.leases.of(handle).get(0);
            assertFalse(leak.escaped());
            pull(handle.closeEntry(), medic.leases.byId(leak.id()).entry());
            assertWhole(pool, handle, 1);
        }
    }

    /** Up to Agroal 2 one thread creates for all; from 3 on borrowers do. */
    @ParameterizedTest
    @MethodSource("versions")
    void aHousekeeperThatHangsGetsASecondOne(String version) throws Throwable {
        // The census does it in a host.
        new ModuleOpener(ByteBuddyAgent.install()).open(Object.class.getModule(), "java.util.concurrent");
        try (StubbornDriver driver = new StubbornDriver(1); WovenHost medic = WovenHost.lasting(new AgroalIntegration())) {
            DataSource pool = new AgroalHost(version)
                    .pool(StubbornDriver.url("hanging-" + version.replace('.', '-')), 2, LONG_WAIT_MILLIS);
            try (AutoCloseable closing = (AutoCloseable) pool) {
                Future<Connection> unlucky = BORROWERS.submit(() -> pool.getConnection());
                await().atMost(PATIENCE).until(() -> driver.hanging() == 1);
                PoolHandle handle = medic.registry.pools().get(0);
                Future<Connection> waiter = BORROWERS.submit(() -> pool.getConnection());
                if (version.startsWith("3.")) {
                    assertTrue(served(waiter).isValid(1), "nobody has to wait for another one's connect");
                    assertFalse(handle.creator().dead());
                } else {
                    await().atMost(PATIENCE).until(() -> handle.state().waiting() == 2);
                    assertTrue(handle.creator().wanted());
                    assertFalse(handle.creator().dead());
                    assertNotNull(handle.creator().worker());
                    assertTrue(Stream.of(handle.creator().worker().getStackTrace())
                            .anyMatch(frame -> frame.getClassName().equals(StubbornDriver.class.getName())));
                    pull(handle.revive(), null);
                    assertTrue(served(waiter).isValid(1));
                }
                assertEquals(1, driver.hanging(), "the first hangs on");
                driver.answer();
                served(unlucky).close();
                served(waiter).close();
                assertWhole(pool, handle, 2);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void refusedConnectsAreCountedAndNoTimeouts(String version) throws Exception {
        try (StubbornDriver driver = new StubbornDriver(0); WovenHost medic = WovenHost.lasting(new AgroalIntegration())) {
            DataSource pool = new AgroalHost(version)
                    .pool(StubbornDriver.url("refused-" + version.replace('.', '-')), 1, LONG_WAIT_MILLIS);
            try (AutoCloseable closing = (AutoCloseable) pool) {
                driver.refuse(1);
                try {
                    pool.getConnection().close();
                } catch (SQLException refused) {
                    assertFalse(version.startsWith("3."), "Agroal 3 tries again");
                }
                PoolHandle handle = medic.registry.pools().get(0);
                assertEquals(1, medic.leases.errors(handle).full());
                assertEquals(0, medic.leases.timeouts(handle));
                assertTrue(medic.leases.waiters().isEmpty());
                try (Connection connection = pool.getConnection()) {
                    assertTrue(connection.isValid(1));
                }
            }
        }
    }

    /** It opens one connection for each borrower and keeps none: there is no pool to watch. */
    @ParameterizedTest
    @MethodSource("versions")
    void thePoollessDataSourceIsLeftAlone(String version) throws Exception {
        DataSource pool = new AgroalHost(version).with("implementation", "AGROAL_POOLLESS").with("flushOnClose", true)
                .pool(url("poolless", version), 2, LONG_WAIT_MILLIS);
        try (AutoCloseable closing = (AutoCloseable) pool; WovenHost medic = WovenHost.lasting(new AgroalIntegration())) {
            try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
                assertTrue(statement.execute("select 1"));
            }
            assertEquals(List.of(), medic.registry.pools());
        }
    }

    /** After a hot attach: no hook has fired, nobody can borrow any more; the housekeeping leads to the pool. */
    @ParameterizedTest
    @MethodSource("versions")
    void anExhaustedPoolIsFoundWithoutAnyHook(String version) throws Exception {
        DataSource pool = new AgroalHost(version).with("reapTimeout_s", 600)
                .pool(url("before-us", version), 1, LONG_WAIT_MILLIS);
        Object agroal = Members.read(pool, "connectionPool");
        ResourceRegistry registry = new ResourceRegistry();
        ModuleOpener opener = new ModuleOpener(ByteBuddyAgent.install());
        ThreadCensus census = new ThreadCensus(registry, opener, new AgroalIntegration().discoveries(registry, opener));
        PoolHandle handle;
        try (AutoCloseable closing = (AutoCloseable) pool; Connection only = pool.getConnection()) {
            await().atMost(PATIENCE).until(() -> {
                census.run();
                return registry.find(agroal) != null;
            });
            handle = (PoolHandle) registry.find(agroal);
            assertTrue(handle.id().name().startsWith("agroal-"), () -> handle.id().toString());
            assertEquals(new PoolHandle.State(1, 0, 1, 1, 0), handle.state());
            assertEquals(1, handle.entriesInUse().size());
            assertTrue(only.isValid(1));
        }
        assertFalse(handle.alive(), "closed");
    }
}
