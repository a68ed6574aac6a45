package io.jvmmedic.core.instrument.httpclient5;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/** Defined in the loader of each version; uses only what they all have. */
@SuppressWarnings("deprecation")
public final class Http5Client implements Client {

    private final PoolingHttpClientConnectionManager manager;
    private final CloseableHttpClient client;

    public Http5Client(String policy, int perRoute, long timeoutMillis) {
        manager = new PoolingHttpClientConnectionManager(
                org.apache.hc.core5.http.config.RegistryBuilder
                        .<org.apache.hc.client5.http.socket.ConnectionSocketFactory>create()
                        .register("http", new org.apache.hc.client5.http.socket.PlainConnectionSocketFactory())
                        .build(),
                PoolConcurrencyPolicy.valueOf(policy), PoolReusePolicy.LIFO, TimeValue.NEG_ONE_MILLISECOND);
        manager.setMaxTotal(perRoute * 2);
        manager.setDefaultMaxPerRoute(perRoute);
        client = HttpClients.custom()
                .setConnectionManager(manager)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(Timeout.ofMilliseconds(timeoutMillis)).build())
                .build();
    }

    @Override
    public AutoCloseable get(String uri) throws IOException {
        return client.execute(new HttpGet(uri));
    }

    @Override
    public InputStream body(AutoCloseable response) throws IOException {
        return ((ClassicHttpResponse) response).getEntity().getContent();
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
