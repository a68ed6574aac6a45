package io.jvmmedic.it.patients;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Connections that are held long, held idle, held for ever or held by nobody in sight, all of them for a good reason.
 * Argument: URL of a PostgreSQL server.
 */
public final class HealthyDatabasePatient extends Patient {

    private static final long SECONDS = 14;
    private static final long CONNECTION_TIMEOUT_MILLIS = 30_000;

    /** Elected: holds its connection, and with it the advisory lock, for as long as it leads. */
    private static Connection leader;
    /** Borrowed once and kept for emergencies. */
    private static Connection reserve;

    private final Zoo zoo = new Zoo();
    private final String url;
    private final AtomicInteger notified = new AtomicInteger();

    private HealthyDatabasePatient(String url) {
        this.url = url;
    }

    public static void main(String[] arguments) throws Exception {
        new HealthyDatabasePatient(arguments[0]).serve();
    }

    @Override
    protected void open() {
        Garbage.produce();
        on("begin", ignored -> {
            begin();
            return "";
        });
        on("zoo", ignored -> zoo.status() + " notified=" + notified.get());
    }

    private void begin() throws SQLException {
        HikariDataSource reports = Pools.over(url, "reports", 3, CONNECTION_TIMEOUT_MILLIS);
        zoo.keep("long-report", () -> run(reports, "select pg_sleep(" + SECONDS + ")"));
        zoo.keep("streaming-report", () -> stream(reports));
        zoo.keep("beside-the-reports", () -> often(reports, 50));

        HikariDataSource events = Pools.over(url, "events", 2, CONNECTION_TIMEOUT_MILLIS);
        zoo.keep("listener", () -> listen(events.getConnection()));
        zoo.keep("listener-without-handle", () -> listenOnDriver(driverConnection(events)));
        HikariDataSource senders = Pools.over(url, "senders", 1, CONNECTION_TIMEOUT_MILLIS);
        zoo.keep("sender", () -> notifyOthers(senders));

        HikariDataSource cluster = Pools.over(url, "cluster", 2, CONNECTION_TIMEOUT_MILLIS);
        leader = cluster.getConnection();
        run(leader, "select pg_advisory_lock(" + ProcessHandle.current().pid() + ")");
        for (int i = 0; i < 4; i++) {
            // One slot is the leader's for ever, so that the others queue for the second one.
            zoo.keep("member-" + i, () -> often(cluster, 5));
        }

        HikariDataSource calm = Pools.over(url, "calm", 4, CONNECTION_TIMEOUT_MILLIS);
        reserve = calm.getConnection();
        zoo.keep("calm-client", () -> often(calm, 100));
        zoo.keep("end-of-the-reserve", () -> {
            rest(SECONDS * 1_000);
            // Would throw if somebody had taken it away.
            run(reserve, "select 1");
            run(leader, "select 1");
            reserve.close();
            leader.close();
        });
    }

    private static void often(HikariDataSource pool, long pauseMillis) throws Exception {
        for (long end = end(); System.nanoTime() < end; ) {
            run(pool, "select pg_sleep(0.02)");
            rest(pauseMillis);
        }
    }

    /** Reads row by row and thinks about each: idle on the wire most of the time. */
    private static void stream(HikariDataSource pool) throws Exception {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(1);
                try (ResultSet rows = statement.executeQuery("select * from generate_series(1, 4)")) {
                    while (rows.next()) {
                        rest(SECONDS * 250);
                    }
                }
            }
            connection.commit();
        }
    }

    private void listen(Connection connection) throws Exception {
        try (connection) {
            run(connection, "listen orders");
            PGConnection driver = connection.unwrap(PGConnection.class);
            for (long end = end(); System.nanoTime() < end; ) {
                count(driver.getNotifications(1_000));
            }
        }
    }

    /** The pool's handle is dropped at once; its driver connection stays in use, so that "unreachable" proves nothing. */
    private static PGConnection driverConnection(HikariDataSource pool) throws SQLException {
        Connection handle = pool.getConnection();
        run(handle, "listen orders");
        return handle.unwrap(PGConnection.class);
    }

    private void listenOnDriver(PGConnection driver) throws Exception {
        for (long end = end(); System.nanoTime() < end; ) {
            count(driver.getNotifications(1_000));
        }
        driver.getParameterStatus("server_version");
        try (Statement statement = ((Connection) driver).createStatement()) {
            statement.execute("select 1");
        }
    }

    private static void notifyOthers(HikariDataSource pool) throws Exception {
        for (long end = end(); System.nanoTime() < end; ) {
            run(pool, "notify orders");
            rest(500);
        }
    }

    private void count(PGNotification[] notifications) {
        if (notifications != null) {
            notified.addAndGet(notifications.length);
        }
    }

    private static void run(HikariDataSource pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            run(connection, sql);
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long end() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    }

    private static void rest(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
