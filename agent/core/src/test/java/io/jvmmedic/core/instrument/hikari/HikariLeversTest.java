package io.jvmmedic.core.instrument.hikari;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.WovenHost;
import io.jvmmedic.core.instrument.executor.ThreadCensus;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.sql.DataSource;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What can be done to a pool, on every supported version: the counters must stay right, waiters must be served. */
@SuppressWarnings("try") // Resources that are there to be closed.
class HikariLeversTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Longer than a test may take: who is not served fails by the test's patience, never by its own. */
    private static final long LONG_WAIT_MILLIS = 120_000;

    private static final ExecutorService BORROWERS = Executors.newCachedThreadPool();

    @AfterAll
    static void stop() {
        BORROWERS.shutdownNow();
    }

    static Stream<String> versions() {
        return LibraryLoader.versions("hikari").stream();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void closingALeakedEntryServesWhoWaits(String version) throws Throwable {
        HikariHost host = new HikariHost(version);
        try (WovenHost medic = WovenHost.lasting(new HikariIntegration())) {
            // minimumIdle 0: HikariCP refills on demand only.
            DataSource pool = host.pool("reclaim", 1, 0, LONG_WAIT_MILLIS);
            try (AutoCloseable closing = (AutoCloseable) pool) {
                PoolHandle handle = medic.registry.pools().get(0);
                Connection leaked = pool.getConnection();
                Future<Connection> waiter = BORROWERS.submit(() -> pool.getConnection());
                await().atMost(PATIENCE).until(() -> handle.state().waiting() == 1);
                Object entry = medic.leases.byId(medic.leases.of(handle).get(0).id()).entry();
                assertTrue(handle.inUse(entry));

                handle.closeEntry().pull(entry);

                try (Connection served = result(waiter)) {
                    assertTrue(served.isValid(1));
                    assertFalse(handle.inUse(entry));
                    await().atMost(PATIENCE).until(() -> fails(leaked));
                    assertEquals(new PoolHandle.State(1, 0, 1, 1, 0), handle.state());
                    leaked.close();
                    assertEquals(new PoolHandle.State(1, 0, 1, 1, 0), handle.state(), "closing the dead handle frees nothing");
                    assertThrows(IllegalStateException.class, () -> handle.closeEntry().pull(entry), "only once");
                    assertEquals(1, medic.leases.of(handle).size());
                }
            }
        }
    }

    /** Issue 1441 of HikariCP: a dead handle that is closed late, by several threads, beside a borrower at work. */
    @ParameterizedTest
    @MethodSource("versions")
    void lateClosesOfDeadHandlesNeverDisturbTheCounters(String version) throws Throwable {
        int maximum = 3;
        HikariHost host = new HikariHost(version);
        try (WovenHost medic = WovenHost.lasting(new HikariIntegration())) {
            DataSource pool = host.pool("late", maximum, -1, LONG_WAIT_MILLIS);
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try (AutoCloseable closing = (AutoCloseable) pool) {
                PoolHandle handle = medic.registry.pools().get(0);
                AtomicBoolean stop = new AtomicBoolean();
                Future<Integer> innocent = threads.submit(() -> {
                    int turns = 0;
                    do {
                        try (Connection connection = pool.getConnection()) {
                            connection.createStatement().execute("select 1");
                            turns++;
                        }
                    } while (!stop.get());
                    return turns;
                });
                for (int round = 0; round < 50; round++) {
                    Connection dead = pool.getConnection();
                    Object entry = entryOf(medic, handle, dead);
                    handle.closeEntry().pull(entry);
                    List<Future<?>> closers = new ArrayList<>();
                    for (int i = 0; i < 3; i++) {
                        closers.add(threads.submit(() -> {
                            dead.close();
                            return null;
                        }));
                    }
                    for (Future<?> closer : closers) {
                        result(closer);
                    }
                }
                stop.set(true);
                assertTrue(result(innocent) > 0, "the innocent borrower worked on, without an exception");
                await().atMost(PATIENCE).until(() ->
                        handle.state().equals(new PoolHandle.State(0, maximum, maximum, maximum, 0)));
                Set<Connection> all = ConcurrentHashMap.newKeySet();
                for (int i = 0; i < maximum; i++) {
                    assertTrue(all.add(pool.getConnection().unwrap(Connection.class)), "two borrowers of one connection");
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }

    private static <T> T result(Future<T> future) throws Exception {
        return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static Object entryOf(WovenHost medic, PoolHandle handle, Connection connection) {
        long self = Thread.currentThread().getId();
        return medic.leases.of(handle).stream().filter(lease -> lease.threadId() == self).map(Lease.View::id)
                .map(id -> medic.leases.byId(id).entry()).findFirst().orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void evictingALiveHandleServesWhoWaits(String version) throws Throwable {
        HikariHost host = new HikariHost(version);
        try (WovenHost medic = WovenHost.lasting(new HikariIntegration())) {
            DataSource pool = host.pool("evict", 1, 0, LONG_WAIT_MILLIS);
            try (AutoCloseable closing = (AutoCloseable) pool) {
                PoolHandle handle = medic.registry.pools().get(0);
                Connection stuck = pool.getConnection();
                Future<Connection> waiter = BORROWERS.submit(() -> pool.getConnection());
                await().atMost(PATIENCE).until(() -> handle.state().waiting() == 1);

                handle.evictHandle().pull(stuck);

                try (Connection served = result(waiter)) {
                    assertTrue(served.isValid(1));
                    stuck.close();
                    assertEquals(new PoolHandle.State(1, 0, 1, 1, 0), handle.state());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void aGrownPoolServesParkedWaitersAndShrinksAgain(String version) throws Throwable {
        HikariHost host = new HikariHost(version);
        try (WovenHost medic = WovenHost.lasting(new HikariIntegration())) {
            DataSource pool = host.pool("grow", 1, -1, LONG_WAIT_MILLIS);
            try (AutoCloseable closing = (AutoCloseable) pool) {
                PoolHandle handle = medic.registry.pools().get(0);
                Connection first = pool.getConnection();
                Future<Connection> second = BORROWERS.submit(() -> pool.getConnection());
                Future<Connection> third = BORROWERS.submit(() -> pool.getConnection());
                await().atMost(PATIENCE).until(() -> handle.state().waiting() == 2);

                handle.resize().pull(3);
                // A pull looks after them for a second; what adds connections may come to a stop for longer.
                await().atMost(PATIENCE).untilAsserted(() -> {
                    handle.kick().pull(handle.state().waiting());
                    assertTrue(second.isDone() && third.isDone(), "parked waiters are served");
                });

                // Idle surplus goes at once, surplus in use when it comes back.
                second.get().close();
                handle.resize().pull(1);
                assertEquals(1, handle.state().max());
                third.get().close();
                first.close();
                await().atMost(PATIENCE).untilAsserted(() -> {
                    // Up to HikariCP 5 what was in use came back idle, and is let go of now.
                    handle.resize().pull(1);
                    assertEquals(new PoolHandle.State(0, 1, 1, 1, 0), handle.state());
                });
            }
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void softEvictReplacesIdleConnections(String version) throws Throwable {
        HikariHost host = new HikariHost(version);
        try (WovenHost medic = WovenHost.lasting(new HikariIntegration())) {
            DataSource pool = host.pool("soft", 1, -1, LONG_WAIT_MILLIS);
            try (AutoCloseable closing = (AutoCloseable) pool) {
                PoolHandle handle = medic.registry.pools().get(0);
                Connection before;
                try (Connection connection = pool.getConnection()) {
                    before = connection.unwrap(Connection.class);
                }
                handle.softEvict().pull(null);
                try (Connection connection = pool.getConnection()) {
                    assertFalse(connection.unwrap(Connection.class) == before);
                }
            }
        }
    }

    /** After a hot attach: no hook has fired, nobody can borrow any more, the pool and its entries are found all the same. */
    @ParameterizedTest
    @MethodSource("versions")
    void anExhaustedPoolIsFoundWithoutAnyHook(String version) throws Exception {
        // A thread of the one before may lead to that for a moment.
        String name = "before-us-" + version;
        DataSource pool = new HikariHost(version).pool(name, 2, -1, LONG_WAIT_MILLIS);
        ResourceRegistry registry = new ResourceRegistry();
        ModuleOpener opener = new ModuleOpener(ByteBuddyAgent.install());
        ThreadCensus census = new ThreadCensus(registry, opener,
                new HikariIntegration().discoveries(registry, opener));
        PoolHandle handle;
        try (AutoCloseable closing = (AutoCloseable) pool;
                Connection one = pool.getConnection(); Connection two = pool.getConnection()) {
            await().atMost(PATIENCE).until(() -> {
                census.run();
                return registry.pools().stream().anyMatch(found -> found.id().name().equals(name));
            });
            handle = registry.pools().stream()
                    .filter(found -> found.id().name().equals(name)).findFirst().orElseThrow();
            assertEquals(2, handle.entriesInUse().size());
            assertEquals(new PoolHandle.State(2, 0, 2, 2, 0), handle.state());
            assertTrue(handle.alive());
        }
        assertFalse(handle.alive(), "closed");
    }

    private static boolean fails(Connection connection) {
        try (Statement works = connection.createStatement()) {
            return false;
        } catch (SQLException e) {
            return true;
        }
    }
}
