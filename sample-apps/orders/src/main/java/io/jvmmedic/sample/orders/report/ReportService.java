package io.jvmmedic.sample.orders.report;

import io.jvmmedic.sample.orders.RemoteSystem;
import io.jvmmedic.sample.orders.bugs.Bug;
import io.jvmmedic.sample.orders.bugs.BugSwitches;
import io.jvmmedic.sample.orders.order.Order;
import io.jvmmedic.sample.orders.order.OrderRepository;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.stereotype.Service;

/** Builds reports in the background. */
@Service
public class ReportService {

  private static final int ORDERS = 500;
  private static final Duration ARCHIVE_LATENCY = Duration.ofMillis(10);

  private final OrderRepository orders;
  private final ThreadPoolTaskExecutor executor;
  private final BugSwitches bugs;

  public ReportService(OrderRepository orders, ThreadPoolTaskExecutor executor, BugSwitches bugs) {
    this.orders = orders;
    this.executor = executor;
    this.bugs = bugs;
  }

  /** A report on the newest orders. */
  @Async
  public CompletableFuture<Report> build() throws ExecutionException, InterruptedException {
    RemoteSystem.roundTrip(ARCHIVE_LATENCY);
    return CompletableFuture.completedFuture(
        bugs.isOn(Bug.SELF_STARVE) ? sectionsInParallel() : sectionsInTurn());
  }

  private Report sectionsInTurn() {
    return new Report(sold(Order::sku), sold(Order::customer));
  }

  /**
   * {@link Bug#SELF_STARVE}: "sections in parallel", on the executor that runs this very method. Once every worker waits here, no
   * worker is left to run a section.
   */
  private Report sectionsInParallel() throws ExecutionException, InterruptedException {
    Future<Map<String, Integer>> bySku = executor.submit(() -> sold(Order::sku));
    Future<Map<String, Integer>> byCustomer = executor.submit(() -> sold(Order::customer));
    return new Report(bySku.get(), byCustomer.get());
  }

  private Map<String, Integer> sold(Function<Order, String> key) {
    Map<String, Integer> pieces = new TreeMap<>();
    for (Order order : orders.newest(ORDERS)) {
      pieces.merge(key.apply(order), order.quantity(), Integer::sum);
    }
    return pieces;
  }
}
