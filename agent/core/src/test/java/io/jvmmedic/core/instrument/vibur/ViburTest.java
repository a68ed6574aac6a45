package io.jvmmedic.core.instrument.vibur;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.StubbornDriver;
import io.jvmmedic.core.instrument.WovenHost;
import io.jvmmedic.core.instrument.executor.ThreadCensus;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is special about Vibur DBCP: of a connection that is out, it has nothing but a number. */
@SuppressWarnings("try") // Resources that are there to be closed.
class ViburTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long LONG_WAIT_MILLIS = 120_000;

    private static final ExecutorService BORROWERS = Executors.newCachedThreadPool();

    @AfterAll
    static void stop() {
        BORROWERS.shutdownNow();
    }

    static Stream<String> versions() {
        return LibraryLoader.versions("vibur").stream();
    }

    private static String unique(String name, String version) {
        return name + "-" + version.replace('.', '-');
    }

    private static DataSource pool(String version, String name, int maximum, boolean tracked)
            throws ReflectiveOperationException {
        return new ViburHost(version, tracked)
                .pool(name, "jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1", maximum, LONG_WAIT_MILLIS);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void whatNobodyCanReachIsDestroyedAndItsSlotServesWhoWaits(String version) throws Throwable {
        DataSource pool = pool(version, unique("lost", version), 1, false);
        try (AutoCloseable closing = (AutoCloseable) pool; WovenHost medic = WovenHost.lasting(new ViburIntegration())) {
            leak(pool);
            PoolHandle handle = medic.registry.pools().get(0);
            Future<Connection> waiter = BORROWERS.submit(() -> pool.getConnection());
            await().atMost(PATIENCE).until(() -> handle.state().waiting() == 1);
            await().atMost(PATIENCE).until(() -> {
                System.gc();
                return medic.leases.of(handle).stream().anyMatch(Lease.View::unreachable);
            });
            Object entry = medic.leases.byId(medic.leases.of(handle).get(0).id()).entry();
            Connection physical = handle.physical(entry);
            assertFalse(physical.isClosed());
            assertEquals(List.of(entry), handle.entriesInUse());

            handle.closeEntry().pull(entry);

            try (Connection served = waiter.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                assertTrue(physical.isClosed());
                assertTrue(served.isValid(1));
                assertEquals(new PoolHandle.State(1, 0, 1, 1, 0), handle.state());
                assertThrows(IllegalStateException.class, () -> handle.closeEntry().pull(entry), "only once");
            }
            assertEquals(new PoolHandle.State(0, 1, 1, 1, 0), handle.state());
        }
    }

    private static void leak(DataSource pool) throws SQLException {
        pool.getConnection().createStatement().execute("select 1");
    }

    /** An export with one statement is in use as long as it fetches. */
    @ParameterizedTest
    @MethodSource("versions")
    void aFetchedRowIsAUse(String version) throws Exception {
        DataSource pool = pool(version, unique("rows", version), 1, false);
        try (AutoCloseable closing = (AutoCloseable) pool; WovenHost medic = WovenHost.lasting(new ViburIntegration());
                Connection connection = pool.getConnection(); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select x from system_range(1, 10)")) {
            PoolHandle handle = medic.registry.pools().get(0);
            long owner = medic.leases.of(handle).get(0).userId();
            long reader = BORROWERS.submit(() -> {
                assertTrue(rows.next());
                return Thread.currentThread().getId();
            }).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertEquals(reader, medic.leases.of(handle).get(0).userId());
            assertEquals(1, rows.getInt(1));
            assertEquals(reader, medic.leases.of(handle).get(0).userId(), "its columns come with the row");
            assertTrue(rows.next());
            assertEquals(owner, medic.leases.of(handle).get(0).userId());
        }
    }

    /** A finalizer that closes a connection runs after the connection has become unreachable for everybody else. */
    @ParameterizedTest
    @MethodSource("versions")
    void aConnectionThatAFinalizerClosesIsFreedOnce(String version) throws Throwable {
        DataSource pool = pool(version, unique("finalized", version), 1, false);
        try (AutoCloseable closing = (AutoCloseable) pool; WovenHost medic = WovenHost.lasting(new ViburIntegration())) {
            for (int round = 0; round < 20; round++) {
                Closing.of(pool);
                PoolHandle handle = medic.registry.pools().get(0);
                await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
                    System.gc();
                    List<Object> out = handle.entriesInUse();
                    try {
                        for (Object entry : out) {
                            handle.closeEntry().pull(entry);
                        }
                    } catch (IllegalStateException notNow) {
                        return false;
                    } catch (Throwable e) {
                        throw new IllegalStateException(e);
                    }
                    return handle.state().active() == 0;
                });
                assertEquals(1, handle.state().max());
                assertEquals(0, handle.state().active());
                try (Connection only = pool.getConnection()) {
                    assertEquals(1, handle.state().active());
                    assertEquals(1, handle.state().total(), "a slot that was freed twice would be one too many");
                }
            }
        }
    }

    /** Closes its connection when it is collected. */
    private static final class Closing {

        private final Connection connection;

        private Closing(Connection connection) {
            this.connection = connection;
        }

        static void of(DataSource pool) throws SQLException {
            new Closing(pool.getConnection());
        }

        @Override
        @SuppressWarnings({"deprecation", "removal"})
        protected void finalize() throws SQLException {
            connection.close();
        }
    }

    /** After a hot attach: no hook has fired, nobody can borrow any more; a thread of the pool's own leads to it. */
    @ParameterizedTest
    @MethodSource("versions")
    void anExhaustedPoolIsFoundWithoutAnyHook(String version) throws Exception {
        String name = unique("before-us", version);
        ResourceRegistry registry = new ResourceRegistry();
        ModuleOpener opener = new ModuleOpener(ByteBuddyAgent.install());
        ThreadCensus census = new ThreadCensus(registry, opener, new ViburIntegration().discoveries(registry, opener));
        PoolHandle handle;
        try (AutoCloseable pool = (AutoCloseable) pool(version, name, 2, true);
                Connection one = ((DataSource) pool).getConnection();
                Connection two = ((DataSource) pool).getConnection()) {
            await().atMost(PATIENCE).until(() -> {
                census.run();
                return registry.pools().stream().anyMatch(found -> found.id().name().equals(name));
            });
            census.run();
            List<PoolHandle> found = registry.pools().stream().filter(candidate -> candidate.id().name().startsWith(name)).toList();
            assertEquals(1, found.size(), "found once, under the name its users gave it");
            handle = found.get(0);
            assertEquals(2, handle.entriesInUse().size());
            assertEquals(new PoolHandle.State(2, 0, 2, 2, 0), handle.state());
            assertTrue(handle.alive());
        }
        assertFalse(handle.alive(), "closed");
    }

    @ParameterizedTest
    @MethodSource("versions")
    void refusedConnectsAndFailedStatementsAreCounted(String version) throws Throwable {
        String name = unique("refused", version);
        try (StubbornDriver driver = new StubbornDriver(0); WovenHost medic = WovenHost.lasting(new ViburIntegration());
                AutoCloseable closing = (AutoCloseable) new ViburHost(version, false)
                        .pool(name, StubbornDriver.url(name), 1, LONG_WAIT_MILLIS)) {
            DataSource pool = (DataSource) closing;
            PoolHandle handle = medic.registry.pools().get(0);
            try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
                statement.execute("create alias fail for '" + Errors.class.getName() + ".fail'");
                assertThrows(SQLException.class, () -> statement.execute("call fail('57P01')"));
            }
            assertEquals(1, medic.leases.errors(handle).lost());
            assertEquals(0, medic.leases.errors(handle).refused());

            // The connection with the error was destroyed when it came back.
            driver.refuse(2);
            pool.getConnection().close();
            assertEquals(2, medic.leases.errors(handle).refused());
            assertEquals(2, medic.leases.errors(handle).full());
            assertEquals(0, medic.leases.timeouts(handle));
        }
    }

    /** Called by H2. */
    public static final class Errors {

        private Errors() {
        }

        public static int fail(String state) throws SQLException {
            throw new SQLException("on demand", state);
        }
    }
}
