package io.jvmmedic.it.patients;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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
        HikariConfig config = new HikariConfig();
        config.setPoolName("orders");
        config.setJdbcUrl("jdbc:h2:mem:orders;DB_CLOSE_DELAY=-1");
        config.setMaximumPoolSize(POOL_SIZE);
        config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
        pool = new HikariDataSource(config);
        try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("create table orders(id int primary key, text varchar)");
            statement.execute("insert into orders values(1, 'one')");
        }
        load = new Load("client", 4, 20, this::order);
        Garbage.produce();
        on("status", ignored -> load.status());
        on("break", ignored -> {
            toLeak.set(POOL_SIZE);
            return "leaking=" + POOL_SIZE;
        });
        on("pool", ignored -> "active=" + pool.getHikariPoolMXBean().getActiveConnections()
                + " total=" + pool.getHikariPoolMXBean().getTotalConnections());
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
                read(connection);
            }
        }
    }

    /** The bug: nothing closes the connection when reading fails. */
    private void orderAndForget() throws SQLException {
        Connection connection = pool.getConnection();
        read(connection);
        throw new SQLException("no such order");
    }

    private static void read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select text from orders where id = 1")) {
            if (!rows.next()) {
                throw new SQLException("order is gone");
            }
        }
    }
}
