package io.jvmmedic.sample.orders.price;

import io.jvmmedic.sample.orders.bugs.Bug;
import io.jvmmedic.sample.orders.bugs.BugSwitches;
import java.io.IOException;
import java.util.OptionalInt;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Asks the price service. */
@Component
public class PriceClient {

  private final CloseableHttpClient http;
  private final BugSwitches bugs;
  private final Environment environment;

  public PriceClient(CloseableHttpClient http, BugSwitches bugs, Environment environment) {
    this.http = http;
    this.bugs = bugs;
    this.environment = environment;
  }

  /** Today's price in cents; empty for a product that is no longer sold. */
  public OptionalInt centsOf(String sku) {
    try {
      return bugs.isOn(Bug.UNCLOSED_RESPONSE) ? askAndForget(sku) : ask(sku);
    } catch (IOException | HttpException e) {
      throw new PriceServiceException(sku, e);
    }
  }

  private OptionalInt ask(String sku) throws IOException, HttpException {
    try (ClassicHttpResponse response = open(sku)) {
      return response.getCode() == HttpStatus.SC_OK ? price(response) : OptionalInt.empty();
    }
  }

  /** {@link Bug#UNCLOSED_RESPONSE}: reading the body to its end gives the connection back, but only the good answers are read. */
  private OptionalInt askAndForget(String sku) throws IOException, HttpException {
    ClassicHttpResponse response = open(sku);
    if (response.getCode() != HttpStatus.SC_OK) {
      return OptionalInt.empty();
    }
    return price(response);
  }

  private ClassicHttpResponse open(String sku) throws IOException {
    // The price list is served by this very server, whose port is known only once it listens.
    int port = environment.getRequiredProperty("local.server.port", Integer.class);
    return http.executeOpen(new HttpHost("localhost", port), new HttpGet("/prices/" + sku), null);
  }

  private static OptionalInt price(ClassicHttpResponse response) throws IOException, HttpException {
    return OptionalInt.of(Integer.parseInt(EntityUtils.toString(response.getEntity())));
  }
}
