package io.jvmmedic.sample.orders.price;

import java.time.Duration;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.util.Timeout;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The HTTP client for the price service: five pooled connections, every wait bounded. */
@Configuration(proxyBeanMethods = false)
public class PriceClientConfig {

  private static final int CONNECTIONS = 5;

  @Bean
  CloseableHttpClient priceHttpClient(
      @Value("${orders.prices.lease-timeout}") Duration lease,
      @Value("${orders.prices.read-timeout}") Duration read) {
    return HttpClients.custom()
        .setConnectionManager(
            PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnTotal(CONNECTIONS)
                .setMaxConnPerRoute(CONNECTIONS)
                .setDefaultConnectionConfig(
                    ConnectionConfig.custom().setConnectTimeout(Timeout.of(read)).build())
                .build())
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setConnectionRequestTimeout(Timeout.of(lease))
                .setResponseTimeout(Timeout.of(read))
                .build())
        .disableAutomaticRetries()
        .disableCookieManagement()
        .build();
  }
}
