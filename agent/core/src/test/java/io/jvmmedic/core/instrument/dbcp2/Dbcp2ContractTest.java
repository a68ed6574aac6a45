package io.jvmmedic.core.instrument.dbcp2;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.PoolContract;
import io.jvmmedic.core.instrument.SqlFailures;
import io.jvmmedic.core.instrument.WovenHost;
import io.jvmmedic.core.resource.PoolHandle;
import java.lang.reflect.Constructor;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.ConnectionPoolDataSource;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Commons DBCP2 does what every pool must do, also with the settings that change its inner workings. */
@SuppressWarnings("try") // Resources that are there to be closed.
class Dbcp2ContractTest extends PoolContract {

    private static final long HALF_A_SECOND_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    @Override
    protected Stream<String> variants() {
        return Stream.of("2.9.0", "2.12.0", "2.14.0", "2.14.0 with statement pool and abandoned removal", "tomcat-9.0.112");
    }

    @Override
    protected Integration integration() {
        return new Dbcp2Integration();
    }

    @Override
    protected DataSource open(String variant, Wanted wanted) throws Exception {
        Map<String, Object> settings = variant.contains("statement pool")
                ? Map.of("PoolPreparedStatements", true, "RemoveAbandonedOnBorrow", true, "LogAbandoned", true,
                        "AccessToUnderlyingConnectionAllowed", true)
                : Map.of();
        return host(variant).pool(wanted, settings);
    }

    @Override
    protected boolean evictsWhatComesBack() {
        return false;
    }

    private Ward ward(String variant, String name, Map<String, Object> settings) throws Exception {
        return new Ward(wanted -> host(variant).pool(wanted, settings), variant, name, 2, LONG_WAIT_MILLIS);
    }

    private static Dbcp2Host host(String variant) {
        return new Dbcp2Host(variant.split(" ")[0]);
    }

    /** Where the user allows it. */
    @ParameterizedTest
    @MethodSource("variants")
    void whoAsksForTheDriversConnectionKeepsTheLease(String variant) throws Exception {
        try (Ward ward = ward(variant, "delegates", Map.of("AccessToUnderlyingConnectionAllowed", true))) {
            for (String way : List.of("getDelegate", "getInnermostDelegate")) {
                try (Connection connection = ward.pool.getConnection()) {
                    assertEquals(1, number(connection, "select 1"));
                    assertFalse(ward.leaseOfMine().escaped());
                    assertNotNull(host(variant).dbcp("DelegatingConnection").getMethod(way).invoke(connection));
                    assertTrue(ward.leaseOfMine().escaped(), way);
                }
            }
        }
    }

    /** What is not wrapped is kept reachable by the pool itself, so that its owner is never taken for gone. */
    @ParameterizedTest
    @MethodSource("variants")
    void whatIsBorrowedFromTheBarePoolIsNeverProven(String variant) throws Exception {
        try (Ward ward = new Ward(variant, "bare", 2, LONG_WAIT_MILLIS)) {
            PoolHandle handle = ward.handle();
            Object pool = Members.read(ward.pool, "connectionPool");
            ((Connection) pool.getClass().getMethod("borrowObject").invoke(pool)).createStatement().execute("select 1");
            for (int i = 0; i < 3; i++) {
                System.gc();
                assertFalse(ward.leaseOfMine().unreachable());
            }
            assertEquals(1, handle.entriesInUse().size());
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aLeakThroughThePoolingDriverIsProven(String variant) throws Exception {
        try (Ward ward = new Ward(variant, "driven", 2, LONG_WAIT_MILLIS)) {
            PoolHandle handle = ward.handle();
            Driver driver = (Driver) host(variant).dbcp("PoolingDriver").getConstructor().newInstance();
            driver.getClass().getMethod("registerPool", String.class, host(variant).pool("ObjectPool"))
                    .invoke(driver, variant, Members.read(ward.pool, "connectionPool"));
            drop(driver, variant);
            await().atMost(PATIENCE).until(() -> {
                System.gc();
                return ward.medic.leases.of(handle).get(0).unreachable();
            });
            assertFalse(ward.leaseOfMine().escaped());
        }
    }

    private static void drop(Driver driver, String name) throws SQLException {
        driver.connect("jdbc:apache:commons:dbcp:" + name, new Properties()).createStatement().execute("select 1");
    }

    /** The transaction keeps the connection until its end, whoever has let go of the handle. */
    @ParameterizedTest
    @MethodSource("variants")
    void whatATransactionKeepsIsNoLeak(String variant) throws Exception {
        assumeFalse(variant.startsWith("tomcat"), "no javax.transaction beside it");
        HandmadeTransactions transactions = new HandmadeTransactions(host(variant).loader());
        try (Ward ward = new Ward(wanted -> managed(variant, transactions, wanted), variant, "managed", 2,
                LONG_WAIT_MILLIS)) {
            Connection connection = ward.pool.getConnection();
            PoolHandle handle = ward.medic.registry.pools().get(0);
            assertTrue(handle.keepsHandles());
            assertEquals(1, number(connection, "select 1"));
            Object entry = ward.entryOfMine();
            assertTrue(handle.enlisted(entry));
            connection.close();
            assertTrue(handle.inUse(entry), "closed, and kept until the commit");
            assertTrue(handle.enlisted(entry));
            for (int i = 0; i < 3; i++) {
                System.gc();
                assertFalse(ward.leaseOfMine().unreachable());
            }
            transactions.commit();
            assertFalse(handle.inUse(entry));
            assertFalse(handle.enlisted(entry));
            assertEquals(List.of(), ward.medic.leases.of(handle));
        }
    }

    private static DataSource managed(String variant, HandmadeTransactions transactions, Wanted wanted) throws Exception {
        DataSource pool = host(variant).pool("managed.BasicManagedDataSource", wanted, Map.of());
        pool.getClass().getMethod("setTransactionManager",
                host(variant).loader().loadClass("javax.transaction.TransactionManager"))
                .invoke(pool, transactions.manager());
        return pool;
    }

    /** Testing what is idle is nobody's borrow. */
    @ParameterizedTest
    @MethodSource("variants")
    void theEvictorBorrowsNothing(String variant) throws Exception {
        try (Ward ward = ward(variant, "tested", Map.of("TestWhileIdle", true, "TimeBetweenEvictionRunsMillis", 50L,
                "MinIdle", 2, "ValidationQuery", "values next value for tests", "ConnectionInitSqls",
                List.of("create sequence if not exists tests")))) {
            PoolHandle handle = ward.handle();
            long borrows = ward.medic.leases.borrows(handle);
            try (Connection connection = ward.pool.getConnection()) {
                long before = tests(connection);
                await().atMost(PATIENCE).until(() -> tests(connection) > before + 3);
                assertEquals(1, ward.medic.leases.of(handle).stream().filter(lease -> !lease.isTest()).count());
            }
            assertEquals(borrows + 1, ward.medic.leases.borrows(handle));
            assertEquals(List.of(), ward.medic.leases.waiters());
        }
    }

    private static int tests(Connection connection) throws SQLException {
        return number(connection, "select base_value from information_schema.sequences where sequence_name = 'TESTS'");
    }

    @ParameterizedTest
    @MethodSource("variants")
    void errorsThatTellSomethingAboutTheServerAreCounted(String variant) throws Throwable {
        try (Ward ward = new Ward(variant, "errors", 1, LONG_WAIT_MILLIS)) {
            SqlFailures.assertCounted(ward.pool, () -> ward.medic.leases.errors(ward.handle()),
                    () -> pull(ward.handle().softEvict(), null));
        }
    }

    /** Pools of other things are none of ours, and neither are those who wait for them. */
    @ParameterizedTest
    @MethodSource("variants")
    void aPoolOfOtherThingsIsLeftAlone(String variant) throws Exception {
        Class<?> factoryType = host(variant).pool("PooledObjectFactory");
        Constructor<?> record = host(variant).pool("impl.DefaultPooledObject").getConstructor(Object.class);
        Object factory = Proxy.newProxyInstance(factoryType.getClassLoader(), new Class<?>[] {factoryType},
                (proxy, method, arguments) -> method.getName().equals("makeObject") ? record.newInstance(new Object())
                        : method.getReturnType() == boolean.class ? true : null);
        try (WovenHost medic = WovenHost.lasting(integration())) {
            Object pool = host(variant).pool("impl.GenericObjectPool").getConstructor(factoryType).newInstance(factory);
            pool.getClass().getMethod("setMaxTotal", int.class).invoke(pool, 1);
            Object first = pool.getClass().getMethod("borrowObject").invoke(pool);
            Future<?> second = elsewhere(() -> pool.getClass().getMethod("borrowObject").invoke(pool));
            await().atMost(PATIENCE).until(() -> pool.getClass().getMethod("getNumWaiters").invoke(pool).equals(1));
            assertEquals(List.of(), medic.leases.waiters());
            pool.getClass().getMethod("returnObject", Object.class).invoke(pool, first);
            assertSame(first, result(second));
            assertEquals(0, medic.registry.size());
        }
    }

    /** Pools of {@code PooledConnection}s, with a factory and a bookkeeping of their own. */
    @ParameterizedTest
    @MethodSource("variants")
    void poolsOfSharedAndPerUserSourcesAreLeftAlone(String variant) throws Exception {
        Dbcp2Host host = host(variant);
        Object adapter = host.dbcp("cpdsadapter.DriverAdapterCPDS").getConstructor().newInstance();
        Dbcp2Host.set(adapter, "Driver", "org.h2.Driver");
        Dbcp2Host.set(adapter, "Url", wanted(variant, "adapted", 1, LONG_WAIT_MILLIS).url());
        for (String type : List.of("SharedPoolDataSource", "PerUserPoolDataSource")) {
            try (WovenHost medic = WovenHost.lasting(integration())) {
                DataSource source = (DataSource) host.dbcp("datasources." + type).getConstructor().newInstance();
                source.getClass().getMethod("setConnectionPoolDataSource", ConnectionPoolDataSource.class)
                        .invoke(source, adapter);
                try (Connection one = source.getConnection(); Connection two = source.getConnection()) {
                    assertEquals(1, number(one, "select 1"));
                    assertEquals(1, number(two, "select 1"));
                    assertEquals(0, medic.registry.size(), type);
                }
                assertEquals(List.of(), medic.leases.waiters());
                ((AutoCloseable) source).close();
            }
        }
    }

    /** After a hot attach: no hook has fired, nobody waits, the pool and its entries are found by the evictor. */
    @ParameterizedTest
    @MethodSource("variants")
    void anExhaustedPoolIsFoundByItsEvictor(String variant) throws Exception {
        Wanted wanted = wanted(variant, "evicted", 2, LONG_WAIT_MILLIS);
        assertFoundWhenExhausted(wanted.name(),
                host(variant).pool(wanted, Map.of("TimeBetweenEvictionRunsMillis", 50L)));
    }

    @Test
    void versionTwoOneIsRefusedAsAWhole() throws Exception {
        Dbcp2Host host = new Dbcp2Host("2.1.1");
        try (WovenHost medic = new WovenHost(integration())) {
            DataSource pool = host.pool(wanted("2.1.1", "old", 1, LONG_WAIT_MILLIS), Map.of());
            pool.getConnection().close();
            close(pool);
            assertEquals(0, medic.registry.size());
            assertEquals("this version of org.apache.commons.dbcp2.PoolableConnectionFactory has no connectionFactory "
                            + "Lorg/apache/commons/dbcp2/ConnectionFactory;",
                    medic.instrumenter.report().problems().get(0).reason());
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aTestThatHangsIsSeen(String variant) throws Exception {
        assertHangingTestIsSeen(query -> wanted -> host(variant).pool(wanted, Map.of("ValidationQuery", query)), variant);
    }

    /** Given back by a machine that had stood still for most of that second, it says nothing: then once more. */
    @ParameterizedTest
    @MethodSource("variants")
    void anEvictionReachesWhatComesBackWithinASecond(String variant) throws Throwable {
        try (Ward ward = new Ward(variant, "back", 2, LONG_WAIT_MILLIS)) {
            AtomicInteger old = new AtomicInteger();
            long began = System.nanoTime();
            while (!comesBackInTime(ward, old)) {
                assertTrue(System.nanoTime() - began < PATIENCE.toNanos(), "this machine is too slow for this test");
            }
            try (Connection next = ward.pool.getConnection()) {
                assertNotEquals(old.get(), sessionOf(next));
            }
            assertWhole(ward.pool, ward.handle(), 2);
        }
    }

    private boolean comesBackInTime(Ward ward, AtomicInteger old) throws Exception {
        PoolHandle handle = ward.handle();
        Connection atWork = ward.pool.getConnection();
        old.set(sessionOf(atWork));
        ward.pool.getConnection().close();
        assertEquals(1, handle.state().idle());
        long began = System.nanoTime();
        Future<Object> evicting = elsewhere(() -> {
            try {
                pull(handle.softEvict(), null);
                return null;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        });
        await().atMost(PATIENCE).until(() -> handle.state().idle() == 0);
        atWork.close();
        boolean inTime = System.nanoTime() - began < HALF_A_SECOND_NANOS;
        result(evicting);
        return inTime;
    }
}
