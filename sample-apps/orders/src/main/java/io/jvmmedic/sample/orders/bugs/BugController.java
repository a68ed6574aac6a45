package io.jvmmedic.sample.orders.bugs;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /bugs} shows the switches, {@code POST /bugs/leak/on} and {@code .../off} turn one. */
@RestController
public class BugController {

  private static final Logger log = LoggerFactory.getLogger(BugController.class);

  private final BugSwitches bugs;

  public BugController(BugSwitches bugs) {
    this.bugs = bugs;
  }

  @GetMapping("/bugs")
  public Map<String, String> all() {
    Map<String, String> states = new LinkedHashMap<>();
    for (Bug bug : Bug.values()) {
      states.put(bug.slug(), bugs.isOn(bug) ? "on" : "off");
    }
    return states;
  }

  @PostMapping("/bugs/{name}/on")
  public Map<String, String> on(@PathVariable String name) {
    return set(Bug.named(name), true);
  }

  @PostMapping("/bugs/{name}/off")
  public Map<String, String> off(@PathVariable String name) {
    return set(Bug.named(name), false);
  }

  private Map<String, String> set(Bug bug, boolean on) {
    bugs.set(bug, on);
    log.info("bug {} is {}", bug.slug(), on ? "on" : "off");
    return all();
  }
}
