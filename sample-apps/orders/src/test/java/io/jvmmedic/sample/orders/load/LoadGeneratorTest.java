package io.jvmmedic.sample.orders.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoadGeneratorTest {

  private final ExecutorService workers = Executors.newCachedThreadPool();
  private HttpServer server;

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(workers);
    server.createContext("/", exchange -> {
      // Reports fail, everything else is answered.
      boolean broken = exchange.getRequestURI().getPath().equals("/reports");
      exchange.sendResponseHeaders(broken ? 503 : 200, -1);
      exchange.close();
    });
    server.start();
  }

  @AfterEach
  void stopServer() {
    server.stop(0);
    workers.shutdownNow();
  }

  @Test
  void printsOneLineASecondWithTheAnswersOfEachRoute() throws InterruptedException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    LoadOptions options =
        LoadOptions.parse(
            "--url", "http://localhost:" + server.getAddress().getPort(),
            "--for", "2",
            "--pace", "100",
            "--mix", "orders=2,reports=1");

    new LoadGenerator(options).run(new PrintStream(printed, true, UTF_8));

    String[] lines = printed.toString(UTF_8).split("\\R");
    assertThat(lines).hasSize(2);
    String[] second = lines[1].split(" ");
    assertThat(second).hasSize(8);
    assertThat(second[0]).isEqualTo("2");
    assertThat(Integer.parseInt(second[1])).as("answers").isEqualTo(Integer.parseInt(second[4])).isPositive();
    assertThat(Integer.parseInt(second[2])).as("errors").isPositive();
    assertThat(second[6]).as("reports").isEqualTo("0");
  }

  @Test
  void countsTheSecondsApart() {
    Tally tally = new Tally();
    for (int n = 1; n <= 300; n++) {
      tally.add(Route.QUOTES, n % 3 != 0, TimeUnit.MILLISECONDS.toNanos(n));
    }

    Tally.Second second = tally.next();

    assertThat(second.ok()).isEqualTo(200);
    assertThat(second.errors()).isEqualTo(100);
    assertThat(second.p99()).isEqualTo(Duration.ofMillis(297));
    assertThat(second.perRoute()).containsEntry(Route.QUOTES, 200).containsEntry(Route.ORDERS, 0);
    assertThat(tally.next().ok()).isZero();
  }

  @Test
  void refusesWhatItDoesNotUnderstand() {
    assertThatThrownBy(() -> LoadOptions.parse("--fro", "5")).hasMessage("unknown option --fro");
    assertThatThrownBy(() -> LoadOptions.parse("--for")).hasMessage("--for needs a value");
    assertThatThrownBy(() -> LoadOptions.parse("--mix", "orders")).hasMessage("not ROUTE=USERS: orders");
  }
}
