package io.jvmmedic.it.patients;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * In each service the same bug: the error path forgets to close its connection. The first orders are refused before the
 * patient is ready, so before a hot attach; {@code break} refuses more until each pool has given all it had. Arguments: how
 * many are leaked early, the folder of the libraries, and their names joined by {@code +}.
 */
public final class PoolLeakPatient extends PoolsPatient {

    private static final int POOL_SIZE = 5;
    private static final long PATIENCE_MILLIS = 1_000;
    /**
     * Faster than any leak can be proven, and slow enough for the agent to take a look at who borrows: of each quarter of a
     * second it looks at the first borrows only, and all pools leak at the same moments.
     */
    private static final long LEAK_PERIOD_MILLIS = 80;

    private final int early;

    private PoolLeakPatient(int early, String home, String libraries) throws ReflectiveOperationException {
        super(home, libraries);
        this.early = early;
        on("break", ignored -> {
            services().forEach(service -> daemon("refused-" + service.name(),
                    () -> sendRefusedOrders(service.dataSource(), POOL_SIZE - early)));
            return "";
        });
    }

    public static void main(String[] arguments) throws Exception {
        new PoolLeakPatient(Integer.parseInt(arguments[0]), arguments[1], arguments[2]).serve();
    }

    @Override
    Service open(PoolLibrary library) throws Exception {
        prepare(library.h2(), "create table orders(id int primary key, text varchar) as values (1, 'one')");
        PoolUnderTest pool = library.pool(library.h2(), library.name(), POOL_SIZE, PATIENCE_MILLIS);
        sendRefusedOrders(pool.dataSource(), early);
        return new Service(library.name(), pool,
                new Load("client-" + library.name(), 2, 100, () -> order(pool.dataSource())));
    }

    private static void order(DataSource pool) throws SQLException {
        run(pool, "select text from orders where id = 1");
    }

    private static void sendRefusedOrders(DataSource pool, int orders) {
        for (int leaked = 0; leaked < orders; ) {
            if (isRefused(pool)) {
                leaked++;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LEAK_PERIOD_MILLIS));
        }
    }

    /** False when there was no connection, so none to leak. */
    private static boolean isRefused(DataSource pool) {
        try {
            refuseOrder(pool);
            return false;
        } catch (OrderRefused e) {
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    /** The bug: nothing closes the connection when the order is refused. */
    private static void refuseOrder(DataSource pool) throws SQLException, OrderRefused {
        Connection connection = pool.getConnection();
        run(connection, "select text from orders where id = 1");
        throw new OrderRefused();
    }

    /** What the caller expects. */
    private static final class OrderRefused extends Exception {

        private static final long serialVersionUID = 1L;
    }
}
