package io.jvmmedic.sample.orders.load;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** Counts what came back within one second. */
final class Tally {

  private final Map<Route, Integer> answered = new EnumMap<>(Route.class);
  private long[] nanos = new long[256];
  private int completed;
  private int failed;

  /** One second in figures; {@code p99} is over everything that ended in it, failures included. */
  record Second(int ok, int errors, Duration p99, Map<Route, Integer> perRoute) {}

  synchronized void add(Route route, boolean ok, long tookNanos) {
    if (completed == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * nanos.length);
    }
    nanos[completed++] = tookNanos;
    if (ok) {
      answered.merge(route, 1, Integer::sum);
    } else {
      failed++;
    }
  }

  /** The figures since the last call. */
  synchronized Second next() {
    Arrays.sort(nanos, 0, completed);
    long p99 = completed == 0 ? 0 : nanos[(int) Math.ceil(completed * 0.99) - 1];
    Map<Route, Integer> perRoute = new EnumMap<>(Route.class);
    for (Route route : Route.values()) {
      perRoute.put(route, answered.getOrDefault(route, 0));
    }
    Second second = new Second(completed - failed, failed, Duration.ofNanos(p99), perRoute);
    answered.clear();
    completed = 0;
    failed = 0;
    return second;
  }
}
