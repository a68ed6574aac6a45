package io.jvmmedic.core.inquiry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the kernel knows of this process' TCP connections, as of one look. Linux only; elsewhere it knows nothing. A
 * connection is found by its two ports: the addresses of a socket may be written as IPv4 or IPv6, its ports may not.
 *
 * <p>Columns as in the kernel's {@code Documentation/networking/proc_net_tcp.rst}.
 */
final class TcpTable {

    private static final List<Path> FILES = List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));
    private static final int HEX = 16;
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int STATE = 3;
    private static final int QUEUES = 4;
    private static final int RETRANSMITS = 6;
    private static final int PROBES = 8;
    private static final int CLOSE_WAIT = 8;

    /**
     * One connection.
     *
     * @param closedByPeer the other side has closed it, and nobody here has noticed (CLOSE_WAIT)
     * @param unacknowledged bytes sent that the other side has not acknowledged
     * @param retransmits times in a row that these were sent again in vain
     * @param probes keep-alive probes in a row that were not answered
     */
    record Row(int localPort, int remotePort, boolean closedByPeer, long unacknowledged, int retransmits, int probes) {
    }

    private final List<Row> rows;

    private TcpTable(List<Row> rows) {
        this.rows = List.copyOf(rows);
    }

    static TcpTable read() {
        return read(FILES);
    }

    static TcpTable read(List<Path> files) {
        List<Row> rows = new ArrayList<>();
        for (Path file : files) {
            try {
                Files.readAllLines(file, StandardCharsets.US_ASCII).stream().skip(1)
                        .forEach(line -> row(line).ifPresent(rows::add));
            } catch (IOException | RuntimeException e) {
                // Another system, or one that hides it: then nothing is known, which proves nothing.
            }
        }
        return new TcpTable(rows);
    }

    /** Empty when it is not known, or when more than one connection has these ports. */
    Optional<Row> find(InetSocketAddress local, InetSocketAddress remote) {
        List<Row> found = rows.stream()
                .filter(row -> row.localPort() == local.getPort() && row.remotePort() == remote.getPort()).toList();
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    /** Whether there is any connection with these ports. */
    boolean knows(InetSocketAddress local, InetSocketAddress remote) {
        return rows.stream().anyMatch(row -> row.localPort() == local.getPort() && row.remotePort() == remote.getPort());
    }

    private static Optional<Row> row(String line) {
        String[] columns = line.trim().split("\\s+");
        if (columns.length <= PROBES) {
            return Optional.empty();
        }
        return Optional.of(new Row(port(columns[LOCAL]), port(columns[REMOTE]),
                Integer.parseInt(columns[STATE], HEX) == CLOSE_WAIT,
                Long.parseLong(columns[QUEUES].split(":")[0], HEX),
                Integer.parseInt(columns[RETRANSMITS], HEX), Integer.parseInt(columns[PROBES])));
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), HEX);
    }
}
