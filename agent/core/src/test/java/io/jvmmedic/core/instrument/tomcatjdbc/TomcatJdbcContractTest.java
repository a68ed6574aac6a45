package io.jvmmedic.core.instrument.tomcatjdbc;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.PoolContract;
import io.jvmmedic.core.instrument.SqlFailures;
import io.jvmmedic.core.instrument.WovenHost;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.sql.DataSource;
import javax.sql.XAConnection;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tomcat JDBC does what every pool must do, also with the settings that change its inner workings. */
@SuppressWarnings("try") // Resources that are there to be closed.
class TomcatJdbcContractTest extends PoolContract {

    /** Before 9.0.92 result sets are the driver's own. */
    private static final String RAW_RESULT_SETS = "9.0.16";

    @Override
    protected Stream<String> variants() {
        return Stream.of(RAW_RESULT_SETS, "9.0.112", "10.1.55", "11.0.25", "11.0.25 unfair and without cleaner");
    }

    @Override
    protected Integration integration() {
        return new TomcatJdbcIntegration();
    }

    @Override
    protected DataSource open(String variant, Wanted wanted) throws Exception {
        Map<String, Object> settings = variant.contains("unfair")
                ? Map.of("FairQueue", false, "MinEvictableIdleTimeMillis", 0) : Map.of();
        return new TomcatJdbcHost(version(variant)).pool(wanted, settings);
    }

    private static String version(String variant) {
        return variant.split(" ")[0];
    }

    @Override
    protected void close(DataSource pool) throws Exception {
        pool.getClass().getMethod("close").invoke(pool);
    }

    @Override
    protected Map<String, Kept> kept() {
        Map<String, Kept> kept = super.kept();
        kept.put("the pool's connection", connection -> ((javax.sql.PooledConnection) connection).getConnection());
        return kept;
    }

    @Override
    protected Map<String, Kept> leaks(String variant) {
        Map<String, Kept> leaks = super.leaks();
        leaks.remove("a look at metadata");
        if (variant.equals(RAW_RESULT_SETS)) {
            leaks.remove("an open result set");
            leaks.remove("a closed statement");
        }
        return leaks;
    }

    private Ward ward(String variant, String name, Map<String, Object> settings) throws Exception {
        return new Ward(wanted -> new TomcatJdbcHost(version(variant)).pool(wanted, settings), variant, name, 2,
                LONG_WAIT_MILLIS);
    }

    /** The owner has nothing but the driver's own objects then, and they know nothing of the pool's handle. */
    @ParameterizedTest
    @MethodSource("variants")
    void withoutStatementFacadeNothingIsEverProven(String variant) throws Exception {
        try (Ward ward = ward(variant, "faceless", Map.of("UseStatementFacade", false));
                Connection connection = ward.pool.getConnection()) {
            assertTrue(ward.leaseOfMine().escaped());
            assertTrue(ward.handle().keepsHandles());
            assertEquals(1, number(connection, "select 1"));
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void anXaConnectionIsNeverProven(String variant) throws Exception {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:mem:xa-" + version(variant) + ";DB_CLOSE_DELAY=-1");
        try (Ward ward = ward(variant, "xa", Map.of("DataSource", database));
                Connection connection = ward.pool.getConnection()) {
            assertNotNull(((XAConnection) connection).getXAResource());
            assertTrue(ward.leaseOfMine().escaped());
            assertEquals(1, number(connection, "select 1"));
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void withoutDisposableFacadeADeadHandleStaysDead(String variant) throws Throwable {
        try (Ward ward = ward(variant, "undisposed", Map.of("UseDisposableConnectionFacade", false))) {
            Connection dead = ward.pool.getConnection();
            assertFalse(ward.leaseOfMine().escaped());
            pull(ward.handle().evictHandle(), dead);
            try (Connection next = ward.pool.getConnection()) {
                assertTrue(fails(dead));
                dead.close();
                assertEquals(1, number(next, "select 1"));
                assertEquals(1, ward.medic.leases.of(ward.handle()).size());
            }
            assertWhole(ward.pool, ward.handle(), 2);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void interceptorsDoNotHideALeak(String variant) throws Exception {
        try (Ward ward = ward(variant, "intercepted", Map.of("JdbcInterceptors",
                "ConnectionState;StatementFinalizer;StatementCache;SlowQueryReport;ResetAbandonedTimer"))) {
            try (Connection held = ward.pool.getConnection(); Statement statement = held.createStatement()) {
                statement.execute("select 1");
                assertFalse(ward.leaseOfMine().escaped());
                drop(ward.pool);
                await().atMost(PATIENCE).until(() -> {
                    System.gc();
                    return ward.medic.leases.of(ward.handle()).stream()
                            .filter(lease -> lease.unreachable() && !lease.escaped()).count() == 1;
                });
                assertEquals(1, number(held, "select 1"));
            }
        }
    }

    private static void drop(DataSource pool) throws SQLException {
        pool.getConnection().prepareStatement("call 1").execute();
    }

    /** The pool counts what a future has not been asked for yet as neither idle nor in use; from then on it is a borrow. */
    @ParameterizedTest
    @MethodSource("variants")
    @SuppressWarnings("unchecked")
    void aConnectionByFutureIsALeaseOnceItIsThere(String variant) throws Exception {
        assumeFalse(variant.contains("unfair"), "an unfair queue has no futures");
        try (Ward ward = new Ward(variant, "future", 1, LONG_WAIT_MILLIS)) {
            Method later = ward.pool.getClass().getMethod("getConnectionAsync");
            Connection first = ward.pool.getConnection();
            Future<Connection> future = (Future<Connection>) later.invoke(ward.pool);
            assertEquals(List.of(), ward.medic.leases.waiters(), "nobody waits yet");
            assertEquals(1, ward.medic.leases.of(ward.handle()).size());
            first.close();
            try (Connection second = result(future)) {
                assertEquals(1, ward.medic.leases.of(ward.handle()).size());
                assertFalse(ward.leaseOfMine().escaped());
                assertEquals(1, number(second, "select 1"));
            }
            assertEquals(List.of(), ward.medic.leases.of(ward.handle()));
        }
    }

    /** The pool's own removal must leave no lease behind. */
    @ParameterizedTest
    @MethodSource("variants")
    void whatThePoolRemovesAsAbandonedIsNoLeaseAnyMore(String variant) throws Exception {
        try (Ward ward = ward(variant, "abandoned",
                Map.of("RemoveAbandoned", true, "RemoveAbandonedTimeout", 1, "TimeBetweenEvictionRunsMillis", 300))) {
            Connection abandoned = ward.pool.getConnection();
            assertEquals(1, ward.medic.leases.borrows(ward.handle()));
            await().atMost(PATIENCE).until(() -> ward.medic.leases.of(ward.handle()).isEmpty());
            // It is forgotten before it is closed.
            await().atMost(PATIENCE).until(() -> fails(abandoned));
            assertEquals(0, ward.handle().state().active());
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void errorsThatTellSomethingAboutTheServerAreCounted(String variant) throws Throwable {
        try (Ward ward = new Ward(variant, "errors", 1, LONG_WAIT_MILLIS)) {
            SqlFailures.assertCounted(ward.pool, () -> ward.medic.leases.errors(ward.handle()),
                    () -> pull(ward.handle().softEvict(), null));
        }
    }

    /** After a hot attach: no hook has fired, nobody waits, the pool and its entries are found by the cleaner. */
    @ParameterizedTest
    @MethodSource("variants")
    void anExhaustedPoolIsFoundByItsCleaner(String variant) throws Exception {
        assumeFalse(variant.contains("without cleaner"), "found by the next one who borrows or waits");
        Wanted wanted = wanted(variant, "cleaned", 2, LONG_WAIT_MILLIS);
        assertFoundWhenExhausted(wanted.name(), open(variant, wanted));
    }

    @Test
    void versionEightIsRefusedAsAWhole() throws Exception {
        TomcatJdbcHost host = new TomcatJdbcHost("8.0.20");
        try (WovenHost medic = new WovenHost(integration())) {
            DataSource pool = host.pool(wanted("8.0.20", "old", 1, LONG_WAIT_MILLIS), Map.of());
            pool.getConnection().close();
            close(pool);
            assertEquals(0, medic.registry.size());
            assertEquals("this version of org.apache.tomcat.jdbc.pool.PoolProperties has no useStatementFacade Z",
                    medic.instrumenter.report().problems().get(0).reason());
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aTestThatHangsIsSeen(String variant) throws Exception {
        assertHangingTestIsSeen(query -> wanted -> new TomcatJdbcHost(version(variant))
                .pool(wanted, Map.of("TestOnBorrow", true, "ValidationQuery", query, "ValidationInterval", 0L)), variant);
    }
}
