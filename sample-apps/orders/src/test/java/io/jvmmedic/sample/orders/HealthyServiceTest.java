package io.jvmmedic.sample.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@RunningService
class HealthyServiceTest {

  @TempDir private static Path folder;

  @LocalServerPort private int port;
  private Caller service;

  @DynamicPropertySource
  static void drainFile(DynamicPropertyRegistry properties) {
    properties.add("ORDERS_READINESS_FILE", () -> folder.resolve("draining").toString());
  }

  @BeforeEach
  void call() {
    service = new Caller(port);
  }

  @Test
  void placesAndListsOrders() {
    Caller.Answer placed = service.order("WELCOME");

    assertThat(placed.status()).isEqualTo(201);
    assertThat(placed.body()).contains("\"sku\":\"TEA\"", "\"discount\":10");
    assertThat(service.get("/orders").body()).contains("\"customer\":\"test\"");
  }

  @Test
  void placesAnOrderWithAnExpiredCouponWithoutDiscount() {
    assertThat(service.order("SUMMER19").body()).contains("\"discount\":0");
  }

  @Test
  void refusesAnOrderWithoutProduct() {
    assertThat(service.post("/orders").status()).isBetween(400, 499);
  }

  @Test
  void quotesTodaysPriceAndFallsBackToTheListPrice() {
    assertThat(service.get("/orders/1/quote").body()).isEqualTo("{\"orderId\":1,\"cents\":900}");
    assertThat(service.get("/orders/5/quote").body()).isEqualTo("{\"orderId\":5,\"cents\":9900}");
    assertThat(service.get("/orders/999999/quote").status()).isEqualTo(404);
  }

  @Test
  void reportsWhatWasSold() {
    assertThat(service.get("/reports").body()).contains("\"bySku\":", "\"CHICORY\":3", "\"byCustomer\":");
  }

  @Test
  void movesMoneyBothWaysAtOnce() {
    assertThat(service.atOnce(8, n -> service.post(n % 2 == 0 ? transfer(3, 4) : transfer(4, 3))))
        .containsOnly(200);
    assertThat(service.post(transfer(3, 4)).body()).contains("\"balance\":999995");
    assertThat(service.post(transfer(3, 3)).status()).isEqualTo(400);
  }

  @Test
  void servesAsManyOrdersAtOnceAsThePoolHasConnectionsAndMore() {
    assertThat(service.atOnce(30, n -> service.order(null))).containsOnly(201);
  }

  @Test
  void isNotReadyWhileTheDrainFileExists() throws IOException {
    Path file = folder.resolve("draining");
    assertThat(service.get("/health/ready").status()).isEqualTo(200);

    Files.createFile(file);
    assertThat(service.get("/health/ready").status()).isEqualTo(503);
    assertThat(service.get("/health/live").status()).isEqualTo(200);

    Files.delete(file);
    assertThat(service.get("/health/ready").status()).isEqualTo(200);
  }

  @Test
  void showsAndTurnsTheSwitches() {
    assertThat(service.post("/bugs/leak/on").body()).contains("\"leak\":\"on\"", "\"nested-tx\":\"off\"");
    assertThat(service.post("/bugs/leak/off").body()).contains("\"leak\":\"off\"");
    assertThat(service.get("/bugs").body()).contains("\"self-starve\":\"off\"");
    assertThat(service.post("/bugs/flu/on").status()).isEqualTo(404);
  }

  @Test
  void refusesAnOutageThatTheDatabaseInMemoryCannotHave() {
    assertThat(service.post("/bugs/failover/on").body()).contains("--spring.profiles.active=postgres");
    assertThat(service.get("/bugs").body()).contains("\"failover\":\"off\"");
  }

  private static String transfer(int from, int to) {
    return "/transfers?cents=5&from=" + from + "&to=" + to;
  }
}
