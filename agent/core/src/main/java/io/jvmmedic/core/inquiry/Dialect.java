package io.jvmmedic.core.inquiry;

import io.jvmmedic.core.resource.Borrower;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The questions, in the words of each database. The role is asked of the server, never of a setting of the session, which
 * is its user's choice ({@code reset_val}, {@code @@global}). All are plain reads that need no privilege. Sources: PostgreSQL, "System
 * Information Functions" and "pg_stat_activity"; MySQL and MariaDB, system variable {@code read_only} and table
 * {@code information_schema.processlist}; Oracle,
 * {@code SYS_CONTEXT}, parameter {@code DATABASE_ROLE}; SQL Server, {@code DATABASEPROPERTYEX}, property
 * {@code Updateability}. A database that is not listed is asked by {@code Connection.isReadOnly()}.
 */
final class Dialect {

    /** Whether a server takes writes on a session. */
    enum Role { WRITABLE, READ_ONLY, UNKNOWN }

    /**
     * What a server says of one of its own processes.
     *
     * @param idle it waits for its client to say something
     * @param forMillis for so long, by the server's clock
     * @param clientPort of its client, as it comes out of what is in between
     */
    record Backend(boolean idle, long forMillis, int clientPort) {
    }

    /**
     * Which server answered.
     *
     * @param pid of the process behind this session
     * @param address where that server listens, as it says itself; {@code null} when it does not tell
     * @param clientPort of this session, as the server sees it
     */
    record Server(int pid, InetAddress address, int port, int clientPort) {
    }

    private record RoleQuestion(String product, String sql, Set<String> readOnly) {
    }

    private static final List<RoleQuestion> ROLES = List.of(
            new RoleQuestion("postgresql", "select case when pg_is_in_recovery() or (select reset_val"
                    + " from pg_settings where name = 'default_transaction_read_only') = 'on' then 'ro' else 'rw' end", Set.of("ro")),
            new RoleQuestion("mysql", "select @@global.read_only", Set.of("1", "on")),
            new RoleQuestion("mariadb", "select @@global.read_only", Set.of("1", "on")),
            new RoleQuestion("oracle", "select sys_context('USERENV', 'DATABASE_ROLE') from dual",
                    Set.of("physical standby", "logical standby", "snapshot standby")),
            new RoleQuestion("microsoft sql server", "select databasepropertyex(db_name(), 'Updateability')",
                    Set.of("read_only")));

    /**
     * How a server tells what it knows of sessions.
     *
     * @param own number, address, port and client's port of this session; a part is null where the server does not tell
     * @param others number, state, ms since then, and client's port of some
     */
    private record SessionQuestions(String own, String others) {
    }

    /** Of the sessions of the same user, which is all that one may see without a privilege. */
    private static final SessionQuestions MYSQL = new SessionQuestions(
            "select id, null, 0, host from information_schema.processlist where id = connection_id()",
            "select id, command, time * 1000, host from information_schema.processlist where id in (%s)");
    private static final Map<String, SessionQuestions> SESSIONS = Map.of("mysql", MYSQL, "mariadb", MYSQL,
            "postgresql", new SessionQuestions(
                    "select pg_backend_pid(), host(inet_server_addr()), inet_server_port(), inet_client_port()",
                    "select pid, coalesce(state, ''), (extract(epoch from clock_timestamp() - state_change) * 1000)::bigint,"
                            + " client_port from pg_stat_activity where pid in (%s)"));
    /** Getters of the session's number, by the beginning of the driver's package; each reads a field. */
    private static final Map<String, String> NUMBERS =
            Map.of("com.mysql.", "getId", "org.mariadb.", "getThreadId", "", "getBackendPID");
    /** Where a driver waits for what its server answers to a statement. */
    private static final Map<String, String> ANSWERS = Map.of(
            "org.postgresql.core.v3.QueryExecutorImpl", "processResults",
            "com.mysql.cj.protocol.a.NativeProtocol", "readMessage",
            "org.mariadb.jdbc.client.impl.StandardClient", "readPacket");
    private static final int QUERY_SECONDS = 3;

    private Dialect() {
    }

    /** Leaves no transaction open. */
    static Role role(Connection connection) throws SQLException {
        String product = product(connection);
        for (RoleQuestion question : ROLES) {
            if (product.equals(question.product())) {
                String answer = ask(connection, question.sql(), row -> row.next() ? row.getString(1) : null);
                return answer == null ? Role.UNKNOWN
                        : question.readOnly().contains(answer.toLowerCase(Locale.ROOT)) ? Role.READ_ONLY : Role.WRITABLE;
            }
        }
        return connection.isReadOnly() ? Role.READ_ONLY : Role.WRITABLE;
    }

    /** Whether this database can tell what it knows of other sessions. */
    static boolean knowsSessions(Connection connection) throws SQLException {
        return SESSIONS.containsKey(product(connection));
    }

    /** The server behind a session of a database that {@link #knowsSessions}. */
    static Server server(Connection connection) throws SQLException {
        return ask(connection, SESSIONS.get(product(connection)).own(), row -> {
            row.next();
            return new Server(row.getInt(1), address(row.getString(2)), row.getInt(3), port(row.getString(4)));
        });
    }

    /** What the server knows of these processes; those it does not know are missing. */
    static Map<Integer, Backend> backends(Connection connection, Collection<Integer> pids) throws SQLException {
        if (pids.isEmpty()) {
            return Map.of();
        }
        String list = pids.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return ask(connection, String.format(SESSIONS.get(product(connection)).others(), list), row -> {
            Map<Integer, Backend> found = new HashMap<>();
            while (row.next()) {
                String state = row.getString(2).toLowerCase(Locale.ROOT);
                found.put(row.getInt(1), new Backend(state.startsWith("idle") || state.equals("sleep"), row.getLong(3),
                        port(row.getString(4))));
            }
            return found;
        });
    }

    /** The number of the server's process as the driver was told when it connected; 0 when it does not tell. */
    static int pid(Connection physical) {
        String type = physical.getClass().getName();
        String getter = NUMBERS.entrySet().stream().filter(one -> !one.getKey().isEmpty() && type.startsWith(one.getKey()))
                .map(Map.Entry::getValue).findFirst().orElse(NUMBERS.get(""));
        try {
            Method method = physical.getClass().getMethod(getter);
            method.setAccessible(true);
            return method.invoke(physical) instanceof Number pid ? Math.toIntExact(pid.longValue()) : 0;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return 0;
        }
    }

    /** Whether a borrower waits for what its server answers to a statement. */
    static boolean waitsForAnswer(Borrower borrower) {
        return ANSWERS.entrySet().stream().anyMatch(frame -> borrower.isIn(frame.getKey(), frame.getValue()));
    }

    /**
     * The role of a session as its server has reported it by itself, so that nothing is sent. PostgreSQL does so from 14 on,
     * by the parameters {@code in_hot_standby} and {@code default_transaction_read_only}. The second one may be the session's
     * own, where its user asked the driver for read-only transactions.
     */
    static Role reportedRole(Connection physical) {
        String standby = parameter(physical, "in_hot_standby");
        String readOnly = parameter(physical, "default_transaction_read_only");
        if (standby == null || readOnly == null) {
            return Role.UNKNOWN;
        }
        if (standby.equals("on")) {
            return Role.READ_ONLY;
        }
        return !readOnly.equals("on") ? Role.WRITABLE : isReadOnlyByItsUser(physical) ? Role.UNKNOWN : Role.READ_ONLY;
    }

    private static boolean isReadOnlyByItsUser(Connection physical) {
        try {
            return physical.isReadOnly();
        } catch (SQLException e) {
            return true;
        }
    }

    private static String parameter(Connection physical, String name) {
        try {
            Method getter = physical.getClass().getMethod("getParameterStatus", String.class);
            getter.setAccessible(true);
            return (String) getter.invoke(physical, name);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    private interface Reading<T> {
        T of(ResultSet rows) throws SQLException;
    }

    private static <T> T ask(Connection connection, String sql, Reading<T> reading) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(QUERY_SECONDS);
            try (ResultSet rows = statement.executeQuery(sql)) {
                return reading.of(rows);
            }
        } finally {
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
        }
    }

    private static String product(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
    }

    /** Of {@code 52344} or {@code localhost:52344}; 0 where there is none. */
    private static int port(String client) {
        try {
            return client == null ? 0 : Integer.parseInt(client.substring(client.lastIndexOf(':') + 1));
        } catch (NumberFormatException socketFile) {
            return 0;
        }
    }

    private static InetAddress address(String text) {
        try {
            // A literal: nothing is looked up.
            return text == null ? null : InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
