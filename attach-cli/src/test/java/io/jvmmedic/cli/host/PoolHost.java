package io.jvmmedic.cli.host;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;

/** A service with a pool that leaks a connection for each byte it reads, and collects garbage so that this shows. */
public final class PoolHost {

    /** About one a second; more often is stress, under which the agent does nothing. */
    private static final int USES_PER_GC = 20;

    private PoolHost() {
    }

    public static void main(String[] arguments) throws Exception {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:h2:mem:orders");
        config.setPoolName("orders");
        config.setMaximumPoolSize(5);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            use(pool);
            Thread load = new Thread(() -> {
                for (int i = 1; !Thread.currentThread().isInterrupted(); i++) {
                    use(pool);
                    if (i % USES_PER_GC == 0) {
                        System.gc();
                    }
                }
            }, "load");
            load.setDaemon(true);
            load.start();
            System.out.println("ready");
            while (System.in.read() >= 0) {
                leak(pool);
            }
        }
    }

    private static void use(HikariDataSource pool) {
        try (Connection connection = pool.getConnection()) {
            connection.createStatement().execute("select 1");
            Thread.sleep(50);
        } catch (SQLException e) {
            // The pool is empty for a while: that is the fault under test.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("resource")
    private static void leak(HikariDataSource pool) throws SQLException {
        pool.getConnection();
    }
}
