package io.jvmmedic.core.instrument.httpclient5;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.jvmmedic.core.instrument.InstallReport;
import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.WovenHost;
import io.jvmmedic.core.resource.HttpPoolHandle;
import io.jvmmedic.core.resource.Lease;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hooks, state and lever on every supported version of HttpClient 5 against a real server. */
@SuppressWarnings("try") // Resources that are there to be closed.
class HttpClient5Test {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** More than any buffer on the way takes, so that an unread body keeps its connection. */
    private static final int BODY_BYTES = 8 << 20;

    /** Who waits for a connection does not give up before the test does. */
    private static final long LONG_MILLIS = 600_000;

    private static final ExecutorService THREADS = Executors.newCachedThreadPool();
    private static HttpServer server;
    private static String uri;

    @BeforeAll
    static void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(THREADS);
        server.createContext("/big", exchange -> {
            exchange.sendResponseHeaders(200, BODY_BYTES);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(new byte[BODY_BYTES]);
            }
        });
        server.createContext("/small", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(new byte[2]);
            }
        });
        server.start();
        uri = "http://localhost:" + server.getAddress().getPort();
    }

    @AfterAll
    static void stop() {
        server.stop(0);
        THREADS.shutdownNow();
    }

    static Stream<String> versions() {
        return LibraryLoader.versions("httpclient5").stream();
    }

    private static Client client(String version, String policy, int perRoute, long timeoutMillis)
            throws ReflectiveOperationException {
        return (Client) LibraryLoader.of("httpclient5", version, Http5Client.class)
                .loadClass(Http5Client.class.getName())
                .getConstructor(String.class, int.class, long.class).newInstance(policy, perRoute, timeoutMillis);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void leaseAndReleaseAreSeenOnceEach(String version) throws Exception {
        try (WovenHost medic = new WovenHost(new HttpClient5Integration());
                Client client = client(version, "STRICT", 2, LONG_MILLIS)) {
            HttpPoolHandle handle = medic.registry.httpPools().get(0);
            assertEquals("http:httpclient5", handle.id().toString());
            for (int i = 0; i < 5; i++) {
                try (AutoCloseable response = client.get(uri + "/small"); InputStream body = client.body(response)) {
                    assertEquals(1, medic.leases.of(handle).size());
                    assertEquals(2, body.readAllBytes().length);
                }
                assertEquals(List.of(), medic.leases.of(handle));
            }
            assertEquals(5, medic.leases.borrows(handle));
            HttpPoolHandle.State state = handle.state();
            assertEquals(new HttpPoolHandle.State(0, 1, 4, 0, uri.substring("http://".length()), 0, 2, 0, 1), state);
            assertEquals(List.of(), medic.instrumenter.report().problems());
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void aDroppedResponseIsUnreachableAndAHeldStreamIsNot(String version) throws Exception {
        try (WovenHost medic = WovenHost.lasting(new HttpClient5Integration());
                Client client = client(version, "STRICT", 3, LONG_MILLIS)) {
            HttpPoolHandle handle = medic.registry.httpPools().get(0);
            InputStream held = streamOnly(client);
            drop(client);
            await().atMost(PATIENCE).until(() -> {
                System.gc();
                return medic.leases.of(handle).stream().anyMatch(Lease.View::unreachable);
            });
            assertEquals(1, medic.leases.of(handle).stream().filter(Lease.View::unreachable).count());
            assertEquals(2, handle.state().leased());
            held.close();
            assertEquals(1, handle.state().leased());
            assertEquals(1, medic.leases.of(handle).size());
        }
    }

    private static InputStream streamOnly(Client client) throws IOException {
        return client.body(client.get(uri + "/big"));
    }

    private static void drop(Client client) throws IOException {
        client.body(client.get(uri + "/big")).read();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void abortingALeakedLeaseServesWhoWaits(String version) throws Throwable {
        abort(version, "STRICT");
    }

    @ParameterizedTest
    @MethodSource("versions")
    void abortingWorksInALaxPoolToo(String version) throws Throwable {
        abort(version, "LAX");
    }

    private void abort(String version, String policy) throws Throwable {
        try (WovenHost medic = WovenHost.lasting(new HttpClient5Integration());
                Client client = client(version, policy, 1, LONG_MILLIS)) {
            HttpPoolHandle handle = medic.registry.httpPools().get(0);
            drop(client);
            Future<Integer> waiter = THREADS.submit(() -> length(client));
            // The pool counts at its route a moment later than in all.
            await().atMost(PATIENCE).until(handle::state,
                    state -> state != null && state.pending() == 1 && state.routePending() == 1);
            assertEquals(1, medic.leases.waiters().size());
            await().atMost(PATIENCE).until(() -> {
                System.gc();
                return medic.leases.of(handle).get(0).unreachable();
            });
            Object entry = medic.leases.byId(medic.leases.of(handle).get(0).id()).entry();
            assertTrue(handle.inUse(entry));
            assertEquals(uri.substring("http://".length()), handle.route(entry));

            handle.abortEntry().pull(entry);

            assertEquals(2, waiter.get(60, TimeUnit.SECONDS));
            assertFalse(handle.inUse(entry));
            assertThrows(IllegalStateException.class, () -> handle.abortEntry().pull(entry), "only once");
            assertTrue(medic.leases.waiters().isEmpty());
            await().atMost(PATIENCE).until(handle::state,
                    state -> state != null && state.leased() == 0 && state.available() == 1);
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void whoStillHoldsAnAbortedLeaseReleasesItThemselves(String version) throws Throwable {
        try (WovenHost medic = WovenHost.lasting(new HttpClient5Integration());
                Client client = client(version, "STRICT", 1, LONG_MILLIS)) {
            HttpPoolHandle handle = medic.registry.httpPools().get(0);
            AutoCloseable held = client.get(uri + "/big");
            Future<Integer> waiter = THREADS.submit(() -> length(client));
            // A pool whose lock is not to be had tells no state.
            await().atMost(PATIENCE).until(handle::state, state -> state != null && state.pending() == 1);
            Object entry = medic.leases.byId(medic.leases.of(handle).get(0).id()).entry();

            handle.abortEntry().pull(entry);

            assertTrue(handle.inUse(entry));
            assertThrows(IOException.class, () -> client.body(held).readAllBytes());
            assertEquals(2, waiter.get(60, TimeUnit.SECONDS));
            await().atMost(PATIENCE).until(handle::state, state -> state != null && state.leased() == 0);
        }
    }

    private static int length(Client client) throws Exception {
        try (AutoCloseable response = client.get(uri + "/small")) {
            return client.body(response).readAllBytes().length;
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void aTimeoutEndsTheWait(String version) throws Exception {
        try (WovenHost medic = WovenHost.lasting(new HttpClient5Integration());
                Client client = client(version, "STRICT", 1, 200)) {
            HttpPoolHandle handle = medic.registry.httpPools().get(0);
            AutoCloseable held = client.get(uri + "/big");
            assertThrows(IOException.class, () -> client.get(uri + "/small"));
            assertTrue(medic.leases.waiters().isEmpty());
            assertEquals(1, medic.leases.timeouts(handle));
            client.close();
            assertFalse(handle.alive());
            assertFalse(held == null);
        }
    }

    @Test
    void theSegmentedPoolHasNoLever() throws Exception {
        try (WovenHost medic = WovenHost.lasting(new HttpClient5Integration());
                Client client = client("5.6.5", "OFFLOCK", 1, LONG_MILLIS)) {
            HttpPoolHandle handle = medic.registry.httpPools().get(0);
            try (AutoCloseable response = client.get(uri + "/big")) {
                assertEquals(1, medic.leases.of(handle).size());
                assertEquals(1, handle.state().leased());
                assertFalse(handle.abortEntry().isPresent());
                assertEquals("RouteSegmentedConnPool keeps no list of its leases, so none can be checked and ended",
                        handle.abortEntry().description());
            }
            assertTrue(medic.instrumenter.report().rows().stream()
                    .anyMatch(row -> row.type().endsWith("$3") && row.state() == InstallReport.State.APPLIED));
        }
    }
}
