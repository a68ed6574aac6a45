package io.jvmmedic.sample.orders.load;

import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Steady load on the sample service: a fixed set of users, each of whom sends a request at every beat and waits for its answer.
 * A user whose answer is late misses beats, as a person would, so a broken service shows as fewer answers and not as a storm.
 *
 * <p>Prints one line a second: seconds since the start, answers, errors, p99 in milliseconds, then the answers of each route.
 */
public final class LoadGenerator {

  private final LoadOptions options;
  private final HttpClient http;
  private final Tally tally = new Tally();
  private final long start = System.nanoTime();

  LoadGenerator(LoadOptions options) {
    this.options = options;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(options.patience())
            .build();
  }

  public static void main(String[] args) throws InterruptedException {
    LoadOptions options;
    try {
      options = LoadOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(LoadOptions.USAGE);
      System.exit(2);
      return;
    }
    new LoadGenerator(options).run(System.out);
  }

  /** Generates load and prints what comes back, until the time is over. */
  void run(PrintStream out) throws InterruptedException {
    for (Map.Entry<Route, Integer> users : options.users().entrySet()) {
      for (int user = 0; user < users.getValue(); user++) {
        startUser(users.getKey(), user);
      }
    }
    long seconds = options.duration().map(Duration::toSeconds).orElse(Long.MAX_VALUE);
    for (long second = 1; second <= seconds && !out.checkError(); second++) {
      TimeUnit.NANOSECONDS.sleep(start + TimeUnit.SECONDS.toNanos(second) - System.nanoTime());
      out.println(line(second, tally.next()));
    }
  }

  private void startUser(Route route, int user) {
    Thread thread = new Thread(() -> use(route, user), "user-" + route + "-" + user);
    thread.setDaemon(true);
    thread.start();
  }

  private void use(Route route, int user) {
    try {
      for (long turn = 0; ; turn++) {
        awaitBeat();
        HttpRequest request =
            route.request(options.base(), user, turn).timeout(options.patience()).build();
        long sent = System.nanoTime();
        boolean ok = isAnswered(request);
        tally.add(route, ok, System.nanoTime() - sent);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** All users share the beat: their requests arrive together, as traffic does. */
  private void awaitBeat() throws InterruptedException {
    long pace = options.pace().toNanos();
    long now = System.nanoTime() - start;
    long beat = (now / pace + 1) * pace;
    while (now < beat) {
      LockSupport.parkNanos(beat - now);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      now = System.nanoTime() - start;
    }
  }

  private boolean isAnswered(HttpRequest request) throws InterruptedException {
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode() / 100 == 2;
    } catch (IOException e) {
      return false;
    }
  }

  private static String line(long second, Tally.Second figures) {
    StringBuilder line = new StringBuilder();
    line.append(second).append(' ').append(figures.ok()).append(' ').append(figures.errors());
    line.append(' ').append(figures.p99().toMillis());
    figures.perRoute().values().forEach(answers -> line.append(' ').append(answers));
    return line.toString();
  }
}
