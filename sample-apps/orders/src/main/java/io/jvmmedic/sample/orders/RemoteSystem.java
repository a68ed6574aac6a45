package io.jvmmedic.sample.orders;

import java.time.Duration;

/**
 * Stands for a system that this sample does not bring along (a payment provider, a report archive, a core ledger): what matters
 * here is only that the caller has to wait for it.
 */
public final class RemoteSystem {

  private RemoteSystem() {}

  /** Waits as long as the remote system usually takes to answer. */
  public static void roundTrip(Duration latency) {
    try {
      Thread.sleep(latency.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a remote system", e);
    }
  }
}
