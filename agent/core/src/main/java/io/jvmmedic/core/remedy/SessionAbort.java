package io.jvmmedic.core.remedy;

import java.lang.reflect.Field;
import java.net.Socket;
import java.sql.Connection;
import java.util.List;

/**
 * Ends a session from outside. {@code Connection.abort} is the one call that JDBC allows while another thread is in a
 * statement. PostgreSQL's driver up to 42.7.4 asks a security manager for leave first, and from Java 24 on that question
 * itself throws; its abort closes the socket, so that is what is done in its place. Not with other drivers: what is found
 * in fields may be shared with sessions that live.
 */
final class SessionAbort {

    private static final String PGJDBC = "org.postgresql.jdbc.PgConnection";
    private static final List<String> WAY_TO_SOCKET = List.of("queryExecutor", "pgStream", "connection");

    private SessionAbort() {
    }

    static void abort(Connection physical) throws Exception {
        try {
            physical.abort(Runnable::run);
        } catch (SecurityException e) {
            Socket socket = physical.getClass().getName().equals(PGJDBC) ? socket(physical) : null;
            if (socket == null) {
                throw e;
            }
            socket.close();
        }
    }

    /** {@code null} where the driver's fields are others. */
    static Socket socket(Connection pgjdbc) {
        Object found = pgjdbc;
        for (String name : WAY_TO_SOCKET) {
            found = found == null ? null : value(found, name);
        }
        return found instanceof Socket socket ? socket : null;
    }

    private static Object value(Object owner, String name) {
        for (Class<?> type = owner.getClass(); type != null; type = type.getSuperclass()) {
            try {
                Field field = type.getDeclaredField(name);
                field.setAccessible(true);
                return field.get(owner);
            } catch (NoSuchFieldException e) {
                // It may be in the superclass.
            } catch (IllegalAccessException | RuntimeException e) {
                return null;
            }
        }
        return null;
    }
}
