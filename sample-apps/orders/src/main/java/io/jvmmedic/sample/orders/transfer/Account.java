package io.jvmmedic.sample.orders.transfer;

import io.jvmmedic.sample.orders.RemoteSystem;
import java.time.Duration;

/** A customer's account. Its monitor guards its balance. */
final class Account {

  private static final Duration POSTING_LATENCY = Duration.ofMillis(3);

  private final int id;
  private long cents;

  Account(int id, long cents) {
    this.id = id;
    this.cents = cents;
  }

  int id() {
    return id;
  }

  /** Books the amount; the caller holds this account's monitor until the posting is confirmed. */
  void book(long amount) {
    RemoteSystem.roundTrip(POSTING_LATENCY);
    cents += amount;
  }

  synchronized long balance() {
    return cents;
  }
}
