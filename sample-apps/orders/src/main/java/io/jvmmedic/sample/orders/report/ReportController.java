package io.jvmmedic.sample.orders.report;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Hands out reports. */
@RestController
public class ReportController {

  private final ReportService reports;
  private final Duration patience;

  public ReportController(ReportService reports, @Value("${orders.reports.timeout}") Duration patience) {
    this.reports = reports;
    this.patience = patience;
  }

  /** Waits for a fresh report, but not for ever; a report nobody waits for any more is not started. */
  @GetMapping("/reports")
  public Report report() throws ExecutionException, InterruptedException, TimeoutException {
    CompletableFuture<Report> report = reports.build();
    try {
      return report.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      report.cancel(false);
      throw new TimeoutException("no report within " + patience.toMillis() + " ms");
    }
  }
}
