package io.jvmmedic.it.patients;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * Services side by side, each with a pool of another library or version and a load of its own. Told apart by the name of
 * the library: {@code status <name>}, {@code pool <name>}; without a name it is the first one.
 */
abstract class PoolsPatient extends Patient {

    /** One of the services. */
    record Service(String name, PoolUnderTest pool, Load load) {

        DataSource dataSource() {
            return pool.dataSource();
        }
    }

    private final List<PoolLibrary> libraries;
    private final Map<String, Service> services = new TreeMap<>();

    /** @param libraries arguments of {@link PoolLibrary#in} */
    PoolsPatient(String home, String libraries) throws ReflectiveOperationException {
        this.libraries = PoolLibrary.in(home, libraries);
        on("pools", ignored -> String.join(" ", services.keySet()));
        on("status", name -> service(name).load().status());
        on("pool", name -> {
            PoolUnderTest pool = service(name).pool();
            return "active=" + pool.active() + " total=" + pool.total() + " max=" + pool.maximum();
        });
        on("calm", ignored -> {
            services.values().forEach(service -> service.load().stop());
            return "";
        });
    }

    /** Opens the pool and starts the load. */
    abstract Service open(PoolLibrary library) throws Exception;

    @Override
    protected final void open() throws Exception {
        for (PoolLibrary library : libraries) {
            Service service = open(library);
            services.put(service.name(), service);
        }
        Garbage.produce();
    }

    /** A pool that was never repaired would not be closed either: the end of the JVM does it. */
    @Override
    protected final void close() {
        services.values().forEach(service -> service.load().stop());
    }

    final List<Service> services() {
        return List.copyOf(services.values());
    }

    private Service service(String name) {
        return name.isEmpty() ? services.values().iterator().next() : services.get(name);
    }

    /** Beside the pool: some open their connections in the background, and a borrower of a cold one may lose patience. */
    static void prepare(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            run(connection, sql);
        }
    }

    static void run(DataSource pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            run(connection, sql);
        }
    }

    static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
