package io.jvmmedic.core.instrument.druid;

import static io.jvmmedic.core.instrument.PoolContract.pull;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import javax.sql.DataSource;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is special about Druid: it counts what is out and knows nothing else of it, and a thread of its own creates. */
@SuppressWarnings("try") // Resources that are there to be closed.
class DruidTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long LONG_WAIT_MILLIS = 120_000;
    private static final long FOR_EVER = -1;

    private static final ExecutorService BORROWERS = Executors.newCachedThreadPool();

    @AfterAll
    static void stop() {
        BORROWERS.shutdownNow();
    }

    static Stream<String> versions() {
        return LibraryLoader.versions("druid").stream();
    }

    private static DataSource pool(DruidHost host, String name, int maximum, long timeoutMillis) throws Exception {
        return host.pool(name, "jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1", maximum, timeoutMillis);
    }

    private static String unique(String name, String version) {
        return name + "-" + version.replace('.', '-');
    }

    private static Connection served(Future<Connection> waiter) throws Exception {
        return waiter.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static void awaitWaiters(PoolHandle handle, int count) {
        await().atMost(PATIENCE).until(() -> handle.state().waiting() == count);
    }

    private static void leakWithOpenStatement(DataSource pool) throws SQLException {
        pool.getConnection().createStatement().executeQuery("select 1").next();
    }

    /** Handle, holder and statement are collected together, and nobody but the lease knows the connection any more. */
    @ParameterizedTest
    @MethodSource("versions")
    void aLeakIsTakenBackWhenEverythingAroundItIsCollected(String version) throws Throwable {
        DataSource pool = pool(new DruidHost(version), unique("collected", version), 1, FOR_EVER);
        try (AutoCloseable closing = (AutoCloseable) pool; WovenHost medic = WovenHost.lasting(new DruidIntegration())) {
            leakWithOpenStatement(pool);
            PoolHandle handle = medic.registry.pools().get(0);
            Future<Connection> waiter = BORROWERS.submit(() -> pool.getConnection());
            awaitWaiters(handle, 1);
            await().atMost(PATIENCE).until(() -> {
                System.gc();
                medic.registry.prune();
                return medic.leases.of(handle).stream().anyMatch(Lease.View::unreachable);
            });
            Lease.View leak = medic.leases.of(handle).get(0);
            assertFalse(leak.escaped());
            Object entry = medic.leases.byId(leak.id()).entry();
            assertNotNull(entry, "kept by the lease");
            assertTrue(handle.inUse(entry));
            assertEquals(List.of(entry), handle.entriesInUse());

            pull(handle.closeEntry(), entry);

            try (Connection served = served(waiter)) {
                assertTrue(((Connection) entry).isClosed());
                assertFalse(handle.inUse(entry));
                assertEquals(new PoolHandle.State(1, 0, 1, 1, 0), handle.state());
                assertThrows(IllegalStateException.class, () -> pull(handle.closeEntry(), entry), "only once");
                assertTrue(served.isValid(1));
            }
            assertEquals(new PoolHandle.State(0, 1, 1, 1, 0), handle.state());
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void nothingIsKeptOfAPoolThatEnded(String version) throws Exception {
        DataSource pool = pool(new DruidHost(version), unique("ended", version), 1, LONG_WAIT_MILLIS);
        try (WovenHost medic = WovenHost.lasting(new DruidIntegration())) {
            leakWithOpenStatement(pool);
            PoolHandle handle = medic.registry.pools().get(0);
            assertEquals(1, medic.leases.slots(handle).size());
            ((AutoCloseable) pool).close();
            medic.registry.prune();
            assertEquals(List.of(), medic.leases.slots(handle));
            assertEquals(List.of(), medic.registry.pools());
        }
    }

    /** Nobody is told when a slot is freed; whatever lock and wait are configured, the waiters must be. */
    @ParameterizedTest
    @MethodSource("versions")
    void whoWaitsForEverIsServed(String version) throws Throwable {
        for (boolean unfair : new boolean[] {true, false}) {
            DataSource pool = pool(new DruidHost(version).with("useUnfairLock", unfair).with("keepAlive", true),
                    unique("forever" + unfair, version), 2, FOR_EVER);
            try (AutoCloseable closing = (AutoCloseable) pool; WovenHost medic = WovenHost.lasting(new DruidIntegration())) {
                Connection one = pool.getConnection();
                Connection two = pool.getConnection();
                PoolHandle handle = medic.registry.pools().get(0);
                Future<Connection> third = BORROWERS.submit(() -> pool.getConnection());
                Future<Connection> fourth = BORROWERS.submit(() -> pool.getConnection());
                awaitWaiters(handle, 2);
                assertEquals(2, medic.leases.waiters().size());
                pull(handle.resize(), 4);
                pull(handle.kick(), 2);
                served(third).close();
                served(fourth).close();
                pull(handle.evictHandle(), one);
                assertThrows(SQLException.class, one::createStatement);
                two.close();
                pull(handle.resize(), 2);
                assertTrue(handle.state().total() <= 2, () -> handle.state().toString());
                assertEquals(0, handle.state().active());
            }
        }
    }

    /** The wall refuses statements without a word of the driver: that is no failed session, and no end of the lease. */
    @ParameterizedTest
    @MethodSource("versions")
    void aStatementThatTheWallRefusesChangesNothing(String version) throws Throwable {
        DataSource pool = pool(new DruidHost(version).with("filters", "stat,wall"), unique("wall", version), 1, FOR_EVER);
        try (AutoCloseable closing = (AutoCloseable) pool; WovenHost medic = WovenHost.lasting(new DruidIntegration())) {
            Connection leaked = pool.getConnection();
            assertThrows(SQLException.class, () -> leaked.createStatement().execute("call 1"));
            PoolHandle handle = medic.registry.pools().get(0);
            Lease.View lease = medic.leases.of(handle).get(0);
            assertFalse(lease.escaped());
            assertEquals(0, medic.leases.errors(handle).sessions());
            Object entry = medic.leases.byId(lease.id()).entry();
            assertTrue(handle.inUse(entry));
            assertTrue(handle.physical(entry) instanceof org.h2.jdbc.JdbcConnection, "below both proxies");
            Future<Connection> waiter = BORROWERS.submit(() -> pool.getConnection());
            awaitWaiters(handle, 1);
            pull(handle.closeEntry(), entry);
            try (Connection served = served(waiter); Statement statement = served.createStatement()) {
                assertTrue(statement.execute("select 1"));
                assertThrows(SQLException.class, () -> leaked.createStatement().execute("select 1"));
            }
            assertEquals(new PoolHandle.State(0, 1, 1, 1, 0), handle.state());
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void aHandleThatDruidKeepsProvesNothing(String version) throws Exception {
        DataSource pool = pool(new DruidHost(version).with("removeAbandoned", true), unique("kept", version), 1,
                LONG_WAIT_MILLIS);
        try (AutoCloseable closing = (AutoCloseable) pool; WovenHost medic = WovenHost.lasting(new DruidIntegration())) {
            leakWithOpenStatement(pool);
            PoolHandle handle = medic.registry.pools().get(0);
            assertTrue(handle.keepsHandles());
            for (int i = 0; i < 5; i++) {
                System.gc();
                assertFalse(medic.leases.of(handle).get(0).unreachable());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void aCreatorThatHangsGetsASecondOne(String version) throws Throwable {
        String name = unique("hanging", version);
        try (StubbornDriver driver = new StubbornDriver(1); WovenHost medic = WovenHost.lasting(new DruidIntegration())) {
            DataSource pool = new DruidHost(version).with("driver", driver)
                    .pool(name, StubbornDriver.url(name), 1, LONG_WAIT_MILLIS);
            try (AutoCloseable closing = (AutoCloseable) pool) {
                Future<Connection> waiter = BORROWERS.submit(() -> pool.getConnection());
                await().atMost(PATIENCE).until(() -> driver.hanging() == 1 && medic.leases.waiters().size() == 1);
                PoolHandle handle = medic.registry.pools().get(0);
                awaitWaiters(handle, 1);
                assertTrue(handle.creator().wanted());
                assertFalse(handle.creator().dead());
                assertTrue(Stream.of(handle.creator().worker().getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(StubbornDriver.class.getName())));

                pull(handle.revive(), null);

                try (Connection served = served(waiter)) {
                    assertEquals(1, driver.hanging(), "the first hangs on");
                    driver.answer();
                    await().atMost(PATIENCE).until(() -> driver.hanging() == 0);
                    assertTrue(served.isValid(1));
                }
                await().atMost(PATIENCE).untilAsserted(() -> {
                    assertNull(handle.creator().worker());
                    assertEquals(new PoolHandle.State(0, 1, 1, 1, 0), handle.state(), "what arrives late is too much");
                });
            }
        }
    }

    /** {@code breakAfterAcquireFailure} ends the creator for good, and nobody is told. */
    @ParameterizedTest
    @MethodSource("versions")
    void aCreatorThatHasEndedIsStartedAgain(String version) throws Throwable {
        String name = unique("broken", version);
        try (StubbornDriver driver = new StubbornDriver(0); WovenHost medic = WovenHost.lasting(new DruidIntegration())) {
            driver.refuse(2);
            DataSource pool = new DruidHost(version).with("driver", driver).with("breakAfterAcquireFailure", true)
                    .pool(name, StubbornDriver.url(name), 1, LONG_WAIT_MILLIS);
            try (AutoCloseable closing = (AutoCloseable) pool) {
                Future<Connection> waiter = BORROWERS.submit(() -> pool.getConnection());
                await().atMost(PATIENCE).until(() -> medic.registry.pools().size() == 1
                        && medic.registry.pools().get(0).creator().dead());
                PoolHandle handle = medic.registry.pools().get(0);
                awaitWaiters(handle, 1);
                assertTrue(handle.creator().wanted());
                assertEquals(2, medic.leases.errors(handle).refused());

                pull(handle.revive(), null);

                try (Connection served = served(waiter)) {
                    assertTrue(served.isValid(1));
                    assertFalse(handle.creator().dead());
                }
            }
        }
    }

    /** Druid's destroyer works with arrays that a resize replaces, and would end with a NullPointerException. */
    @ParameterizedTest
    @MethodSource("versions")
    void aResizeWaitsUntilTheDestroyerIsDone(String version) throws Throwable {
        DataSource pool = pool(new DruidHost(version), unique("shrinking", version), 2, LONG_WAIT_MILLIS);
        try (AutoCloseable closing = (AutoCloseable) pool; WovenHost medic = WovenHost.lasting(new DruidIntegration())) {
            pool.getConnection().close();
            PoolHandle handle = medic.registry.pools().get(0);
            Object[] evicting = (Object[]) Members.read(pool, "evictConnections");
            Object[] idle = (Object[]) Members.read(pool, "connections");
            evicting[0] = idle[0];
            // Pulled again should this machine stand still for the two seconds after which the lever gives up.
            Future<?> resize = BORROWERS.submit(() -> await().atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(IllegalStateException.class).untilAsserted(() -> pull(handle.resize(), 3)));
            assertThrows(java.util.concurrent.TimeoutException.class, () -> resize.get(300, TimeUnit.MILLISECONDS));
            assertEquals(2, handle.state().max());
            evicting[0] = null;
            resize.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertEquals(new PoolHandle.State(0, 1, 1, 3, 0), handle.state());
        }
    }

    /** A close that hangs must not hang everybody: the slot is free before, and the pool's lock as well. */
    @ParameterizedTest
    @MethodSource("versions")
    void nobodyWaitsForTheCloseOfWhatLeaked(String version) throws Throwable {
        DataSource pool = pool(new DruidHost(version), unique("slow", version), 1, LONG_WAIT_MILLIS);
        try (AutoCloseable closing = (AutoCloseable) pool; WovenHost medic = WovenHost.lasting(new DruidIntegration())) {
            Connection leaked = pool.getConnection();
            PoolHandle handle = medic.registry.pools().get(0);
            Object entry = handle.entriesInUse().get(0);
            // H2 closes a session under its own lock; whoever holds it holds up the close.
            Object session = leaked.unwrap(org.h2.jdbc.JdbcConnection.class).getSession();
            ReentrantLock busy = (ReentrantLock) Members.read(session, "lock");
            busy.lock();
            Future<?> closer;
            try {
                closer = BORROWERS.submit(() -> {
                    try {
                        pull(handle.closeEntry(), entry);
                    } catch (Throwable e) {
                        throw new IllegalStateException(e);
                    }
                });
                try (Connection next = served(BORROWERS.submit(() -> pool.getConnection()))) {
                    assertTrue(next.isValid(1));
                    assertFalse(closer.isDone(), "still closing");
                }
            } finally {
                busy.unlock();
            }
            closer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertEquals(new PoolHandle.State(0, 1, 1, 1, 0), handle.state());
        }
    }

    /** Reclaims of connections at work hit their users, and nobody else; no slot is lost or made. */
    @ParameterizedTest
    @MethodSource("versions")
    void reclaimsOfBusyConnectionsLoseNoSlot(String version) throws Throwable {
        int maximum = 3;
        DataSource pool = pool(new DruidHost(version), unique("chaos", version), maximum, LONG_WAIT_MILLIS);
        try (AutoCloseable closing = (AutoCloseable) pool; WovenHost medic = WovenHost.lasting(new DruidIntegration())) {
            pool.getConnection().close();
            PoolHandle handle = medic.registry.pools().get(0);
            Chaos.reclaims(pool, handle, 200);
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertEquals(0, handle.state().active());
                assertEquals(List.of(), medic.leases.of(handle));
            });
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
            assertEquals(new PoolHandle.State(0, maximum, maximum, maximum, 0), handle.state());
        }
    }

    /** After a hot attach: no hook has fired, nobody can borrow any more; the threads or the task lead to the pool. */
    @ParameterizedTest
    @MethodSource("versions")
    void anExhaustedPoolIsFoundWithoutAnyHook(String version) throws Exception {
        ScheduledThreadPoolExecutor lent = new ScheduledThreadPoolExecutor(1);
        for (boolean scheduled : new boolean[] {false, true}) {
            String name = unique("before-us-" + scheduled, version);
            DruidHost host = new DruidHost(version);
            if (scheduled) {
                host.with("destroyScheduler", lent).with("createScheduler", lent);
            }
            DataSource pool = pool(host, name, 1, LONG_WAIT_MILLIS);
            ResourceRegistry registry = new ResourceRegistry();
            ModuleOpener opener = new ModuleOpener(ByteBuddyAgent.install());
            ThreadCensus census = new ThreadCensus(registry, opener, new DruidIntegration().discoveries(registry, opener));
            PoolHandle handle;
            try (AutoCloseable closing = (AutoCloseable) pool; Connection only = pool.getConnection()) {
                await().atMost(PATIENCE).until(() -> {
                    census.run();
                    return registry.pools().stream().anyMatch(found -> found.id().name().equals(name));
                });
                handle = registry.pools().stream().filter(found -> found.id().name().equals(name)).findFirst()
                        .orElseThrow();
                assertEquals(new PoolHandle.State(1, 0, 1, 1, 0), handle.state());
                assertTrue(only.isValid(1));
                assertEquals(!scheduled, handle.revive().isPresent());
            }
            assertFalse(handle.alive(), "closed");
        }
        lent.shutdownNow();
    }
}
