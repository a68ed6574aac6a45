package io.jvmmedic.sample.orders;

import static io.jvmmedic.sample.orders.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

/**
 * Each bug breaks its part of the service, and switching it off does not repair what it broke. With little patience, so that
 * faults show at once.
 */
@RunningService
@TestPropertySource(
    properties = {
      "spring.datasource.hikari.connection-timeout=500",
      "orders.prices.lease-timeout=300ms",
      "orders.reports.timeout=2s"
    })
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_EACH_TEST_METHOD)
class BugsTest {

  @LocalServerPort private int port;
  private Caller service;

  @BeforeEach
  void call() {
    service = new Caller(port);
  }

  @Test
  void leakLosesAConnectionWithEachExpiredCoupon(@Autowired HikariDataSource pool) {
    service.post("/bugs/leak/on");
    // Who does not get a connection in time loses none.
    await().until(() -> {
      service.order("SUMMER19");
      return pool.getHikariPoolMXBean().getActiveConnections() == pool.getMaximumPoolSize();
    });
    service.post("/bugs/leak/off");

    assertThat(service.order(null).status()).isEqualTo(503);
    assertThat(service.get("/orders").status()).isEqualTo(503);
    assertThat(service.post("/transfers?from=1&to=2&cents=5").status()).isEqualTo(200);
  }

  @Test
  void nestedTransactionsLockThePoolAtEachPeakUntilSwitchedOff() {
    service.post("/bugs/nested-tx/on");
    await().until(() -> service.order(null).status(), equalTo(201));
    // A cold or busy machine is too slow for a real peak, so one or the other may still get through.
    await().until(() -> service.atOnce(14, n -> service.order(null)).contains(503));
    await().until(() -> service.atOnce(14, n -> service.order(null)).contains(503));

    service.post("/bugs/nested-tx/off");
    await().until(() -> service.atOnce(14, n -> service.order(null)), everyItem(equalTo(201)));
  }

  @Test
  void selfStarvationStopsAllReports() {
    service.post("/bugs/self-starve/on");
    await().until(() -> service.get("/reports").status(), equalTo(200));
    // As above, they may get through one after the other.
    await().until(() -> service.atOnce(4, n -> service.get("/reports")), everyItem(equalTo(504)));
    service.post("/bugs/self-starve/off");

    assertThat(service.get("/reports").status()).isEqualTo(504);
    assertThat(service.order(null).status()).isEqualTo(201);
  }

  @Test
  void unclosedResponsesUseUpTheHttpPool() {
    service.post("/bugs/unclosed-response/on");
    for (int n = 0; n < 5; n++) {
      assertThat(service.get("/orders/5/quote").status()).isEqualTo(200);
    }
    service.post("/bugs/unclosed-response/off");

    assertThat(service.get("/orders/1/quote").status()).isEqualTo(503);
    assertThat(service.get("/orders").status()).isEqualTo(200);
  }

  @Test
  void oppositeTransfersDeadlock() {
    service.post("/bugs/lock-deadlock/on");
    await().until(() -> {
      Caller hurried = service.impatient();
      hurried.atOnce(8, n -> hurried.post("/transfers?cents=5&" + (n % 2 == 0 ? "from=1&to=2" : "from=2&to=1")));
      return ManagementFactory.getThreadMXBean().findMonitorDeadlockedThreads() != null;
    });
    service.post("/bugs/lock-deadlock/off");

    assertThat(service.impatient().post("/transfers?from=1&to=2&cents=5").status()).isZero();
    assertThat(service.post("/transfers?from=3&to=4&cents=5").status()).isEqualTo(200);
  }
}
