package io.jvmmedic.it.patients;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.CloseableHttpResponse;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.util.Timeout;

/**
 * A service that asks another one over HTTP and on its error path forgets to close the response. {@code break} takes
 * that path once per connection of the route; without help every later request times out.
 */
public final class HttpLeakPatient extends Patient {

    private static final int CONNECTIONS = 5;

    private final AtomicInteger toLeak = new AtomicInteger();
    private Backend backend;
    private CloseableHttpClient client;
    private Load load;

    public static void main(String[] arguments) throws Exception {
        new HttpLeakPatient().serve();
    }

    @Override
    protected void open() throws Exception {
        backend = new Backend();
        PoolingHttpClientConnectionManager connections = new PoolingHttpClientConnectionManager();
        connections.setMaxTotal(2 * CONNECTIONS);
        connections.setDefaultMaxPerRoute(CONNECTIONS);
        client = HttpClients.custom().setConnectionManager(connections)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(Timeout.ofSeconds(1)).build())
                .build();
        load = new Load("client", 4, 20, this::ask);
        Garbage.produce();
        on("status", ignored -> load.status());
        on("break", ignored -> {
            toLeak.set(CONNECTIONS);
            return "leaking=" + CONNECTIONS;
        });
        on("pool", ignored -> connections.getTotalStats().toString());
    }

    @Override
    protected void close() throws IOException {
        load.stop();
        client.close();
        backend.close();
    }

    private void ask() throws Exception {
        if (toLeak.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            askAndForget();
        } else {
            try (CloseableHttpResponse response = client.execute(new HttpGet(backend.url("/0")))) {
                EntityUtils.consume(response.getEntity());
            }
        }
    }

    /** The bug: the response is neither read nor closed when its status is not liked. */
    private void askAndForget() throws IOException {
        CloseableHttpResponse response = client.execute(new HttpGet(backend.url("/0")));
        throw new IOException("refused with " + response.getCode());
    }
}
