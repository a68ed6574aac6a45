package io.jvmmedic.core.remedy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.LibraryLoader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SessionAbortTest {

    private static final int PATIENCE_SECONDS = 60;

    static Stream<String> drivers() {
        return LibraryLoader.versions("postgresql").stream();
    }

    /** Welcomes a client of PostgreSQL's protocol, and never answers a statement. */
    private static final class DeafServer implements AutoCloseable {
        private final ServerSocket door = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        private final CountDownLatch asked = new CountDownLatch(1);

        DeafServer() throws IOException {
            Thread thread = new Thread(this::serve, "deaf-server");
            thread.setDaemon(true);
            thread.start();
        }

        private void serve() {
            try (Socket client = door.accept()) {
                DataInputStream in = new DataInputStream(client.getInputStream());
                DataOutputStream out = new DataOutputStream(client.getOutputStream());
                in.readFully(new byte[in.readInt() - Integer.BYTES]);
                message(out, 'R', new byte[Integer.BYTES]);
                parameter(out, "server_version", "14.0");
                parameter(out, "client_encoding", "UTF8");
                parameter(out, "standard_conforming_strings", "on");
                message(out, 'Z', new byte[] {'I'});
                out.flush();
                in.readByte();
                asked.countDown();
                while (in.read() >= 0) {
                    // Heard and forgotten.
                }
            } catch (IOException e) {
                // The client has gone.
            }
        }

        private static void parameter(DataOutputStream out, String name, String value) throws IOException {
            message(out, 'S', (name + '\0' + value + '\0').getBytes(StandardCharsets.US_ASCII));
        }

        private static void message(DataOutputStream out, char type, byte[] body) throws IOException {
            out.writeByte(type);
            out.writeInt(Integer.BYTES + body.length);
            out.write(body);
        }

        Connection connect(String driver) throws Exception {
            Properties settings = new Properties();
            settings.put("user", "app");
            settings.put("sslmode", "disable");
            settings.put("gssEncMode", "disable");
            settings.put("assumeMinServerVersion", "14");
            return ((Driver) LibraryLoader.of("postgresql", driver).loadClass("org.postgresql.Driver").getConstructor()
                    .newInstance()).connect("jdbc:postgresql://127.0.0.1:" + door.getLocalPort() + "/app", settings);
        }

        @Override
        public void close() throws IOException {
            door.close();
        }
    }

    private static CompletableFuture<Boolean> statement(Connection session) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                answer.complete(session.createStatement().execute("select 1"));
            } catch (SQLException e) {
                answer.completeExceptionally(e);
            }
        }, "borrower");
        thread.setDaemon(true);
        thread.start();
        return answer;
    }

    /** On Java 24 and newer the older of these drivers cannot abort. */
    @ParameterizedTest
    @MethodSource("drivers")
    void whoWaitsForAnAnswerIsReleased(String driver) throws Exception {
        try (DeafServer server = new DeafServer()) {
            Connection session = server.connect(driver);
            CompletableFuture<Boolean> answer = statement(session);
            assertTrue(server.asked.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            SessionAbort.abort(session);
            assertInstanceOf(SQLException.class, assertThrows(ExecutionException.class,
                    () -> answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).getCause());
        }
    }

    @ParameterizedTest
    @MethodSource("drivers")
    void itsSocketIsItsOwn(String driver) throws Exception {
        try (DeafServer server = new DeafServer()) {
            Connection session = server.connect(driver);
            CompletableFuture<Boolean> answer = statement(session);
            assertTrue(server.asked.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            Socket socket = SessionAbort.socket(session);
            assertEquals(server.door.getLocalPort(), socket.getPort());
            socket.close();
            assertInstanceOf(SQLException.class, assertThrows(ExecutionException.class,
                    () -> answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).getCause());
        }
    }

    @Test
    void ofAnotherDriverNothingIsClosedInItsPlace() {
        SecurityException refusal = new SecurityException("checking permissions is not supported");
        Connection other = (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    throw refusal;
                });
        assertSame(refusal, assertThrows(SecurityException.class, () -> SessionAbort.abort(other)));
    }
}
