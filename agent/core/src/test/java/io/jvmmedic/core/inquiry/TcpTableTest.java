package io.jvmmedic.core.inquiry;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TcpTableTest {

    private static final String HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid"
            + "  timeout inode\n";
    /** 127.0.0.1:50000 to 127.0.0.1:5432, 57 bytes sent again for the sixth time. */
    private static final String RETRANSMITTED = "   0: 0100007F:C350 0100007F:1538 01 00000039:00000000 01:00000A3C 00000006"
            + "  1000        0 123456 2 0000000000000000 160 4 30 10 -1\n";
    private static final String IPV6 = "   1: 0000000000000000FFFF00000100007F:C351 0000000000000000FFFF00000100007F:1538 08"
            + " 00000000:00000001 00:00000000 00000000  1000        2 123457 1 0000000000000000 20 4 30 10 -1\n";

    private static InetSocketAddress port(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    @Test
    void columnsAreReadAsTheKernelWritesThem(@TempDir Path folder) throws Exception {
        Path four = Files.writeString(folder.resolve("tcp"), HEAD + RETRANSMITTED);
        Path six = Files.writeString(folder.resolve("tcp6"), HEAD + IPV6);
        TcpTable table = TcpTable.read(List.of(four, six));
        assertEquals(new TcpTable.Row(50_000, 5_432, false, 57, 6, 0), table.find(port(50_000), port(5_432)).orElseThrow());
        assertEquals(new TcpTable.Row(50_001, 5_432, true, 0, 0, 2), table.find(port(50_001), port(5_432)).orElseThrow());
        assertEquals(Optional.empty(), table.find(port(50_000), port(5_433)));
    }

    @Test
    void twoConnectionsWithTheSamePortsTellNothing(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("tcp"), HEAD + RETRANSMITTED + RETRANSMITTED);
        assertEquals(Optional.empty(), TcpTable.read(List.of(file)).find(port(50_000), port(5_432)));
    }

    @Test
    void whereThereIsNoTableNothingIsKnown(@TempDir Path folder) throws Exception {
        Path garbage = Files.writeString(folder.resolve("tcp"), HEAD + "what is this\n" + "x y z a b c d e f g h\n");
        assertEquals(Optional.empty(), TcpTable.read(List.of(folder.resolve("none"), garbage)).find(port(1), port(2)));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aConnectionThatThePeerClosedIsSeenWithoutReadingFromIt() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
            Socket accepted = server.accept();
            InetSocketAddress local = (InetSocketAddress) client.getLocalSocketAddress();
            InetSocketAddress remote = (InetSocketAddress) client.getRemoteSocketAddress();
            assertFalse(TcpTable.read().find(local, remote).orElseThrow().closedByPeer());
            accepted.close();
            await().until(() -> TcpTable.read().find(local, remote).orElseThrow().closedByPeer());
            assertTrue(client.isConnected());
        }
    }
}
