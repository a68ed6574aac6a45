package io.jvmmedic.it.patients;

import com.zaxxer.hikari.HikariDataSource;
import java.net.URI;
import java.net.URL;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * A pool that after {@code break} is busy for good reasons: {@code slow} statements, connections held {@code io}-bound
 * across a call to another service, simply a {@code small} pool under more clients than it can serve, or a row that is
 * {@code locked} by a transaction of somebody else until {@code mend}. There is something to say of it, and nothing to do.
 * Arguments: which, and the URL of a server.
 */
public final class ExhaustionPatient extends Patient {

    private static final int POOL_SIZE = 3;
    private static final int CLIENTS = 12;
    private static final long PATIENCE_MILLIS = 30_000;
    /** Some get a connection in time and some do not: without that, a pool that is too small is only a busy one. */
    private static final long SHORT_PATIENCE_MILLIS = 300;

    private static final long PERIOD_MILLIS = 50;
    /** All want the same row, one after the other, and a busy machine has to keep up. */
    private static final long PERIOD_OF_ONE_ROW_MILLIS = 200;

    /** What a request does while it holds a connection. */
    private interface Use {
        void with(Connection connection) throws Exception;
    }

    private final Use whenBroken;
    private final long connectionTimeoutMillis;
    private final String url;
    private final Backend backend = new Backend();
    private final boolean locked;
    private volatile Use use = ExhaustionPatient::quickly;
    private Connection migration;
    private HikariDataSource pool;
    private Load load;

    private ExhaustionPatient(String which, String url) throws Exception {
        this.url = url;
        locked = which.equals("locked");
        connectionTimeoutMillis = which.equals("small") ? SHORT_PATIENCE_MILLIS : PATIENCE_MILLIS;
        whenBroken = Map.<String, Use>of(
                "slow", ExhaustionPatient::slowly,
                "io", this::acrossTheNetwork,
                "small", ExhaustionPatient::often,
                "locked", ExhaustionPatient::takeFromStock).get(which);
    }

    public static void main(String[] arguments) throws Exception {
        new ExhaustionPatient(arguments[0], arguments[1]).serve();
    }

    @Override
    protected void open() throws SQLException {
        if (locked) {
            migration = DriverManager.getConnection(url + "&ApplicationName=nightly-migration");
            run(migration, "create table if not exists stock(id int primary key, pieces int)");
            run(migration, "insert into stock values(1, 0) on conflict do nothing");
            use = whenBroken;
        }
        pool = Pools.over(url, "orders", POOL_SIZE, connectionTimeoutMillis);
        load = new Load("client", CLIENTS, locked ? PERIOD_OF_ONE_ROW_MILLIS : PERIOD_MILLIS, this::order);
        Garbage.produce();
        on("status", ignored -> load.status());
        on("break", ignored -> {
            use = whenBroken;
            if (locked) {
                migration.setAutoCommit(false);
                takeFromStock(migration);
            }
            return "";
        });
        on("mend", ignored -> {
            migration.commit();
            return "";
        });
    }

    @Override
    protected void close() throws SQLException {
        load.stop();
        if (locked) {
            migration.close();
        }
        pool.close();
        backend.close();
    }

    private void order() throws Exception {
        try (Connection connection = pool.getConnection()) {
            use.with(connection);
        }
    }

    private static void quickly(Connection connection) throws SQLException {
        run(connection, "select 1");
    }

    private static void takeFromStock(Connection connection) throws SQLException {
        run(connection, "update stock set pieces = pieces - 1 where id = 1");
    }

    private static void slowly(Connection connection) throws SQLException {
        run(connection, "select pg_sleep(4)");
    }

    private void acrossTheNetwork(Connection connection) throws Exception {
        run(connection, "select 1");
        URL stock = URI.create(backend.url("/4000")).toURL();
        try (var answer = stock.openStream()) {
            answer.readAllBytes();
        }
    }

    private static void often(Connection connection) throws SQLException {
        for (int i = 0; i < 6; i++) {
            run(connection, "select pg_sleep(0.02)");
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
