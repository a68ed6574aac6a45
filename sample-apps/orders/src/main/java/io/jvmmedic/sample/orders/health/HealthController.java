package io.jvmmedic.sample.orders.health;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Is the service alive, and may a load balancer send it work? */
@RestController
public class HealthController {

  private final Optional<Path> drainFile;

  /**
   * @param drainFile while this file exists the service asks for no new work, which lets whoever plans a restart drain it first;
   *     empty for none
   */
  public HealthController(@Value("${orders.readiness.file}") String drainFile) {
    this.drainFile = drainFile.isBlank() ? Optional.empty() : Optional.of(Path.of(drainFile));
  }

  @GetMapping("/health/live")
  public Map<String, String> live() {
    return Map.of("status", "alive");
  }

  @GetMapping("/health/ready")
  public ResponseEntity<Map<String, String>> ready() {
    boolean draining = drainFile.filter(Files::exists).isPresent();
    return draining
        ? ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).body(Map.of("status", "draining"))
        : ResponseEntity.ok(Map.of("status", "ready"));
  }
}
