package io.jvmmedic.core.instrument;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jvmmedic.core.resource.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.junit.jupiter.api.function.Executable;

/** Has an H2 database fail as servers do, and sees what a pool's hooks make of it. */
public final class SqlFailures {

    private SqlFailures() {
    }

    /** Called by the database. */
    public static int fail(String state, int code) throws SQLException {
        throw new SQLException("as wanted", state, code);
    }

    /**
     * @param pool with one slot
     * @param evictIdle has the pool connect anew at the next borrow
     */
    public static void assertCounted(DataSource pool, Callable<SqlErrors.Counts> counts, Executable evictIdle)
            throws Throwable {
        try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("create alias if not exists fail for '" + SqlFailures.class.getName() + ".fail'");
            assertFails(statement, "25006", 0);
            assertFails(statement, "25006", 1792);
            assertFails(statement, "23505", 0);
            assertFails(statement, "57P01", 0);
        }
        SqlErrors.Counts told = counts.call();
        assertEquals(2, told.readOnly());
        assertEquals(1, told.lost());
        assertEquals(1, told.sessions(), "one connection had them all");
        assertEquals("57P01", told.last());
        assertEquals(0, told.refused());

        try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("alter user \"\" set password 'changed'");
        }
        evictIdle.execute();
        assertThrows(SQLException.class, pool::getConnection);
        await().until(() -> counts.call().refused() == 1);
        assertEquals(0, counts.call().full(), "a wrong password is no full server");
    }

    private static void assertFails(Statement statement, String state, int code) {
        SQLException thrown = assertThrows(SQLException.class,
                () -> statement.execute("call fail('" + state + "', " + code + ")"));
        assertEquals(state, thrown.getSQLState());
    }
}
