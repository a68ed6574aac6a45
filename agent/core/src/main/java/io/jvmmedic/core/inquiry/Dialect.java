package io.jvmmedic.core.inquiry;

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
 * The questions, in the words of each database. All are plain reads that need no privilege. Sources: PostgreSQL, "System
 * Information Functions" and "pg_stat_activity"; MySQL and MariaDB, system variable {@code read_only}; Oracle,
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
     */
    record Backend(boolean idle, long forMillis) {
    }

    /**
     * Which server answered.
     *
     * @param pid of the process behind this session
     * @param address where that server listens, as it says itself; {@code null} when it does not tell
     */
    record Server(int pid, InetAddress address, int port) {
    }

    private record RoleQuestion(String product, String sql, Set<String> readOnly) {
    }

    private static final List<RoleQuestion> ROLES = List.of(
            new RoleQuestion("postgresql", "select case when pg_is_in_recovery() or current_setting('transaction_read_only')"
                    + " = 'on' then 'ro' else 'rw' end", Set.of("ro")),
            new RoleQuestion("mysql", "select @@global.read_only", Set.of("1", "on")),
            new RoleQuestion("mariadb", "select @@global.read_only", Set.of("1", "on")),
            new RoleQuestion("oracle", "select sys_context('USERENV', 'DATABASE_ROLE') from dual",
                    Set.of("physical standby", "logical standby", "snapshot standby")),
            new RoleQuestion("microsoft sql server", "select databasepropertyex(db_name(), 'Updateability')",
                    Set.of("read_only")));
    private static final String POSTGRES = "postgresql";
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
        return product(connection).equals(POSTGRES);
    }

    /** The server behind a session of a database that {@link #knowsSessions}. */
    static Server server(Connection connection) throws SQLException {
        return ask(connection, "select pg_backend_pid(), host(inet_server_addr()), inet_server_port()", row -> {
            row.next();
            return new Server(row.getInt(1), address(row.getString(2)), row.getInt(3));
        });
    }

    /** What the server knows of these processes; those it does not know are missing. */
    static Map<Integer, Backend> backends(Connection connection, Collection<Integer> pids) throws SQLException {
        if (pids.isEmpty()) {
            return Map.of();
        }
        String list = pids.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return ask(connection, "select pid, coalesce(state, ''), (extract(epoch from clock_timestamp()"
                + " - state_change) * 1000)::bigint from pg_stat_activity where pid in (" + list + ")", row -> {
                    Map<Integer, Backend> found = new HashMap<>();
                    while (row.next()) {
                        found.put(row.getInt(1), new Backend(row.getString(2).startsWith("idle"), row.getLong(3)));
                    }
                    return found;
                });
    }

    /** The number of the server's process as the driver was told when it connected; 0 when it does not tell. */
    static int pid(Connection physical) {
        try {
            Method getter = physical.getClass().getMethod("getBackendPID");
            getter.setAccessible(true);
            return getter.invoke(physical) instanceof Integer pid ? pid : 0;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return 0;
        }
    }

    /**
     * The role of a session as its server has reported it by itself, so that nothing is sent. PostgreSQL does so from 14 on,
     * by the parameters {@code in_hot_standby} and {@code default_transaction_read_only}.
     */
    static Role reportedRole(Connection physical) {
        String standby = parameter(physical, "in_hot_standby");
        String readOnly = parameter(physical, "default_transaction_read_only");
        if (standby == null || readOnly == null) {
            return Role.UNKNOWN;
        }
        return standby.equals("on") || readOnly.equals("on") ? Role.READ_ONLY : Role.WRITABLE;
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

    private static InetAddress address(String text) {
        try {
            // A literal: nothing is looked up.
            return text == null ? null : InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
