package io.jvmmedic.core.inquiry;

import static net.bytebuddy.matcher.ElementMatchers.isAbstract;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.implementation.InvocationHandlerAdapter;

/** Sessions of a database that answers as it is told, over real sockets or none. */
final class Sessions {

    /** Holds its socket as drivers do, some fields deep. */
    public static final class Stream {
        @SuppressWarnings("unused") // Found by reflection.
        private final Socket socket;

        private Stream(Socket socket) {
            this.socket = socket;
        }
    }

    /** Looks as the driver's object of PostgreSQL does. */
    public abstract static class Session implements Connection {
        @SuppressWarnings("unused") // Found by reflection.
        private final Stream stream;

        public Session(Stream stream) {
            this.stream = stream;
        }

        public abstract int getBackendPID();

        public abstract String getParameterStatus(String name);
    }

    /** Answers by the beginning of the question, each a list of rows. */
    final Map<String, List<List<Object>>> answers = new LinkedHashMap<>();
    /** What the first of the answers is afterwards, one after the other. */
    final Deque<List<List<Object>>> then = new ArrayDeque<>();
    final List<String> asked = new ArrayList<>();
    final Map<String, String> parameters = new LinkedHashMap<>();
    /** As they were set, the first one before anybody set it. */
    final List<Integer> networkTimeouts = new ArrayList<>();
    String product = "PostgreSQL";
    boolean readOnly;

    Connection session(int pid, Socket socket) {
        boolean[] closed = {false};
        InvocationHandler handler = (self, method, arguments) -> switch (method.getName()) {
            case "getBackendPID" -> pid;
            case "getParameterStatus" -> parameters.get((String) arguments[0]);
            case "createStatement" -> statement();
            case "getMetaData" -> metaData();
            case "isValid", "getAutoCommit" -> true;
            case "isClosed" -> closed[0];
            case "isReadOnly" -> readOnly;
            case "getNetworkTimeout" -> networkTimeouts.isEmpty() ? 0 : networkTimeouts.get(networkTimeouts.size() - 1);
            case "setNetworkTimeout" -> {
                networkTimeouts.add((int) arguments[1]);
                yield null;
            }
            case "close" -> {
                closed[0] = true;
                yield null;
            }
            default -> method.getReturnType() == boolean.class ? (Object) false : null;
        };
        try {
            return new ByteBuddy().subclass(Session.class).method(isAbstract())
                    .intercept(InvocationHandlerAdapter.of(handler)).make().load(Sessions.class.getClassLoader()).getLoaded()
                    .getConstructor(Stream.class).newInstance(new Stream(socket));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private DatabaseMetaData metaData() {
        return (DatabaseMetaData) Proxy.newProxyInstance(Sessions.class.getClassLoader(),
                new Class<?>[] {DatabaseMetaData.class}, (proxy, method, arguments) -> product);
    }

    private Statement statement() {
        return (Statement) Proxy.newProxyInstance(Sessions.class.getClassLoader(), new Class<?>[] {Statement.class},
                (proxy, method, arguments) -> method.getName().equals("executeQuery") ? rows((String) arguments[0]) : null);
    }

    private ResultSet rows(String sql) throws SQLException {
        asked.add(sql);
        Iterator<List<Object>> next = answers.entrySet().stream().filter(answer -> sql.startsWith(answer.getKey()))
                .map(Map.Entry::getValue).findFirst().orElseThrow(() -> new SQLException("syntax error", "42601")).iterator();
        if (!then.isEmpty()) {
            answers.entrySet().iterator().next().setValue(then.remove());
        }
        List<List<Object>> current = new ArrayList<>();
        return (ResultSet) Proxy.newProxyInstance(Sessions.class.getClassLoader(), new Class<?>[] {ResultSet.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "next" -> {
                        current.clear();
                        yield next.hasNext() && current.add(next.next());
                    }
                    case "getInt" -> ((Number) current.get(0).get((int) arguments[0] - 1)).intValue();
                    case "getLong" -> ((Number) current.get(0).get((int) arguments[0] - 1)).longValue();
                    case "getBoolean" -> current.get(0).get((int) arguments[0] - 1);
                    case "getString" -> text(current.get(0).get((int) arguments[0] - 1));
                    default -> null;
                });
    }

    private static String text(Object value) {
        return value == null ? null : value.toString();
    }
}
