package io.jvmmedic.it.patients;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The other service: an HTTP server on the loopback address that answers at once, late, or drop by drop. */
final class Backend implements AutoCloseable {

    private static final byte[] BODY = "in stock".getBytes(StandardCharsets.UTF_8);

    private final HttpServer server;

    Backend() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "backend");
            thread.setDaemon(true);
            return thread;
        }));
        // /<milliseconds>: answers after that time.
        server.createContext("/", exchange -> {
            try (exchange) {
                rest(Long.parseLong(exchange.getRequestURI().getPath().substring(1)));
                exchange.sendResponseHeaders(200, BODY.length);
                exchange.getResponseBody().write(BODY);
            }
        });
        // /drip/<milliseconds>: the head at once, then one byte each time.
        server.createContext("/drip/", exchange -> {
            try (exchange) {
                long pause = Long.parseLong(exchange.getRequestURI().getPath().substring("/drip/".length()));
                exchange.sendResponseHeaders(200, BODY.length);
                for (byte drop : BODY) {
                    rest(pause);
                    exchange.getResponseBody().write(drop);
                    exchange.getResponseBody().flush();
                }
            }
        });
        server.start();
    }

    String url(String path) {
        return "http://localhost:" + server.getAddress().getPort() + path;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private static void rest(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
