package io.jvmmedic.sample.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;

/** Each bug breaks its part of the service, and switching it off does not repair what it broke. */
@RunningService
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_EACH_TEST_METHOD)
class BugsTest {

  @LocalServerPort private int port;
  private Caller service;

  @BeforeEach
  void call() {
    service = new Caller(port);
  }

  @Test
  void leakLosesAConnectionWithEachExpiredCoupon() {
    service.post("/bugs/leak/on");
    for (int n = 0; n < 10; n++) {
      assertThat(service.order("SUMMER19").status()).isLessThan(600);
    }
    service.post("/bugs/leak/off");

    assertThat(service.order(null).status()).isEqualTo(503);
    assertThat(service.get("/orders").status()).isEqualTo(503);
    assertThat(service.post("/transfers?from=1&to=2&cents=5").status()).isEqualTo(200);
  }

  @Test
  void nestedTransactionsLockThePoolAtEachPeakUntilSwitchedOff() {
    service.post("/bugs/nested-tx/on");
    assertThat(service.order(null).status()).isEqualTo(201);
    // A cold or busy machine is too slow for a real peak, so one or the other may still get through.
    await().until(() -> service.atOnce(14, n -> service.order(null)).contains(503));
    await().until(() -> service.atOnce(14, n -> service.order(null)).contains(503));

    service.post("/bugs/nested-tx/off");
    assertThat(service.atOnce(14, n -> service.order(null))).containsOnly(201);
  }

  @Test
  void selfStarvationStopsAllReports() {
    service.post("/bugs/self-starve/on");
    assertThat(service.get("/reports").status()).isEqualTo(200);
    // As above, they may get through one after the other.
    await().until(() -> service.atOnce(4, n -> service.get("/reports")).contains(504));
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
      service.atOnce(8, n -> service.post("/transfers?cents=5&" + (n % 2 == 0 ? "from=1&to=2" : "from=2&to=1")));
      return ManagementFactory.getThreadMXBean().findMonitorDeadlockedThreads() != null;
    });
    service.post("/bugs/lock-deadlock/off");

    assertThat(service.post("/transfers?from=1&to=2&cents=5").status()).isZero();
    assertThat(service.post("/transfers?from=3&to=4&cents=5").status()).isEqualTo(200);
  }
}
