package io.jvmmedic.sample.orders.bugs;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.stereotype.Component;

/**
 * Which bugs are in the code path right now. Switching one off stops new damage; what is already lost, stuck or locked stays so,
 * exactly as after a roll-back of a bad release without a restart.
 */
@Component
public class BugSwitches {

  private static final Set<Bug> OUTAGES = EnumSet.of(Bug.DEAD_PEER, Bug.FAILOVER, Bug.DB_CRASH);

  private final Map<Bug, AtomicBoolean> switches = new EnumMap<>(Bug.class);
  private final Map<Bug, Runnable> outages = new ConcurrentHashMap<>();

  public BugSwitches() {
    for (Bug bug : Bug.values()) {
      switches.put(bug, new AtomicBoolean());
    }
  }

  public boolean isOn(Bug bug) {
    return switches.get(bug).get();
  }

  /** An outage happens at the moment at which it is switched on, and what it leaves behind stays. */
  public void whenSwitchedOn(Bug outage, Runnable happens) {
    outages.put(outage, happens);
  }

  /** Throws {@code IllegalArgumentException} for an outage that cannot happen here. */
  public void set(Bug bug, boolean on) {
    if (on && OUTAGES.contains(bug)) {
      strike(bug);
    }
    switches.get(bug).set(on);
  }

  private void strike(Bug outage) {
    Runnable happens = outages.get(outage);
    if (happens == null) {
      throw new IllegalArgumentException(
          outage.slug() + " needs a database of our own: start the service with --spring.profiles.active=postgres");
    }
    happens.run();
  }
}
