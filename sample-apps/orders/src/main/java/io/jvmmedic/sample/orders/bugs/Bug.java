package io.jvmmedic.sample.orders.bugs;

import java.util.Arrays;
import java.util.NoSuchElementException;

/** The bugs of this service, each one that a real team has shipped, and what its database may do to it. */
public enum Bug {
  /** A connection is lost whenever an exception passes between {@code getConnection()} and {@code close()}. */
  LEAK("leak"),
  /** Each order needs a second connection while it holds the first: with enough orders at once, all wait for each other. */
  NESTED_TX("nested-tx"),
  /** No bug: the sessions that exist are cut off from the database without a word, and their sockets stay open. */
  DEAD_PEER("dead-peer"),
  /** No bug: the sessions that exist stay with a server that takes no writes any more. */
  FAILOVER("failover"),
  /** No bug: the database ends all sessions and starts again. */
  DB_CRASH("db-crash"),
  /** A report waits for sub-tasks that are queued behind it in its own executor. */
  SELF_STARVE("self-starve"),
  /** A response that is not 200 is dropped without being closed, and its connection with it. */
  UNCLOSED_RESPONSE("unclosed-response"),
  /** Two accounts are locked in the order of the request, so opposite transfers lock each other out for ever. */
  LOCK_DEADLOCK("lock-deadlock");

  private final String slug;

  Bug(String slug) {
    this.slug = slug;
  }

  /** The name used in URLs. */
  public String slug() {
    return slug;
  }

  /** The bug of that name. */
  public static Bug named(String slug) {
    return Arrays.stream(values())
        .filter(bug -> bug.slug.equals(slug))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("no bug is called " + slug));
  }
}
