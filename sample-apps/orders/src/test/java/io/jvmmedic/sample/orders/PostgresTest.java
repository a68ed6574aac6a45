package io.jvmmedic.sample.orders;

import static io.jvmmedic.sample.orders.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.DriverManager;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The service on a real PostgreSQL server, and what may become of that. */
@RunningService
@ActiveProfiles("postgres")
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_EACH_TEST_METHOD)
class PostgresTest {

  @TempDir private static Path folder;

  @LocalServerPort private int port;

  @DynamicPropertySource
  static void serverFolder(DynamicPropertyRegistry properties) {
    properties.add("orders.postgres.directory", folder::toString);
  }

  @Test
  void placesOrdersAndReportsThem(@Autowired DataSource dataSource) throws Exception {
    Caller service = new Caller(port);

    assertThat(service.atOnce(14, n -> service.order("WELCOME"))).containsOnly(201);
    assertThat(service.get("/reports").body()).contains("\"test\":28");
    try (var connection = dataSource.getConnection()) {
      assertThat(connection.getMetaData().getDatabaseProductName()).isEqualTo("PostgreSQL");
    }
  }

  @Test
  void sessionsThatTheNetworkForgotHangAndNewOnesWork(@Autowired HikariDataSource pool) throws Exception {
    Caller service = new Caller(port);
    awaitFull(pool);

    service.atOnce(14, n -> service.order(null));
    service.post("/bugs/dead-peer/on");
    Caller hurried = service.impatient();
    assertThat(hurried.atOnce(14, n -> hurried.order(null))).isSubsetOf(0, 503);
    try (var connection =
        DriverManager.getConnection(pool.getJdbcUrl(), pool.getUsername(), pool.getPassword())) {
      assertThat(connection.isValid((int) Patience.LONG.toSeconds())).isTrue();
    }
  }

  @Test
  void sessionsStayReadOnlyAfterAFailoverUntilTheServerEndsThem(@Autowired HikariDataSource pool) {
    Caller service = new Caller(port);
    awaitFull(pool);
    assertThat(service.order(null).status()).isEqualTo(201);

    service.post("/bugs/failover/on");
    await().until(() -> service.order(null).status(), equalTo(503));
    assertThat(service.get("/orders").status()).isEqualTo(200);
    service.post("/bugs/failover/off");
    assertThat(service.atOnce(14, n -> service.order(null))).containsOnly(503);
    assertThat(service.post("/bugs/failover/on").body()).contains("has failed over already");

    service.post("/bugs/db-crash/on");
    await().until(() -> service.order(null).status(), equalTo(201));
  }

  /** It fills itself in the background, and sessions that begin after the outage are well. */
  private static void awaitFull(HikariDataSource pool) {
    await().until(() -> pool.getHikariPoolMXBean().getTotalConnections() == pool.getMaximumPoolSize());
  }
}
