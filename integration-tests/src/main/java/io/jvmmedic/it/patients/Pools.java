package io.jvmmedic.it.patients;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** HikariCP pools over an H2 database in this JVM, or over a server. */
final class Pools {

    private Pools() {
    }

    /** A pool over an own H2 database with one order in it. */
    static HikariDataSource h2(String name, int size, long connectionTimeoutMillis) throws SQLException {
        HikariDataSource pool = over("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1", name, size, connectionTimeoutMillis);
        try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("create table orders(id int primary key, text varchar)");
            statement.execute("insert into orders values(1, 'one')");
        }
        return pool;
    }

    static HikariDataSource over(String url, String name, int size, long connectionTimeoutMillis) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(size);
        config.setConnectionTimeout(connectionTimeoutMillis);
        return new HikariDataSource(config);
    }

    /** One short read. */
    static void readOrder(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select text from orders where id = 1")) {
            if (!rows.next()) {
                throw new SQLException("order is gone");
            }
        }
    }

    static String state(HikariDataSource pool) {
        return "active=" + pool.getHikariPoolMXBean().getActiveConnections()
                + " total=" + pool.getHikariPoolMXBean().getTotalConnections()
                + " max=" + pool.getHikariConfigMXBean().getMaximumPoolSize();
    }
}
