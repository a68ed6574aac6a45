package io.jvmmedic.sample.orders.bugs;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.stereotype.Component;

/**
 * Which bugs are in the code path right now. Switching one off stops new damage; what is already lost, stuck or locked stays so,
 * exactly as after a roll-back of a bad release without a restart.
 */
@Component
public class BugSwitches {

  private final Map<Bug, AtomicBoolean> switches = new EnumMap<>(Bug.class);

  public BugSwitches() {
    for (Bug bug : Bug.values()) {
      switches.put(bug, new AtomicBoolean());
    }
  }

  public boolean isOn(Bug bug) {
    return switches.get(bug).get();
  }

  public void set(Bug bug, boolean on) {
    switches.get(bug).set(on);
  }
}
