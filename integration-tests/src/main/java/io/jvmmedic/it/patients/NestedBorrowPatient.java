package io.jvmmedic.it.patients;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A service that after {@code break} takes a second connection while it holds the first, in all its clients at once:
 * each waits for what the others hold, until the pool's own time-out of half a minute, and then again. {@code mend}
 * ends it.
 */
public final class NestedBorrowPatient extends Patient {

    private static final int POOL_SIZE = 4;
    private static final long CONNECTION_TIMEOUT_MILLIS = 30_000;

    private final Rendezvous allHoldOne = new Rendezvous(POOL_SIZE);
    private volatile boolean nested;
    private HikariDataSource pool;
    private Load load;

    public static void main(String[] arguments) throws Exception {
        new NestedBorrowPatient().serve();
    }

    @Override
    protected void open() throws Exception {
        pool = Pools.h2("orders", POOL_SIZE, CONNECTION_TIMEOUT_MILLIS);
        load = new Load("client", POOL_SIZE, 20, this::order);
        Garbage.produce();
        on("status", ignored -> load.status());
        on("break", ignored -> {
            nested = true;
            return "";
        });
        on("mend", ignored -> {
            nested = false;
            return "";
        });
        on("pool", ignored -> Pools.state(pool));
    }

    @Override
    protected void close() {
        load.stop();
        pool.close();
    }

    private void order() throws SQLException, InterruptedException {
        try (Connection connection = pool.getConnection()) {
            if (nested) {
                allHoldOne.meet();
                audit();
            }
            Pools.readOrder(connection);
        }
    }

    /** The bug: an own transaction for the audit row, as {@code REQUIRES_NEW} makes one. */
    private void audit() throws SQLException {
        try (Connection second = pool.getConnection()) {
            Pools.readOrder(second);
        }
    }
}
