package io.jvmmedic.it.patients;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Connections that are held long, held idle, held for ever or held by nobody in sight, all of them for a good reason, in
 * pools of each library given. Arguments: URL of a PostgreSQL server, the folder of the libraries, and their names joined
 * by {@code +}.
 */
public final class HealthyDatabasePatient extends Patient {

    /** Longer than anything that is taken for a sign of illness, once the thresholds are as low as the options allow. */
    private static final long SECONDS = 12;
    private static final long PATIENCE_MILLIS = 30_000;
    private static final int BURST = 10;

    private final Zoo zoo = new Zoo();
    private final String url;
    private final List<PoolLibrary> libraries;
    private final AtomicInteger notified = new AtomicInteger();
    /** Elected: each holds its connection, and with it an advisory lock, for as long as it leads. */
    private final Collection<Connection> leaders = new ConcurrentLinkedQueue<>();
    /** Borrowed once and kept for emergencies. */
    private final Collection<Connection> reserve = new ConcurrentLinkedQueue<>();

    private HealthyDatabasePatient(String url, List<PoolLibrary> libraries) {
        this.url = url;
        this.libraries = libraries;
    }

    public static void main(String[] arguments) throws Exception {
        new HealthyDatabasePatient(arguments[0], PoolLibrary.in(arguments[1], arguments[2])).serve();
    }

    @Override
    protected void open() throws Exception {
        Garbage.produce();
        on("begin", ignored -> {
            for (PoolLibrary library : libraries) {
                zoo.keep(library.name(), () -> new Keeper(library).begin());
            }
            return "";
        });
        on("zoo", ignored -> zoo.status() + " notified=" + notified.get());
    }

    /** What one library's pools are used for. */
    private final class Keeper {

        private final PoolLibrary library;

        Keeper(PoolLibrary library) {
            this.library = library;
        }

        void begin() throws Exception {
            DataSource reports = pool("reports", 3);
            keep("long-report", () -> PoolsPatient.run(reports, "select pg_sleep(" + SECONDS + ")"));
            keep("streaming-export", () -> export(reports));
            keep("beside-the-reports", () -> often(reports, 50));

            DataSource events = pool("events", 2);
            keep("listener", () -> listen(events.getConnection()));
            keep("listener-without-handle", () -> listenOnDriver(driverConnection(events)));

            DataSource cluster = pool("cluster", 2);
            Connection leader = cluster.getConnection();
            leaders.add(leader);
            PoolsPatient.run(leader, "select pg_advisory_lock(hashtext('" + library.name() + ProcessHandle.current().pid() + "'))");
            for (int i = 0; i < 3; i++) {
                // One slot is the leader's for ever, so that the others queue for the second one.
                keep("member-" + i, () -> often(cluster, 5));
            }

            DataSource jobs = pool("jobs", 5);
            Connection spare = jobs.getConnection();
            reserve.add(spare);
            keep("migration", () -> migrate(jobs));
            keep("long-transaction-0", () -> book(jobs));
            keep("long-transaction-1", () -> book(jobs));
            keep("sender", () -> notifyOthers(jobs));

            DataSource bursts = pool("bursts", 3);
            keep("bursts", () -> burst(bursts));

            keep("end-of-the-reserve", () -> {
                rest(SECONDS * 1_000);
                // Would throw if somebody had taken it away.
                PoolsPatient.run(spare, "select 1");
                PoolsPatient.run(leader, "select 1");
                spare.close();
                leader.close();
            });
        }

        private DataSource pool(String name, int size) throws Exception {
            return library.pool(url, name + "-" + library.name(), size, PATIENCE_MILLIS).dataSource();
        }

        private void keep(String name, Zoo.Animal animal) {
            zoo.keep(name + "-" + library.name(), animal);
        }

        /** Locks what it changes, computes for a while in between, and is not finished before all of it is. */
        private void migrate(DataSource pool) throws Exception {
            String table = "orders_" + ProcessHandle.current().pid() + "_" + library.name().replaceAll("\\W", "_");
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                PoolsPatient.run(connection, "create table " + table + "(id int primary key, text varchar)");
                PoolsPatient.run(connection, "insert into " + table + " select id, 'order' from generate_series(1, 20000) id");
                PoolsPatient.run(connection, "select pg_sleep(" + SECONDS / 2 + ")");
                PoolsPatient.run(connection, "alter table " + table + " add column cents int default 0");
                rest(SECONDS * 200);
                PoolsPatient.run(connection, "create index on " + table + "(text)");
                PoolsPatient.run(connection, "drop table " + table);
                connection.commit();
            }
        }
    }

    private static void often(DataSource pool, long pauseMillis) throws Exception {
        for (long end = end(); System.nanoTime() < end; ) {
            PoolsPatient.run(pool, "select pg_sleep(0.02)");
            rest(pauseMillis);
        }
    }

    /** Reads through a cursor and thinks about each row: idle on the wire most of the time. */
    private static void export(DataSource pool) throws Exception {
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

    /** A transaction that takes its time between statements. */
    private static void book(DataSource pool) throws Exception {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            for (long end = end(); System.nanoTime() < end; ) {
                PoolsPatient.run(connection, "select pg_sleep(0.1)");
                rest(1_500);
            }
            connection.commit();
        }
    }

    /** Three times, far more borrowers than slots; each time the queue drains by itself. */
    private static void burst(DataSource pool) throws Exception {
        for (int i = 0; i < 3; i++) {
            CountDownLatch served = new CountDownLatch(BURST);
            ConcurrentLinkedQueue<Exception> failures = new ConcurrentLinkedQueue<>();
            for (int j = 0; j < BURST; j++) {
                daemon("burst-" + j, () -> {
                    try {
                        PoolsPatient.run(pool, "select pg_sleep(0.5)");
                    } catch (SQLException e) {
                        failures.add(e);
                    }
                    served.countDown();
                });
            }
            served.await();
            if (!failures.isEmpty()) {
                throw failures.peek();
            }
            rest(SECONDS * 200);
        }
    }

    private void listen(Connection connection) throws Exception {
        try (connection) {
            PoolsPatient.run(connection, "listen orders");
            PGConnection driver = connection.unwrap(PGConnection.class);
            for (long end = end(); System.nanoTime() < end; ) {
                count(driver.getNotifications(1_000));
            }
        }
    }

    /** The pool's handle is dropped at once; its driver connection stays in use, so that "unreachable" proves nothing. */
    private static PGConnection driverConnection(DataSource pool) throws SQLException {
        Connection handle = pool.getConnection();
        PoolsPatient.run(handle, "listen orders");
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

    private static void notifyOthers(DataSource pool) throws Exception {
        for (long end = end(); System.nanoTime() < end; ) {
            PoolsPatient.run(pool, "notify orders");
            rest(500);
        }
    }

    private void count(PGNotification[] notifications) {
        if (notifications != null) {
            notified.addAndGet(notifications.length);
        }
    }

    private static long end() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    }

    private static void rest(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
