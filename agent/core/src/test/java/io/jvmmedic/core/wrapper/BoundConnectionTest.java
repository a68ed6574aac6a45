package io.jvmmedic.core.wrapper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Connections that nobody has in a variable: a framework has bound them to the thread. They are reachable through its
 * thread-locals, so the collector never says otherwise, and their work goes on whenever the thread likes.
 */
class BoundConnectionTest {

    private static final String POOL = "bound";

    private static void assertUntouched(LeakWatch watch, int active) {
        assertEquals(Set.of(), watch.proven());
        assertEquals(active, watch.handle(POOL).state().active());
    }

    private static JdbcTemplate withTable(DataSource pool) {
        JdbcTemplate jdbc = new JdbcTemplate(pool);
        jdbc.execute("create table if not exists work (n int)");
        jdbc.update("delete from work");
        return jdbc;
    }

    private static int rows(JdbcTemplate jdbc) {
        Integer rows = jdbc.queryForObject("select count(*) from work", Integer.class);
        assertNotNull(rows);
        return rows;
    }

    @Test
    void byATransactionOfSpring() throws Exception {
        try (LeakWatch watch = new LeakWatch(); HikariDataSource pool = watch.pool(POOL, 2)) {
            transaction(watch, pool, withTable(pool));
        }
    }

    @Test
    void byATransactionOfSpringUnderTheProxies() throws Exception {
        try (LeakWatch watch = new LeakWatch(); HikariDataSource pool = watch.pool(POOL, 2)) {
            DataSource lazy = new LazyConnectionDataSourceProxy(pool);
            withTable(pool);
            transaction(watch, lazy, new JdbcTemplate(new TransactionAwareDataSourceProxy(lazy)));
        }
    }

    private static void transaction(LeakWatch watch, DataSource pool, JdbcTemplate jdbc) {
        TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(pool));
        transaction.executeWithoutResult(status -> {
            jdbc.update("insert into work values (1)");
            examine(watch);
            assertUntouched(watch, 1);
            jdbc.update("insert into work values (2)");
        });
        assertUntouched(watch, 0);
        assertEquals(2, rows(jdbc), "the transaction was committed as a whole");
    }

    private static void examine(LeakWatch watch) {
        try {
            watch.examine();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void byDataSourceUtilsOutsideATransaction() throws Exception {
        try (LeakWatch watch = new LeakWatch(); HikariDataSource pool = watch.pool(POOL, 2)) {
            TransactionSynchronizationManager.initSynchronization();
            try {
                bind(pool);
                watch.examine();
                assertUntouched(watch, 1);
                Connection bound = DataSourceUtils.getConnection(pool);
                assertTrue(bound.isValid(1));
                DataSourceUtils.releaseConnection(bound, pool);
                DataSourceUtils.releaseConnection(bound, pool);
            } finally {
                TransactionSynchronizationManager.clear();
                TransactionSynchronizationManager.unbindResourceIfPossible(pool);
            }
        }
    }

    private static void bind(DataSource pool) throws SQLException {
        assertTrue(DataSourceUtils.getConnection(pool).isValid(1));
    }

    /** With the thread its thread-locals go, and nobody is left who could return what was bound there. */
    @Test
    void untilItsThreadDies() throws Exception {
        try (LeakWatch watch = new LeakWatch(); HikariDataSource pool = watch.pool(POOL, 2)) {
            Thread worker = new Thread(() -> {
                TransactionSynchronizationManager.initSynchronization();
                try {
                    bind(pool);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            worker.start();
            worker.join();
            watch.examine();
            assertEquals(Set.of(POOL), watch.proven());
            assertEquals(0, watch.handle(POOL).state().active());
        }
    }

    @Test
    void byASessionOfHibernateInItsTransaction() throws Exception {
        try (LeakWatch watch = new LeakWatch(); HikariDataSource pool = watch.pool(POOL, 2);
                SessionFactory factory = factory(pool)) {
            JdbcTemplate jdbc = withTable(pool);
            try (Session session = factory.openSession()) {
                session.beginTransaction();
                insert(session, 1);
                watch.examine();
                assertUntouched(watch, 1);
                insert(session, 2);
                session.getTransaction().commit();
            }
            assertUntouched(watch, 0);
            assertEquals(2, rows(jdbc));
        }
    }

    @Test
    void byTheCurrentSessionOfAThread() throws Exception {
        try (LeakWatch watch = new LeakWatch(); HikariDataSource pool = watch.pool(POOL, 2);
                SessionFactory factory = factory(pool)) {
            JdbcTemplate jdbc = withTable(pool);
            beginCurrent(factory);
            watch.examine();
            assertUntouched(watch, 1);
            insert(factory.getCurrentSession(), 2);
            factory.getCurrentSession().getTransaction().commit();
            assertUntouched(watch, 0);
            assertEquals(2, rows(jdbc));
        }
    }

    @Test
    void notByASessionThatWasForgotten() throws Exception {
        try (LeakWatch watch = new LeakWatch(); HikariDataSource pool = watch.pool(POOL, 2);
                SessionFactory factory = factory(pool)) {
            JdbcTemplate jdbc = withTable(pool);
            forget(factory);
            watch.examine();
            assertEquals(Set.of(POOL), watch.proven());
            assertEquals(0, watch.handle(POOL).state().active());
            assertEquals(0, rows(jdbc), "what it never committed is rolled back");
        }
    }

    private static SessionFactory factory(DataSource pool) {
        Configuration configuration = new Configuration();
        configuration.getProperties().putAll(Map.of(
                AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool,
                AvailableSettings.CURRENT_SESSION_CONTEXT_CLASS, "thread"));
        return configuration.buildSessionFactory();
    }

    private static void insert(Session session, int number) {
        session.createNativeMutationQuery("insert into work values (" + number + ")").executeUpdate();
    }

    private static void beginCurrent(SessionFactory factory) {
        factory.getCurrentSession().beginTransaction();
        insert(factory.getCurrentSession(), 1);
    }

    private static void forget(SessionFactory factory) {
        Session session = factory.openSession();
        session.beginTransaction();
        insert(session, 1);
    }
}
