package io.jvmmedic.core.inquiry;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Which sessions wait for a lock inside the database, and for whom: the only sound way to tell a lock from a statement
 * that is merely slow, for on this side both are a thread that waits for an answer. Plain reads: of sessions of the same
 * user in the same database from the same host.
 *
 * <p>Sources: PostgreSQL, "pg_stat_activity" ({@code wait_event_type}, from 9.6) and {@code pg_blocking_pids}; H2,
 * {@code INFORMATION_SCHEMA.SESSIONS}, which shows other sessions to administrators only. Other databases want a privilege
 * for this that an application does not have; they are not asked.
 */
final class LockWaits {

    /**
     * @param waitedMillis how long the waiting statement has been running
     * @param blockerName what the blocker calls itself, and its state; empty if unknown
     * @param blockerMillis how long its transaction is open; -1 if unknown
     * @param blockerWaits the blocker waits for a lock itself
     */
    record Wait(long session, long waitedMillis, long blocker, String blockerName, long blockerMillis, boolean blockerWaits) {
    }

    private static final int QUERY_SECONDS = 3;
    private static final int MAX_ROWS = 500;
    /** {@code pg_blocking_pids} stops the lock manager for a moment, so it is asked of waiting sessions only. */
    private static final String POSTGRES = "select w.pid, (extract(epoch from clock_timestamp()"
            + " - coalesce(w.query_start, w.state_change)) * 1000)::bigint, p.pid,"
            + " coalesce(b.application_name, ''), coalesce(b.state, ''),"
            + " coalesce((extract(epoch from clock_timestamp() - b.xact_start) * 1000)::bigint, -1),"
            + " coalesce(b.wait_event_type, '') = 'Lock'"
            + " from pg_stat_activity w cross join lateral unnest(pg_blocking_pids(w.pid)) as p(pid)"
            + " left join pg_stat_activity b on b.pid = p.pid"
            + " where w.wait_event_type = 'Lock' and w.datname = current_database() and w.usename = current_user"
            + " and w.client_addr is not distinct from inet_client_addr() and w.pid <> pg_backend_pid()";
    private static final String H2 = "select w.session_id,"
            + " coalesce(datediff(millisecond, w.executing_statement_start, current_timestamp), 0), b.session_id,"
            + " coalesce(b.client_info, ''), coalesce(b.session_state, ''), -1, b.blocker_id is not null"
            + " from information_schema.sessions w join information_schema.sessions b on b.session_id = w.blocker_id"
            + " where w.user_name = current_user";
    private static final Map<String, String> QUESTIONS = Map.of("postgresql", POSTGRES, "h2", H2);

    private LockWaits() {
    }

    /** One row per pair of sessions; empty where nobody waits or the database is not one of those known. */
    static List<Wait> ask(Connection connection) throws SQLException {
        String question = QUESTIONS.get(connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT));
        List<Wait> waits = new ArrayList<>();
        if (question == null) {
            return waits;
        }
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(QUERY_SECONDS);
            statement.setMaxRows(MAX_ROWS);
            try (ResultSet rows = statement.executeQuery(question)) {
                while (rows.next()) {
                    String name = rows.getString(4);
                    String state = rows.getString(5).toLowerCase(Locale.ROOT);
                    waits.add(new Wait(rows.getLong(1), rows.getLong(2), rows.getLong(3),
                            name + (name.isEmpty() || state.isEmpty() ? "" : ", ") + state, rows.getLong(6), rows.getBoolean(7)));
                }
            }
        } finally {
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
        }
        return waits;
    }
}
