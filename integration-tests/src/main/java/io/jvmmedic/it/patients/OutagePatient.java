package io.jvmmedic.it.patients;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * Services that write to a database which goes away in one way or another; nothing is wrong with them. {@code report} has
 * each begin a report that takes until a row appears in {@code report_end} (in MariaDB, until the lock of that name is free),
 * and tells the server's view of their sockets. Arguments: URL of the database, the folder of the libraries, their names joined by {@code +}, and how many clients
 * each has, who are fewer than the slots of a pool unless told otherwise.
 */
public final class OutagePatient extends PoolsPatient {

    private static final int POOL_SIZE = 6;
    private static final int CLIENTS = 4;
    private static final long PATIENCE_MILLIS = 3_000;
    private static final long AGAIN_NANOS = 50_000_000;
    private static final String REPORT =
            "do $$ begin while not exists (select from report_end) loop perform pg_sleep(0.2); end loop; end $$";
    private static final String MARIADB_REPORT = "select get_lock('report_end', 600)";
    private static final String MARIADB_PORT = "select cast(substring_index(host, ':', -1) as unsigned)"
            + " from information_schema.processlist where id = connection_id()";

    private final String url;
    private final int clients;
    private final Map<String, String> reports = new ConcurrentHashMap<>();

    private OutagePatient(String url, String home, String libraries, int clients) throws Exception {
        super(home, libraries);
        this.url = url;
        this.clients = clients;
        on("report", ignored -> beginReports());
        on("reports", ignored -> new TreeMap<>(reports).toString());
    }

    public static void main(String[] arguments) throws Exception {
        new OutagePatient(arguments[0], arguments[1], arguments[2],
                arguments.length > 3 ? Integer.parseInt(arguments[3]) : CLIENTS).serve();
    }

    @Override
    Service open(PoolLibrary library) throws Exception {
        prepare(url, "create table if not exists orders(id serial, text varchar(100))");
        prepare(url, "create table if not exists report_end(now boolean)");
        PoolUnderTest pool = library.pool(url, library.name(), POOL_SIZE, PATIENCE_MILLIS);
        return new Service(library.name(), pool,
                new Load("client-" + library.name(), clients, 100, () -> order(pool.dataSource())));
    }

    private static void order(DataSource pool) throws SQLException {
        run(pool, "insert into orders(text) values('one')");
    }

    private String beginReports() throws InterruptedException {
        StringBuffer ports = new StringBuffer();
        CountDownLatch begun = new CountDownLatch(services().size());
        for (Service service : services()) {
            daemon("report-" + service.name(), () -> {
                try (Connection connection = borrow(service.dataSource())) {
                    ports.append(clientPort(connection)).append(' ');
                    reports.put(service.name(), "running");
                    begun.countDown();
                    run(connection, isPostgres() ? REPORT : MARIADB_REPORT);
                    reports.put(service.name(), "well");
                } catch (SQLException e) {
                    reports.put(service.name(), e.toString());
                    begun.countDown();
                }
            });
        }
        begun.await();
        return ports.toString();
    }

    /** However long it takes: a pool that is still filled may let the first who ask wait in vain. */
    private static Connection borrow(DataSource pool) {
        while (true) {
            try {
                return pool.getConnection();
            } catch (SQLException e) {
                LockSupport.parkNanos(AGAIN_NANOS);
            }
        }
    }

    private boolean isPostgres() {
        return url.startsWith("jdbc:postgresql:");
    }

    private int clientPort(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(isPostgres() ? "select inet_client_port()" : MARIADB_PORT)) {
            row.next();
            return row.getInt(1);
        }
    }
}
