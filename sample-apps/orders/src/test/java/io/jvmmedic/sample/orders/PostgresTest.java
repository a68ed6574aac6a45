package io.jvmmedic.sample.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The service on a real PostgreSQL server. */
@RunningService
@ActiveProfiles("postgres")
@DirtiesContext
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
}
