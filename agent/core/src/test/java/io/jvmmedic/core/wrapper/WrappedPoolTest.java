package io.jvmmedic.core.wrapper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.p6spy.engine.spy.P6DataSource;
import com.zaxxer.hikari.HikariDataSource;
import io.jvmmedic.core.resource.PoolHandle;
import java.lang.ref.Reference;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.h2.jdbc.JdbcConnection;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

/**
 * A pool behind what people put around it. The borrower's handle is then the wrapper's; ours, one layer below, is
 * reachable exactly as long as that one is.
 */
class WrappedPoolTest {

    private static final int MAXIMUM = 3;

    @BeforeAll
    static void spyWithoutALogFile() {
        System.setProperty("p6spy.config.modulelist", "com.p6spy.engine.spy.P6SpyFactory");
    }

    static Stream<Arguments> wrappers() {
        return Stream.of(
                wrapper("none", pool -> pool),
                wrapper("P6Spy", P6DataSource::new),
                wrapper("datasource-proxy", pool -> ProxyDataSourceBuilder.create(pool).name("orders").build()),
                wrapper("TransactionAwareDataSourceProxy", TransactionAwareDataSourceProxy::new),
                wrapper("LazyConnectionDataSourceProxy", LazyConnectionDataSourceProxy::new),
                wrapper("two of them", pool -> new P6DataSource(new LazyConnectionDataSourceProxy(pool))));
    }

    private static Arguments wrapper(String name, UnaryOperator<DataSource> wrapper) {
        return Arguments.of(name, wrapper);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrappers")
    void aLeakIsProvenAndTakenBack(String name, UnaryOperator<DataSource> wrapper) throws Exception {
        try (LeakWatch watch = new LeakWatch(); HikariDataSource pool = watch.pool("orders", MAXIMUM)) {
            DataSource wrapped = wrapper.apply(pool);
            for (int i = 0; i < MAXIMUM; i++) {
                LeakWatch.drop(wrapped);
            }
            watch.examine();
            assertEquals(Set.of("orders"), watch.proven());
            assertEquals(0, watch.handle("orders").state().active());
            try (Connection again = wrapped.getConnection()) {
                assertTrue(again.isValid(1));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrappers")
    void aConnectionAtWorkIsLeftAlone(String name, UnaryOperator<DataSource> wrapper) throws Exception {
        try (LeakWatch watch = new LeakWatch(); HikariDataSource pool = watch.pool("orders", MAXIMUM)) {
            DataSource wrapped = wrapper.apply(pool);
            try (Connection connection = wrapped.getConnection(); Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("drop table if exists work");
                statement.execute("create table work (n int)");
                statement.execute("insert into work values (1)");
                watch.examine();
                statement.execute("insert into work values (2)");
                connection.commit();
                assertNothingHappened(watch, 1);
            }
            try (Connection connection = wrapped.getConnection()) {
                ResultSet count = connection.createStatement().executeQuery("select count(*) from work");
                assertTrue(count.next());
                assertEquals(2, count.getInt(1));
            }
            assertNothingHappened(watch, 0);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrappers")
    void aStatementThatIsKeptKeepsItsConnection(String name, UnaryOperator<DataSource> wrapper) throws Exception {
        try (LeakWatch watch = new LeakWatch(); HikariDataSource pool = watch.pool("orders", MAXIMUM)) {
            Statement kept = statement(wrapper.apply(pool));
            watch.examine();
            assertNothingHappened(watch, 1);
            assertTrue(kept.executeQuery("select 1").next());
            kept.getConnection().close();
            assertNothingHappened(watch, 0);
        }
    }

    private static Statement statement(DataSource pool) throws SQLException {
        return pool.getConnection().createStatement();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrappers")
    void aResultThatIsKeptKeepsItsConnection(String name, UnaryOperator<DataSource> wrapper) throws Exception {
        try (LeakWatch watch = new LeakWatch(); HikariDataSource pool = watch.pool("orders", MAXIMUM)) {
            ResultSet kept = result(wrapper.apply(pool));
            watch.examine();
            assertNothingHappened(watch, 1);
            assertTrue(kept.next());
            assertEquals(7, kept.getInt(1));
            kept.getStatement().getConnection().close();
            assertNothingHappened(watch, 0);
        }
    }

    private static ResultSet result(DataSource pool) throws SQLException {
        return statement(pool).executeQuery("select 7");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrappers")
    void nothingIsProvenOnceTheDriversConnectionWasTakenOut(String name, UnaryOperator<DataSource> wrapper)
            throws Exception {
        try (LeakWatch watch = new LeakWatch(); HikariDataSource pool = watch.pool("orders", MAXIMUM)) {
            JdbcConnection kept = unwrapped(wrapper.apply(pool));
            watch.examine();
            assertNothingHappened(watch, 1);
            assertFalse(kept.isClosed());
            assertTrue(kept.createStatement().executeQuery("select 1").next());
            Reference.reachabilityFence(kept);
        }
    }

    private static JdbcConnection unwrapped(DataSource pool) throws SQLException {
        return pool.getConnection().unwrap(JdbcConnection.class);
    }

    private static void assertNothingHappened(LeakWatch watch, int active) {
        assertEquals(Set.of(), watch.proven());
        PoolHandle.State state = watch.handle("orders").state();
        assertEquals(active, state.active());
        assertEquals(MAXIMUM, state.max());
    }
}
