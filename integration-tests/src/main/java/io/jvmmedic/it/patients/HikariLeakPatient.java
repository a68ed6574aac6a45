package io.jvmmedic.it.patients;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A service whose error path forgets to close its connection. {@code break} takes that path once per connection of the
 * pool; without help every later request times out.
 */
public final class HikariLeakPatient extends Patient {

    private static final int POOL_SIZE = 6;
    private static final long CONNECTION_TIMEOUT_MILLIS = 1_000;

    private final AtomicInteger toLeak = new AtomicInteger();
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
            toLeak.set(POOL_SIZE);
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
        if (toLeak.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            orderAndForget();
        } else {
            try (Connection connection = pool.getConnection()) {
                Pools.readOrder(connection);
            }
        }
    }

    /** The bug: nothing closes the connection when the order is refused. */
    private void orderAndForget() throws SQLException {
        Connection connection = pool.getConnection();
        Pools.readOrder(connection);
        throw new SQLException("no such order");
    }
}
