package io.jvmmedic.sample.orders;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** How long the tests wait for what is to come: longer than any build machine is busy, since nothing takes that long when all is well. */
final class Patience {

  static final Duration LONG = Duration.ofMinutes(2);

  private Patience() {}

  static ConditionFactory await() {
    return Awaitility.await().atMost(LONG);
  }
}
