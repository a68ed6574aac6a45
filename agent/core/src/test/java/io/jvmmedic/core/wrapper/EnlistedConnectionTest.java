package io.jvmmedic.core.wrapper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.arjuna.ats.arjuna.common.CoordinatorEnvironmentBean;
import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.internal.arjuna.objectstore.VolatileStore;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.narayana.NarayanaTransactionIntegration;
import io.jvmmedic.core.instrument.agroal.AgroalIntegration;
import io.jvmmedic.core.instrument.hikari.HikariIntegration;
import io.jvmmedic.core.resource.PoolHandle;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Connections that take part in a transaction of a transaction manager. Its end gives them back, by the pool's own record
 * of them; what became of the handles that the application got meanwhile says nothing. So one is never taken back, however
 * dead its handles are.
 */
class EnlistedConnectionTest {

    /** Agroal keeps a connection after the commit for a handle that was not closed: it may have a cursor open. */
    private static final int FORGOTTEN = 1;

    /** Longer than a test may take: else the manager's reaper ends the transaction of one that a busy machine has held up. */
    private static final int LONG_SECONDS = 600;

    private static TransactionManager manager;

    @BeforeAll
    static void keepTheLogInMemory() throws Exception {
        for (String store : new String[] {null, "communicationStore", "stateStore"}) {
            BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, store)
                    .setObjectStoreType(VolatileStore.class.getName());
        }
        BeanPopulator.getDefaultInstance(CoordinatorEnvironmentBean.class).setDefaultTimeout(LONG_SECONDS);
        manager = com.arjuna.ats.jta.TransactionManager.transactionManager();
    }

    private static LeakWatch watch() throws InterruptedException {
        return new LeakWatch(new HikariIntegration(), new AgroalIntegration());
    }

    private static AgroalDataSource pool() throws SQLException {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:mem:enlisted;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=60000");
        AgroalDataSource pool = AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(configuration -> configuration
                        .maxSize(2)
                        .transactionIntegration(new NarayanaTransactionIntegration(manager,
                                new com.arjuna.ats.internal.jta.transaction.arjunacore
                                        .TransactionSynchronizationRegistryImple()))
                        .connectionFactoryConfiguration(factory -> factory
                                .connectionProviderClass(JdbcDataSource.class).jdbcUrl(database.getURL()))));
        try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists work");
            statement.execute("create table work (n int)");
        }
        return pool;
    }

    private static PoolHandle handle(LeakWatch watch) {
        return watch.host.registry.pools().stream()
                .filter(pool -> pool.library().equals("Agroal")).findFirst().orElseThrow();
    }

    private static void insert(DataSource pool, int number, boolean close) throws SQLException {
        Connection connection = pool.getConnection();
        connection.createStatement().executeUpdate("insert into work values (" + number + ")");
        if (close) {
            connection.close();
        }
    }

    private static int rows(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                ResultSet rows = connection.createStatement().executeQuery("select count(*) from work")) {
            assertTrue(rows.next());
            return rows.getInt(1);
        }
    }

    private static void assertUntouched(LeakWatch watch, int active) {
        assertEquals(Set.of(), watch.proven());
        assertEquals(active, handle(watch).state().active());
    }

    @Test
    void isLeftToItsTransactionWhenTheHandleIsForgotten() throws Exception {
        try (LeakWatch watch = watch(); AgroalDataSource pool = pool()) {
            manager.begin();
            insert(pool, 1, false);
            watch.examine();
            assertUntouched(watch, 1);
            insert(pool, 2, true);
            manager.commit();
            watch.examine();
            assertUntouched(watch, FORGOTTEN);
            assertEquals(2, rows(pool));
        }
    }

    @Test
    void isLeftToItsTransactionWhenTheHandleIsClosed() throws Exception {
        try (LeakWatch watch = watch(); AgroalDataSource pool = pool()) {
            manager.begin();
            insert(pool, 1, true);
            watch.examine();
            assertUntouched(watch, 1);
            manager.commit();
            assertUntouched(watch, 0);
            assertEquals(1, rows(pool));
        }
    }

    /** Every handle of a transaction works on the same connection; the last one is no more telling than the first. */
    @Test
    void isNotJudgedByOneOfItsHandles() throws Exception {
        try (LeakWatch watch = watch(); AgroalDataSource pool = pool()) {
            manager.begin();
            Connection held = pool.getConnection();
            insert(pool, 1, false);
            insert(pool, 2, true);
            insert(pool, 3, false);
            watch.examine();
            assertUntouched(watch, 1);
            assertEquals(1, held.createStatement().executeUpdate("insert into work values (4)"));
            held.close();
            manager.commit();
            assertUntouched(watch, FORGOTTEN);
            assertEquals(4, rows(pool));
        }
    }

    @Test
    void isLeftToItsTransactionWhileThatIsSuspended() throws Exception {
        try (LeakWatch watch = watch(); AgroalDataSource pool = pool()) {
            manager.begin();
            insert(pool, 1, false);
            Transaction suspended = manager.suspend();
            assertNotNull(suspended);
            watch.examine();
            assertUntouched(watch, 1);
            manager.resume(suspended);
            manager.rollback();
            assertUntouched(watch, 0);
            assertEquals(0, rows(pool));
        }
    }

    /** Another thread, the manager's own reaper for one, may end it. */
    @Test
    void isLeftToItsTransactionWhenItsThreadIsDead() throws Exception {
        try (LeakWatch watch = watch(); AgroalDataSource pool = pool()) {
            Transaction[] begun = new Transaction[1];
            Thread worker = new Thread(() -> {
                try {
                    manager.begin();
                    insert(pool, 1, false);
                    begun[0] = manager.suspend();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            worker.start();
            worker.join();
            watch.examine();
            assertUntouched(watch, 1);
            manager.resume(begun[0]);
            manager.commit();
            assertUntouched(watch, FORGOTTEN);
            assertEquals(1, rows(pool));
        }
    }

    @Test
    void isProvenLeakedOutsideOfATransaction() throws Exception {
        try (LeakWatch watch = watch(); AgroalDataSource pool = pool()) {
            insert(pool, 1, false);
            watch.examine();
            assertEquals(Set.of(handle(watch).id().name()), watch.proven());
            assertEquals(0, handle(watch).state().active());
        }
    }
}
