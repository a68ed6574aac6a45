package io.jvmmedic.core.resource;

import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.Set;

/**
 * What an error of a driver says about the server behind it.
 *
 * <p>Sources: ISO/IEC 9075 for class 08 (connection exception); PostgreSQL, appendix A "Error Codes": 57P01
 * admin_shutdown, 57P02 crash_shutdown, 57P03 cannot_connect_now, 57P05 idle_session_timeout, 25006
 * read_only_sql_transaction, 53300 too_many_connections; MySQL, "Server Error Message Reference": 1040 ER_CON_COUNT_ERROR,
 * 1203 ER_TOO_MANY_USER_CONNECTIONS, 1226 ER_USER_LIMIT_REACHED, 1290
 * ER_OPTION_PREVENTS_STATEMENT, 1792 ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION, 1836 ER_READ_ONLY_MODE, 4031
 * ER_CLIENT_INTERACTION_TIMEOUT; MariaDB, "Error Codes": 1927 ER_CONNECTION_KILLED; Oracle, "Database Error Messages": ORA-00018 and ORA-00020 (sessions, processes exceeded), ORA-12516, ORA-12519 and ORA-12520 (no handler
 * of the listener is free), ORA-16000 (open for read-only access); SQL Server, "Database Engine events and errors": 3906
 * (update of a read-only database).
 *
 * <p>A vendor code is read together with the SQLState that its server sends with it: 1040 is one thing to MySQL and
 * another to Oracle. Before a client is welcomed MySQL and MariaDB send no SQLState; MariaDB's driver calls that HY000.
 *
 * @param text {@code 57P01}, or with a vendor code {@code 08004/1040}
 */
public record SqlTrouble(Kind kind, String text) {

    /** What it means. */
    public enum Kind {
        /** The session is gone. */
        LOST,
        /** The session works, its server takes no writes. */
        READ_ONLY,
        /** The server has no session to spare. */
        FULL,
        /** Says nothing about the server. */
        OTHER
    }

    private static final SqlTrouble NONE = new SqlTrouble(Kind.OTHER, "");
    /** A chain of exceptions may be a ring. */
    private static final int MAX_CHAIN = 8;
    private static final int MAX_STATE = 5;

    private static final Set<String> LOST = Set.of("57P01", "57P02", "57P03", "57P05", "70100/1927", "HY000/4031");
    private static final Set<String> READ_ONLY = Set.of("25006", "HY000/1836", "72000/16000", "S0001/3906", "S0002/3906");
    private static final Set<String> FULL = Set.of("53300", "08004/1040", "HY000/1040", "42000/1203", "42000/1226", "61000/18",
            "61000/20", "66000/12516", "66000/12519", "66000/12520");
    /** Sent for every option that prevents a statement; the message names the option. */
    private static final String OPTION_PREVENTS = "HY000/1290";

    /** Whether a text as {@link #text} says that the server is there and has no session to spare. */
    public static boolean saysFull(String text) {
        int slash = text.indexOf('/');
        return FULL.contains(text) || slash > 0 && FULL.contains(text.substring(0, slash));
    }

    /** The first cause in the chain that says something about the server; {@link Kind#OTHER} if none does. */
    static SqlTrouble of(Throwable error) {
        SqlTrouble first = NONE;
        Throwable current = error;
        for (int i = 0; i < MAX_CHAIN && current != null; i++) {
            SQLException sql = current instanceof SQLException one ? one : null;
            // A statement that took too long says nothing of its session, whatever state its driver chose.
            if (sql != null && !(sql instanceof SQLTimeoutException)) {
                SqlTrouble trouble = judge(sql);
                if (trouble.kind() != Kind.OTHER) {
                    return trouble;
                }
                first = first == NONE ? trouble : first;
            }
            current = sql != null && sql.getNextException() != null ? sql.getNextException() : current.getCause();
        }
        return first;
    }

    private static SqlTrouble judge(SQLException error) {
        String given = error.getSQLState();
        String state = given == null ? "" : given.length() > MAX_STATE ? given.substring(0, MAX_STATE) : given;
        int code = error.getErrorCode();
        String text = code == 0 ? state : state + "/" + code;
        return new SqlTrouble(kind(state, text, error), text);
    }

    private static Kind kind(String state, String text, SQLException error) {
        // Before class 08: MySQL says "too many connections" with 08004.
        if (FULL.contains(state) || FULL.contains(text)) {
            return Kind.FULL;
        }
        if (READ_ONLY.contains(state) || READ_ONLY.contains(text)
                || text.equals(OPTION_PREVENTS) && saysReadOnly(error.getMessage())) {
            return Kind.READ_ONLY;
        }
        return state.startsWith("08") || LOST.contains(state) || LOST.contains(text) ? Kind.LOST : Kind.OTHER;
    }

    private static boolean saysReadOnly(String message) {
        return message != null && (message.contains("read-only") || message.contains("read_only"));
    }
}
