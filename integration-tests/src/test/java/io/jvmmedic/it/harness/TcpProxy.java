package io.jvmmedic.it.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Stands between a patient and a server, and fails as networks do: a peer that died without a word, a firewall that drops
 * what it does not know, a reset, nobody listening. Connections that are not meant are served on.
 */
public final class TcpProxy implements AutoCloseable {

    private static final int BUFFER_BYTES = 16 * 1024;

    private volatile InetSocketAddress server;
    private final int port;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private volatile ServerSocket door;
    private volatile boolean silentNewcomers;

    private TcpProxy(InetSocketAddress server) throws IOException {
        this.server = server;
        door = open(0);
        port = door.getLocalPort();
        listen(door);
    }

    /** In front of a server of this machine. */
    public static TcpProxy before(int serverPort) {
        try {
            return new TcpProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the patient connects to, for as long as the proxy lives. */
    public int port() {
        return port;
    }

    /** What these connections send, either way, is lost from now on; their sockets stay open. New ones work. */
    public void silence(Predicate<Link> which) {
        links.stream().filter(which).forEach(link -> link.silent = true);
    }

    /** Whoever connects from now on is accepted and never hears a word; or is served again. */
    public void silenceNewcomers(boolean silent) {
        silentNewcomers = silent;
    }

    /** Whoever connects from now on is led to that server of this machine. */
    public void leadTo(int serverPort) {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort);
    }

    /** Resets these connections. */
    public void cut(Predicate<Link> which) {
        links.stream().filter(which).forEach(Link::reset);
    }

    /** Nobody listens any more. */
    public void refuse() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Somebody listens again, after {@link #refuse()}. */
    public void accept() {
        try {
            door = open(port);
            listen(door);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        refuse();
        cut(link -> true);
    }

    private static ServerSocket open(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }

    private void listen(ServerSocket at) {
        start("proxy-door", () -> {
            while (true) {
                Socket patient = at.accept();
                try {
                    new Link(patient, new Socket(server.getAddress(), server.getPort())).begin();
                } catch (IOException e) {
                    // The server behind is down: so is what stands for it.
                    patient.close();
                }
            }
        });
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(String name, Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // Its socket was closed: its work is done.
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** One connection of a patient. */
    public final class Link {

        private final Socket patient;
        private final Socket behind;
        private volatile boolean silent;

        private Link(Socket patient, Socket behind) throws IOException {
            this.patient = patient;
            this.behind = behind;
            this.silent = silentNewcomers;
            patient.setTcpNoDelay(true);
            behind.setTcpNoDelay(true);
        }

        /** How the server sees it: PostgreSQL's {@code inet_client_port()}. */
        public int clientPort() {
            return behind.getLocalPort();
        }

        private void begin() {
            links.add(this);
            start("proxy-out", () -> pump(patient, behind));
            start("proxy-back", () -> pump(behind, patient));
        }

        /** The end of one side of a silent connection does not reach the other one either. */
        private void pump(Socket from, Socket to) throws IOException {
            byte[] buffer = new byte[BUFFER_BYTES];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    if (!silent) {
                        out.write(buffer, 0, read);
                    }
                }
            } finally {
                from.close();
                if (!silent) {
                    to.close();
                }
                if (patient.isClosed() && behind.isClosed()) {
                    links.remove(this);
                }
            }
        }

        private void reset() {
            for (Socket socket : new Socket[] {patient, behind}) {
                try {
                    socket.setSoLinger(true, 0);
                    socket.close();
                } catch (IOException e) {
                    // Closed already.
                }
            }
        }
    }
}
