package io.jvmmedic.sample.orders.load;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The command line of the load generator.
 *
 * @param base where the service is
 * @param duration how long to go on; empty: until killed
 * @param users how many users each route has
 * @param pace one user sends at most one request in this time
 * @param patience how long a user waits for an answer
 */
record LoadOptions(
    URI base, Optional<Duration> duration, Map<Route, Integer> users, Duration pace, Duration patience) {

  static final String USAGE =
      """
      usage: LoadGenerator [--url URL] [--for SECONDS] [--mix ROUTE=USERS,...] [--pace MILLIS] [--patience MILLIS]
        --url       where the service is (http://localhost:8080)
        --for       stop after so many seconds (never)
        --mix       users of each route (orders=14,quotes=4,reports=4,transfers=4)
        --pace      each user sends one request in this time, all at once: traffic in small peaks (200)
        --patience  how long a user waits for an answer (4000)
      """;

  static LoadOptions parse(String... args) {
    URI base = URI.create("http://localhost:8080");
    Optional<Duration> duration = Optional.empty();
    Map<Route, Integer> users = mix("orders=14,quotes=4,reports=4,transfers=4");
    Duration pace = Duration.ofMillis(200);
    Duration patience = Duration.ofMillis(4000);
    Iterator<String> rest = Arrays.asList(args).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      if (!rest.hasNext()) {
        throw new IllegalArgumentException(option + " needs a value");
      }
      String value = rest.next();
      switch (option) {
        case "--url" -> base = URI.create(value);
        case "--for" -> duration = Optional.of(Duration.ofSeconds(Long.parseLong(value)));
        case "--mix" -> users = mix(value);
        case "--pace" -> pace = Duration.ofMillis(Long.parseLong(value));
        case "--patience" -> patience = Duration.ofMillis(Long.parseLong(value));
        default -> throw new IllegalArgumentException("unknown option " + option);
      }
    }
    return new LoadOptions(base, duration, users, pace, patience);
  }

  private static Map<Route, Integer> mix(String text) {
    Map<Route, Integer> users = new EnumMap<>(Route.class);
    for (String part : text.split(",")) {
      String[] pair = part.split("=", 2);
      if (pair.length < 2) {
        throw new IllegalArgumentException("not ROUTE=USERS: " + part);
      }
      users.put(Route.valueOf(pair[0].toUpperCase(Locale.ROOT)), Integer.valueOf(pair[1]));
    }
    return users;
  }
}
