package io.jvmmedic.sample.orders;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Calls the service under test; an answer that never comes is status 0. */
final class Caller {

  /** Of those who do not expect an answer. */
  private static final Duration IMPATIENCE = Duration.ofMillis(1500);

  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI base;
  private final Duration patience;

  Caller(int port) {
    this(URI.create("http://localhost:" + port), Patience.LONG);
  }

  private Caller(URI base, Duration patience) {
    this.base = base;
    this.patience = patience;
  }

  /** For calls that are to hang. */
  Caller impatient() {
    return new Caller(base, IMPATIENCE);
  }

  /** A status and a body. */
  record Answer(int status, String body) {}

  Answer get(String path) {
    return send(HttpRequest.newBuilder(base.resolve(path)));
  }

  Answer post(String path) {
    return send(HttpRequest.newBuilder(base.resolve(path)).POST(BodyPublishers.noBody()));
  }

  Answer order(String coupon) {
    String body =
        "{\"customer\":\"test\",\"sku\":\"TEA\",\"quantity\":2,\"coupon\":%s}"
            .formatted(coupon == null ? "null" : '"' + coupon + '"');
    return send(
        HttpRequest.newBuilder(base.resolve("/orders"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  /** The statuses of so many of these calls, all sent at once. */
  List<Integer> atOnce(int calls, IntFunction<Answer> call) {
    List<CompletableFuture<Answer>> answers =
        IntStream.range(0, calls)
            .mapToObj(n -> CompletableFuture.supplyAsync(() -> call.apply(n), task -> new Thread(task).start()))
            .toList();
    return answers.stream().map(answer -> answer.join().status()).toList();
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response = http.send(request.timeout(patience).build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      return new Answer(0, e.toString());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
