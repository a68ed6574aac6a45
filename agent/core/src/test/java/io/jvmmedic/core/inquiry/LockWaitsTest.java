package io.jvmmedic.core.inquiry;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On a real database. */
class LockWaitsTest {

    private static final String URL = "jdbc:h2:mem:lock-waits;LOCK_TIMEOUT=20000";

    @Test
    void theSessionThatWaitsAndTheOneItWaitsForAreFound() throws Exception {
        try (Connection asking = DriverManager.getConnection(URL);
                Connection blocker = DriverManager.getConnection(URL);
                Connection waiting = DriverManager.getConnection(URL)) {
            run(asking, "create table stock(id int primary key, n int)");
            run(asking, "insert into stock values (1, 10)");
            assertEquals(List.of(), LockWaits.ask(asking));
            blocker.setAutoCommit(false);
            run(blocker, "update stock set n = 9 where id = 1");
            Thread victim = new Thread(() -> {
                try {
                    run(waiting, "update stock set n = 8 where id = 1");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            victim.start();

            await().atMost(Duration.ofSeconds(10)).until(() -> !LockWaits.ask(asking).isEmpty());
            List<LockWaits.Wait> waits = LockWaits.ask(asking);
            assertEquals(1, waits.size());
            assertEquals(session(blocker), waits.get(0).blocker());
            assertFalse(waits.get(0).blockerWaits());

            blocker.rollback();
            victim.join();
            assertEquals(session(waiting), waits.get(0).session());
            assertEquals(List.of(), LockWaits.ask(asking));
        }
    }

    private static long session(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); var rows = statement.executeQuery("select session_id()")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
