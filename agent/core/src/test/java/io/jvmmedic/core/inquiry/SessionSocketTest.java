package io.jvmmedic.core.inquiry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SessionSocketTest {

    @Test
    void theSocketIsFoundWhereADriverKeepsIt() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = new Socket(server.getInetAddress(), server.getLocalPort());
                Connection session = new Sessions().session(1, socket)) {
            SessionSocket found = SessionSocket.of(session).orElseThrow();
            assertEquals(socket.getLocalSocketAddress(), found.local());
            assertEquals(socket.getRemoteSocketAddress(), found.remote());
        }
    }

    @Test
    void anEmbeddedDatabaseHasNone() throws Exception {
        try (Connection embedded = DriverManager.getConnection("jdbc:h2:mem:")) {
            assertEquals(Optional.empty(), SessionSocket.of(embedded));
        }
    }
}
