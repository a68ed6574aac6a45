package io.jvmmedic.it.patients;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * Services side by side, each with a pool of another library or version, and in each the same bug: the error path forgets
 * to close its connection. The first orders are refused before the patient is ready, so before a hot attach; {@code break}
 * refuses more until each pool has given all it had. Arguments: how many are leaked early, the folder of the libraries,
 * and their names joined by {@code +}.
 */
public final class PoolLeakPatient extends Patient {

    private static final int POOL_SIZE = 5;
    private static final long PATIENCE_MILLIS = 1_000;

    /** One of the services. */
    private record Service(PoolUnderTest pool, Load load) {
    }

    private final int early;
    private final List<PoolLibrary> libraries;
    private final Map<String, Service> services = new TreeMap<>();

    private PoolLeakPatient(int early, List<PoolLibrary> libraries) {
        this.early = early;
        this.libraries = libraries;
    }

    public static void main(String[] arguments) throws Exception {
        new PoolLeakPatient(Integer.parseInt(arguments[0]), PoolLibrary.in(arguments[1], arguments[2])).serve();
    }

    @Override
    protected void open() throws Exception {
        for (PoolLibrary library : libraries) {
            services.put(library.name(), open(library));
        }
        Garbage.produce();
        on("pools", ignored -> String.join(" ", services.keySet()));
        on("status", name -> services.get(name).load().status());
        on("pool", name -> {
            PoolUnderTest pool = services.get(name).pool();
            return "active=" + pool.active() + " total=" + pool.total() + " max=" + pool.maximum();
        });
        on("break", ignored -> {
            services.forEach((name, service) -> daemon("refused-" + name,
                    () -> sendRefusedOrders(service.pool().dataSource(), POOL_SIZE - early)));
            return "";
        });
        on("calm", ignored -> {
            services.values().forEach(service -> service.load().stop());
            return "";
        });
    }

    @Override
    protected void close() {
        services.values().forEach(service -> service.load().stop());
    }

    private Service open(PoolLibrary library) throws Exception {
        String url = "jdbc:h2:mem:" + library.name().replace('.', '_') + ";DB_CLOSE_DELAY=-1";
        PoolUnderTest pool = library.pool(url, library.name(), POOL_SIZE, PATIENCE_MILLIS);
        try (Connection connection = pool.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table orders(id int primary key, text varchar)");
            statement.execute("insert into orders values(1, 'one')");
        }
        for (int leaked = 0; leaked < early; leaked++) {
            tryRefusedOrder(pool.dataSource());
        }
        return new Service(pool, new Load("client-" + library.name(), 2, 50, () -> order(pool.dataSource())));
    }

    private static void order(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            readOrder(connection);
        }
    }

    /** All there is, as fast as it can be had: those who are reclaimed meanwhile do not count again. */
    private static void sendRefusedOrders(DataSource pool, int orders) {
        for (int leaked = 0; leaked < orders; ) {
            if (tryRefusedOrder(pool)) {
                leaked++;
            }
        }
    }

    /** Whether it was refused; false when there was no connection, so none to leak. */
    private static boolean tryRefusedOrder(DataSource pool) {
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
        readOrder(connection);
        throw new OrderRefused();
    }

    private static void readOrder(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select text from orders where id = 1")) {
            if (!rows.next()) {
                throw new SQLException("order is gone");
            }
        }
    }

    /** What the caller expects. */
    private static final class OrderRefused extends Exception {

        private static final long serialVersionUID = 1L;
    }
}
