package io.jvmmedic.core.inquiry;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which sessions wait for a lock inside the database, and for whom: the only sound way to tell a lock from a statement
 * that is merely slow, for on this side both are a thread that waits for an answer. Plain reads: of sessions of the same
 * user in the same database from the same host, and of those that they wait for.
 *
 * <p>Who waits for a row waits for the next one in the queue, and only the first in it for the session that has locked the
 * row; a queue may also lead through a migration of another user, who waits himself. So what stands between is followed
 * to its head. A database tells this without stopping anything, so one look at a queue that moves may show a ring that
 * never was: such a look is taken again, and of the last one only counts what the one before has seen, too.
 *
 * <p>Sources: PostgreSQL, "pg_stat_activity" ({@code wait_event_type}, from 9.6) and {@code pg_blocking_pids}; H2,
 * {@code INFORMATION_SCHEMA.SESSIONS}, which shows other sessions to administrators only. Other databases want a privilege
 * for this that an application does not have; they are not asked.
 */
final class LockWaits {

    /**
     * @param waitedMillis how long the waiting statement has been running
     * @param blocker it is waited for directly, or at the head of those that are
     * @param blockerName what the blocker calls itself, and its state; empty if unknown
     * @param blockerMillis how long its transaction is open; -1 if unknown
     * @param blockerWaits the blocker waits for a lock itself
     */
    record Wait(long session, long waitedMillis, long blocker, String blockerName, long blockerMillis, boolean blockerWaits) {

        private boolean isOf(Wait other) {
            return session == other.session && blocker == other.blocker;
        }
    }

    /**
     * @param waiters of whom it is asked
     * @param blockersOf whom one session waits for, whoever it belongs to; empty where that cannot be asked
     */
    private record Question(String waiters, String blockersOf) {
    }

    private static final int QUERY_SECONDS = 3;
    private static final int MAX_ROWS = 500;
    private static final int LOOKS = 3;
    private static final int MAX_FOLLOWED = 10;
    private static final String BLOCKER = "p.pid, coalesce(b.application_name, ''), coalesce(b.state, ''),"
            + " coalesce((extract(epoch from clock_timestamp() - b.xact_start) * 1000)::bigint, -1),"
            + " coalesce(b.wait_event_type, '') = 'Lock' or b.pid is not null and b.state is null";
    /**
     * {@code pg_blocking_pids} stops the lock manager for a moment, so it is asked of few. What sessions of other users do is
     * hidden; they are taken to wait until that is asked. Heads come first, should there be too many rows.
     */
    private static final Question POSTGRES = new Question("select w.pid, (extract(epoch from clock_timestamp()"
            + " - coalesce(w.query_start, w.state_change)) * 1000)::bigint, " + BLOCKER
            + " from pg_stat_activity w cross join lateral unnest(pg_blocking_pids(w.pid)) as p(pid)"
            + " left join pg_stat_activity b on b.pid = p.pid"
            + " where w.wait_event_type = 'Lock' and w.datname = current_database() and w.usename = current_user"
            + " and w.client_addr is not distinct from inet_client_addr() and w.pid <> pg_backend_pid() order by 7, 1, 3",
            "with w(pid) as (values (%s)) select w.pid, 0, " + BLOCKER + " from w"
            + " cross join lateral unnest(pg_blocking_pids(w.pid)) as p(pid) left join pg_stat_activity b on b.pid = p.pid"
            + " order by 7, 1, 3");
    private static final Question H2 = new Question("select w.session_id,"
            + " coalesce(datediff(millisecond, w.executing_statement_start, current_timestamp), 0), b.session_id,"
            + " coalesce(b.client_info, ''), coalesce(b.session_state, ''), -1, b.blocker_id is not null"
            + " from information_schema.sessions w join information_schema.sessions b on b.session_id = w.blocker_id"
            + " where w.user_name = current_user", "");
    private static final Map<String, Question> QUESTIONS = Map.of("postgresql", POSTGRES, "h2", H2);

    private LockWaits() {
    }

    /**
     * One row per pair of sessions; empty where nobody waits or the database is not one of those known.
     *
     * @param sessions of whom it is wanted; empty for any
     */
    static List<Wait> ask(Connection connection, Set<Long> sessions) throws SQLException {
        Question question = QUESTIONS.get(connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT));
        if (question == null) {
            return List.of();
        }
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(QUERY_SECONDS);
            statement.setMaxRows(MAX_ROWS);
            List<Wait> before = List.of();
            List<Wait> waits = List.of();
            for (int look = 0; look < LOOKS; look++) {
                before = waits;
                waits = withHeads(statement, question, sessions);
                if (waits.isEmpty() || waits.stream().anyMatch(wait -> !wait.blockerWaits())) {
                    return waits;
                }
            }
            List<Wait> seenBefore = before;
            return waits.stream().filter(wait -> seenBefore.stream().anyMatch(wait::isOf)).toList();
        } finally {
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
        }
    }

    private static List<Wait> withHeads(Statement statement, Question question, Set<Long> sessions) throws SQLException {
        List<Wait> waits = read(statement, question.waiters());
        Map<Long, List<Wait>> known = waits.stream().collect(Collectors.groupingBy(Wait::session, Collectors.toList()));
        int room = known.size() + MAX_FOLLOWED;
        List<Wait> wanted = waits.stream().filter(wait -> sessions.isEmpty() || sessions.contains(wait.session())).toList();
        Set<Long> waiters = wanted.stream().map(Wait::session).collect(Collectors.toSet());
        List<Wait> all = new ArrayList<>();
        for (Wait wait : wanted) {
            List<Wait> heads = new ArrayList<>();
            if (wait.blockerWaits() && !waiters.contains(wait.blocker())) {
                follow(statement, question, wait, known, room, new HashSet<>(Set.of(wait.session())), heads);
            }
            if (heads.stream().noneMatch(head -> head == wait)) {
                all.add(wait);
            }
            heads.forEach(head -> all.add(new Wait(wait.session(), wait.waitedMillis(), head.blocker(), head.blockerName(),
                    head.blockerMillis(), false)));
        }
        return all;
    }

    private static void follow(Statement statement, Question question, Wait wait, Map<Long, List<Wait>> known, int room,
            Set<Long> passed, List<Wait> heads) throws SQLException {
        if (!wait.blockerWaits()) {
            heads.add(wait);
            return;
        }
        if (!passed.add(wait.blocker())) {
            return;
        }
        if (!known.containsKey(wait.blocker())) {
            if (question.blockersOf().isEmpty() || known.size() >= room) {
                return;
            }
            known.put(wait.blocker(), read(statement, String.format(question.blockersOf(), wait.blocker())));
        }
        List<Wait> further = known.get(wait.blocker());
        if (further.isEmpty()) {
            heads.add(wait);
        }
        for (Wait one : further) {
            follow(statement, question, one, known, room, passed, heads);
        }
    }

    private static List<Wait> read(Statement statement, String sql) throws SQLException {
        List<Wait> waits = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                String name = rows.getString(4);
                String state = rows.getString(5).toLowerCase(Locale.ROOT);
                waits.add(new Wait(rows.getLong(1), rows.getLong(2), rows.getLong(3),
                        name + (name.isEmpty() || state.isEmpty() ? "" : ", ") + state, rows.getLong(6), rows.getBoolean(7)));
            }
        }
        return waits;
    }
}
