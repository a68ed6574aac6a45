package io.jvmmedic.sample.orders.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

  /** Keeps the lines, and is closed as soon as one has both answers and errors: a cold machine may take some seconds. */
  private static final class Reader extends PrintStream {

    private final List<String[]> lines = new ArrayList<>();

    Reader() {
      super(OutputStream.nullOutputStream());
    }

    @Override
    public void println(String line) {
      lines.add(line.split(" "));
    }

    @Override
    public boolean checkError() {
      return lines.stream().anyMatch(line -> !line[1].equals("0") && !line[2].equals("0"));
    }
  }

  private LoadOptions forSeconds(int seconds) {
    return LoadOptions.parse(
        "--url", "http://localhost:" + server.getAddress().getPort(),
        "--for", String.valueOf(seconds),
        "--pace", "100",
        "--mix", "orders=2,reports=1");
  }

  @Test
  void printsOneLineASecondWithTheAnswersOfEachRouteUntilNobodyReadsOn() throws InterruptedException {
    Reader reader = new Reader();

    new LoadGenerator(forSeconds(120)).run(reader);

    assertThat(reader.lines).hasSizeLessThan(120).allSatisfy(line -> assertThat(line).hasSize(8));
    String[] last = reader.lines.get(reader.lines.size() - 1);
    assertThat(last[0]).isEqualTo(String.valueOf(reader.lines.size()));
    assertThat(Integer.parseInt(last[1])).as("answers").isEqualTo(Integer.parseInt(last[4])).isPositive();
    assertThat(Integer.parseInt(last[2])).as("errors").isPositive();
    assertThat(last[6]).as("reports").isEqualTo("0");
  }

  @Test
  void endsAfterItsTime() throws InterruptedException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();

    new LoadGenerator(forSeconds(1)).run(new PrintStream(printed, true, UTF_8));

    assertThat(printed.toString(UTF_8).lines()).hasSize(1);
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
