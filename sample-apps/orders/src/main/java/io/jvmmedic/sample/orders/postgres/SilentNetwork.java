package io.jvmmedic.sample.orders.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The network between the service and its database, which can fail as networks do: without a word. A firewall that forgot a
 * connection, a host that lost power: what is sent is lost, no answer comes, and the socket stays open for ever.
 */
final class SilentNetwork implements AutoCloseable {

  private static final int BUFFER_BYTES = 16 * 1024;

  private final int serverPort;
  private final ServerSocket door;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();

  SilentNetwork(int serverPort) throws IOException {
    this.serverPort = serverPort;
    this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start("network-door", this::accept);
  }

  /** Where the service connects to. */
  int port() {
    return door.getLocalPort();
  }

  /** The connections that exist carry nothing any more; new ones work. */
  void swallowEverything() {
    links.forEach(link -> link.silent = true);
  }

  @Override
  public void close() throws IOException {
    door.close();
    for (Link link : links) {
      link.client.close();
      link.server.close();
    }
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = door.accept();
      try {
        new Link(client, new Socket(InetAddress.getLoopbackAddress(), serverPort)).begin();
      } catch (IOException e) {
        // Nobody listens behind it, so nobody listens here.
        client.close();
      }
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // Its socket was closed, which is how its work ends.
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  private final class Link {

    private final Socket client;
    private final Socket server;
    private volatile boolean silent;

    Link(Socket client, Socket server) throws IOException {
      this.client = client;
      this.server = server;
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
    }

    void begin() {
      links.add(this);
      start("network-out", () -> carry(client, server));
      start("network-back", () -> carry(server, client));
    }

    private void carry(Socket from, Socket to) throws IOException {
      byte[] bytes = new byte[BUFFER_BYTES];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
          if (!silent) {
            out.write(bytes, 0, read);
          }
        }
      } finally {
        end(from, to);
      }
    }

    /** That one side has gone is not heard on the other side of a silent connection either. */
    private void end(Socket from, Socket to) throws IOException {
      from.close();
      if (!silent) {
        to.close();
      }
      if (client.isClosed() && server.isClosed()) {
        links.remove(this);
      }
    }
  }
}
