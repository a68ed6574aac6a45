package io.jvmmedic.core.instrument.jdkhttp;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.executor.ThreadCensus;
import io.jvmmedic.core.resource.HttpPoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.Test;

class JdkHttpTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** More than any buffer on the way takes. */
    private static final int BODY_BYTES = 8 << 20;

    @Test
    void clientsAndUnreadBodiesAreCounted() throws Exception {
        ExecutorService handlers = Executors.newCachedThreadPool();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(handlers);
        server.createContext("/big", exchange -> {
            exchange.sendResponseHeaders(200, BODY_BYTES);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(new byte[BODY_BYTES]);
            }
        });
        server.start();
        try {
            URI uri = URI.create("http://localhost:" + server.getAddress().getPort() + "/big");
            ResourceRegistry registry = new ResourceRegistry();
            ModuleOpener opener = new ModuleOpener(ByteBuddyAgent.install());
            ThreadCensus census = new ThreadCensus(
                    registry, opener, new JdkHttpIntegration().discoveries(registry, opener));
            HttpClient client = HttpClient.newHttpClient();
            List<InputStream> unread = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                unread.add(client.send(HttpRequest.newBuilder(uri).build(),
                        HttpResponse.BodyHandlers.ofInputStream()).body());
            }
            census.run();
            HttpPoolHandle handle = registry.httpPools().get(0);
            assertEquals("http:jdk", handle.id().toString());
            assertTrue(handle.state().clients() >= 1);
            await().atMost(PATIENCE).until(() -> handle.state().leased() == 3);
            assertFalse(handle.abortEntry().isPresent());
            for (InputStream body : unread) {
                body.close();
            }
            await().atMost(PATIENCE).until(() -> handle.state().leased() == 0);
        } finally {
            server.stop(0);
            handlers.shutdownNow();
        }
    }
}
