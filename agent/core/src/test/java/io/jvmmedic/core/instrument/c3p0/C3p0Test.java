package io.jvmmedic.core.instrument.c3p0;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.StubbornDriver;
import io.jvmmedic.core.instrument.WovenHost;
import io.jvmmedic.core.instrument.executor.ThreadCensus;
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

/** What is special about c3p0: its helper threads, and what it cannot do. */
@SuppressWarnings("try") // Resources that are there to be closed.
class C3p0Test {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LONG_WAIT_MILLIS = 120_000;

    private static final ExecutorService BORROWERS = Executors.newCachedThreadPool();

    @AfterAll
    static void stop() {
        BORROWERS.shutdownNow();
    }

    static Stream<String> versions() {
        return LibraryLoader.versions("c3p0").stream();
    }

    private static String unique(String name, String version) {
        return name + "-" + version.replace('.', '-');
    }

    private static DataSource pool(String version, String name, int maximum) throws ReflectiveOperationException {
        return new C3p0Host(version).pool(name, "jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1", maximum, LONG_WAIT_MILLIS);
    }

    private static DataSource stubborn(String version, String name) throws ReflectiveOperationException {
        return new C3p0Host(version).pool(name, StubbornDriver.url(name), 1, LONG_WAIT_MILLIS);
    }

    private static <V> V result(Future<V> future) throws Exception {
        return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static void close(DataSource pool) throws ReflectiveOperationException {
        C3p0Host.call(pool, "close");
    }

    /** After a hot attach: no hook has fired, nobody can borrow any more; the helper threads lead to the pool. */
    @ParameterizedTest
    @MethodSource("versions")
    void anExhaustedPoolIsFoundWithoutAnyHook(String version) throws Exception {
        String name = unique("before-us", version);
        DataSource pool = pool(version, name, 2);
        ResourceRegistry registry = new ResourceRegistry();
        ModuleOpener opener = new ModuleOpener(ByteBuddyAgent.install());
        ThreadCensus census = new ThreadCensus(registry, opener, new C3p0Integration().discoveries(registry, opener));
        try (Connection one = pool.getConnection(); Connection two = pool.getConnection()) {
            await().atMost(PATIENCE).until(() -> {
                census.run();
                return registry.pools().stream().anyMatch(found -> found.id().name().equals(name));
            });
            census.run();
            List<PoolHandle> found = registry.pools().stream().filter(candidate -> candidate.id().name().startsWith(name)).toList();
            assertEquals(1, found.size(), "found once, under the name its users gave it");
            PoolHandle handle = found.get(0);
            assertEquals(2, handle.entriesInUse().size());
            assertEquals(new PoolHandle.State(2, 0, 2, 2, 0), handle.state());
            assertTrue(handle.alive());
            close(pool);
            assertFalse(handle.alive());
        }
    }

    /** c3p0 holds on to what it gave out, so a lost handle looks like a kept one: nothing must be made of that. */
    @ParameterizedTest
    @MethodSource("versions")
    void noLeakIsEverProven(String version) throws Exception {
        DataSource pool = pool(version, unique("unproven", version), 2);
        try (WovenHost medic = WovenHost.lasting(new C3p0Integration())) {
            leak(pool);
            PoolHandle handle = medic.registry.pools().get(0);
            for (int i = 0; i < 5; i++) {
                System.gc();
                assertEquals(1, medic.leases.of(handle).size());
                assertFalse(medic.leases.of(handle).get(0).unreachable());
            }
        } finally {
            close(pool);
        }
    }

    private static void leak(DataSource pool) throws SQLException {
        pool.getConnection().createStatement().execute("select 1");
    }

    @ParameterizedTest
    @MethodSource("versions")
    void whoeverGetsTheDriversConnectionFromARawOperationMarksTheLease(String version) throws Exception {
        DataSource pool = pool(version, unique("raw", version), 1);
        try (WovenHost medic = WovenHost.lasting(new C3p0Integration()); Connection connection = pool.getConnection()) {
            PoolHandle handle = medic.registry.pools().get(0);
            Class<?> api = Class.forName("com.mchange.v2.c3p0.C3P0ProxyConnection", true, pool.getClass().getClassLoader());
            assertNotNull(connection.unwrap(api));
            assertFalse(medic.leases.of(handle).get(0).escaped(), "the proxy itself is no object of the driver");
            Object raw = C3p0Host.call(connection, "rawConnectionOperation", List.class.getMethod("of", Object.class), null,
                    new Object[] {api.getField("RAW_CONNECTION").get(null)});
            assertTrue(((List<?>) raw).get(0) instanceof org.h2.jdbc.JdbcConnection);
            assertTrue(medic.leases.of(handle).get(0).escaped());
        } finally {
            close(pool);
        }
    }

    /** An export with one statement is in use as long as it fetches. */
    @ParameterizedTest
    @MethodSource("versions")
    void aFetchedRowIsAUse(String version) throws Exception {
        DataSource pool = pool(version, unique("rows", version), 1);
        try (WovenHost medic = WovenHost.lasting(new C3p0Integration()); Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select x from system_range(1, 10)")) {
            PoolHandle handle = medic.registry.pools().get(0);
            long reader = result(BORROWERS.submit(() -> {
                assertTrue(rows.next());
                return Thread.currentThread().getId();
            }));
            assertEquals(reader, medic.leases.of(handle).get(0).userId());
        } finally {
            close(pool);
        }
    }

    /** A connection that is out makes room for another one, and is superfluous when it comes back. */
    @ParameterizedTest
    @MethodSource("versions")
    void whoMakesRoomForOthersIsNotDisturbed(String version) throws Throwable {
        DataSource pool = pool(version, unique("room", version), 1);
        try (WovenHost medic = WovenHost.lasting(new C3p0Integration())) {
            Connection first = pool.getConnection();
            PoolHandle handle = medic.registry.pools().get(0);
            Object entry = handle.entriesInUse().get(0);
            Connection physical = handle.physical(entry);
            first.setAutoCommit(false);
            first.createStatement().execute("create table work(id int)");
            first.createStatement().execute("insert into work values (1)");
            Future<Connection> waiter = BORROWERS.submit(() -> pool.getConnection());
            await().atMost(PATIENCE).until(() -> handle.state().waiting() == 1);

            handle.resize().pull(2);
            handle.kick().pull(1);

            try (Connection second = result(waiter)) {
                assertEquals(new PoolHandle.State(2, 0, 2, 2, 0), handle.state());
                assertTrue(handle.inUse(entry), "it is still out");
                assertEquals(2, handle.entriesInUse().size());
                assertEquals(1, C3p0Host.call(pool, "getMaxPoolSize"), "nobody set anything");
                first.createStatement().execute("insert into work values (2)");
                first.commit();
                assertFalse(physical.isClosed());
                first.close();
                await().atMost(PATIENCE).until(physical::isClosed);
                assertEquals(new PoolHandle.State(1, 0, 1, 2, 0), handle.state());
                assertFalse(handle.inUse(entry));
                ResultSet rows = second.createStatement().executeQuery("select count(*) from work");
                assertTrue(rows.next());
                assertEquals(2, rows.getInt(1));
            }
            handle.resize().pull(1);
            await().atMost(PATIENCE).untilAsserted(() ->
                    assertEquals(new PoolHandle.State(0, 1, 1, 1, 0), handle.state()));
        } finally {
            close(pool);
        }
    }

    /** It fills no slot of c3p0's own any more, and can be reclaimed all the same. */
    @ParameterizedTest
    @MethodSource("versions")
    void whatMadeRoomAndLeakedCanBeClosed(String version) throws Throwable {
        DataSource pool = pool(version, unique("roomleak", version), 1);
        try (WovenHost medic = WovenHost.lasting(new C3p0Integration())) {
            leak(pool);
            PoolHandle handle = medic.registry.pools().get(0);
            Object entry = handle.entriesInUse().get(0);
            Future<Connection> waiter = BORROWERS.submit(() -> pool.getConnection());
            await().atMost(PATIENCE).until(() -> handle.state().waiting() == 1);
            handle.resize().pull(2);
            try (Connection second = result(waiter)) {
                Connection physical = handle.physical(entry);
                handle.closeEntry().pull(entry);
                await().atMost(PATIENCE).until(physical::isClosed);
                assertEquals(new PoolHandle.State(1, 0, 1, 2, 0), handle.state());
                assertThrows(IllegalStateException.class, () -> handle.closeEntry().pull(entry), "only once");
                assertEquals(1, medic.leases.of(handle).size());
                assertTrue(second.isValid(1));
            }
        } finally {
            close(pool);
        }
    }

    /** One helper thread, and it hangs in the driver for ever: c3p0 counts its order as under way and makes no other. */
    @ParameterizedTest
    @MethodSource("versions")
    void aPoolWhoseHelpersHangIsRevived(String version) throws Throwable {
        DataSource pool = stubborn(version, unique("hanging", version));
        C3p0Host.call(pool, "setNumHelperThreads", 1);
        try (StubbornDriver driver = new StubbornDriver(1); WovenHost medic = WovenHost.lasting(new C3p0Integration())) {
            Future<Connection> waiter = BORROWERS.submit(() -> pool.getConnection());
            await().atMost(PATIENCE).until(() -> driver.hanging() == 1 && medic.leases.waiters().size() == 1);
            PoolHandle handle = medic.registry.pools().get(0);
            PoolHandle.Creator creator = handle.creator();
            assertTrue(creator.wanted());
            assertFalse(creator.dead());
            assertNotNull(creator.worker());
            assertTrue(Stream.of(creator.worker().getStackTrace())
                    .anyMatch(frame -> frame.getClassName().equals(StubbornDriver.class.getName())));

            handle.revive().pull(null);

            try (Connection served = result(waiter)) {
                assertEquals(1, driver.hanging(), "the first order hangs on");
                assertEquals(1, handle.state().total());
                driver.answer();
                // What arrives late is too much.
                await().atMost(PATIENCE).until(() -> driver.hanging() == 0 && handle.creator().worker() == null);
                assertEquals(new PoolHandle.State(1, 0, 1, 1, 0), handle.state());
                assertTrue(served.isValid(1));
            }
            await().atMost(PATIENCE).untilAsserted(() ->
                    assertEquals(new PoolHandle.State(0, 1, 1, 1, 0), handle.state()));
        } finally {
            close(pool);
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void aReviveOfAHealthyPoolChangesNothing(String version) throws Throwable {
        DataSource pool = pool(version, unique("healthy", version), 2);
        try (WovenHost medic = WovenHost.lasting(new C3p0Integration()); Connection connection = pool.getConnection()) {
            PoolHandle handle = medic.registry.pools().get(0);
            handle.revive().pull(null);
            // What was ordered once too often arrives, and is closed.
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertEquals(new PoolHandle.State(1, 1, 2, 2, 0), handle.state());
                assertFalse(handle.creator().wanted());
                assertNull(handle.creator().worker());
            });
            assertTrue(connection.isValid(1));
        } finally {
            close(pool);
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void refusedConnectsAndFailedStatementsAreCounted(String version) throws Throwable {
        DataSource pool = stubborn(version, unique("refused", version));
        C3p0Host.call(pool, "setAcquireRetryDelay", 50);
        try (StubbornDriver driver = new StubbornDriver(0); WovenHost medic = WovenHost.lasting(new C3p0Integration())) {
            try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
                statement.execute("create alias fail for '" + Errors.class.getName() + ".fail'");
                assertThrows(SQLException.class, () -> statement.execute("call fail('57P01')"));
            }
            PoolHandle handle = medic.registry.pools().get(0);
            assertEquals(1, medic.leases.errors(handle).lost());
            assertEquals(0, medic.leases.errors(handle).refused());

            driver.refuse(3);
            handle.softEvict().pull(null);
            pool.getConnection().close();
            // Another helper thread may have tried as well, and have been told later.
            await().atMost(PATIENCE).until(() -> medic.leases.errors(handle).refused() == 3);
            assertEquals(3, medic.leases.errors(handle).full());
        } finally {
            close(pool);
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
