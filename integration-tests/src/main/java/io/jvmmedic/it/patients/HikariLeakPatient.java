package io.jvmmedic.it.patients;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A service whose error path forgets to close its connection. {@code break} takes that path once per connection of the
 * pool, twice a second; without help every later request times out.
 */
public final class HikariLeakPatient extends Patient {

    private static final int POOL_SIZE = 6;
    private static final long CONNECTION_TIMEOUT_MILLIS = 1_000;
    private static final long LEAK_PERIOD_MILLIS = 500;

    private HikariDataSource pool;
    private Load load;

    public static void main(String[] arguments) throws Exception {
        new HikariLeakPatient().serve();
    }

    @Override
    protected void open() throws Exception {
        pool = Pools.h2("orders", POOL_SIZE, CONNECTION_TIMEOUT_MILLIS);
        load = new Load("client", 4, 20, this::order);
        Garbage.produce();
        on("status", ignored -> load.status());
        on("break", ignored -> {
            daemon("refused-client", this::sendRefusedOrders);
            return "leaking=" + POOL_SIZE;
        });
        on("pool", ignored -> Pools.state(pool));
    }

    @Override
    protected void close() {
        load.stop();
        pool.close();
    }

    private void order() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            Pools.readOrder(connection);
        }
    }

    private void sendRefusedOrders() {
        for (int leaked = 0; leaked < POOL_SIZE; ) {
            try {
                refuseOrder();
            } catch (OrderRefused e) {
                leaked++;
            } catch (SQLException e) {
                // Got no connection, so there was none to leak.
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LEAK_PERIOD_MILLIS));
        }
    }

    /** The bug: nothing closes the connection when the order is refused. */
    private void refuseOrder() throws SQLException, OrderRefused {
        Connection connection = pool.getConnection();
        Pools.readOrder(connection);
        throw new OrderRefused();
    }

    /** What the caller expects. */
    private static final class OrderRefused extends Exception {

        private static final long serialVersionUID = 1L;
    }
}
