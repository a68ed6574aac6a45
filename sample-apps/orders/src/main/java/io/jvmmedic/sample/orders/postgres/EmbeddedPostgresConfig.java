package io.jvmmedic.sample.orders.postgres;

import io.jvmmedic.sample.orders.bugs.BugSwitches;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Profile {@code postgres}: a real PostgreSQL server out of the Maven repository, started and stopped with the service, with a
 * network in between that can fail. With {@code ORDERS_POSTGRES_EMBEDDED=false} the {@code SPRING_DATASOURCE_*} variables name a
 * server that is already there.
 */
@Configuration(proxyBeanMethods = false)
@Profile("postgres")
@ConditionalOnProperty("orders.postgres.embedded")
public class EmbeddedPostgresConfig {

  /** Of the database, of its owner, who is nobody special in that server, and the password. */
  private static final String ORDERS = "orders";
  /** The default of ten seconds is too short for a busy machine. */
  private static final Duration START_LIMIT = Duration.ofMinutes(1);

  @Bean
  EmbeddedPostgres embeddedPostgres(@Value("${orders.postgres.directory}") Path directory)
      throws IOException {
    // A file system that forgets on exit need not be synced.
    EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(directory.resolve("binaries").toFile())
            .setDataDirectory(directory.resolve("data-" + ProcessHandle.current().pid()))
            .setServerConfig("fsync", "off")
            .setPGStartupWait(START_LIMIT)
            .start();
    JdbcTemplate administrator = new JdbcTemplate(server.getPostgresDatabase());
    administrator.execute("create role " + ORDERS + " login password '" + ORDERS + "'");
    administrator.execute("create database " + ORDERS + " owner " + ORDERS);
    return server;
  }

  @Bean
  SilentNetwork network(EmbeddedPostgres server) throws IOException {
    return new SilentNetwork(server.getPort());
  }

  @Bean
  JdbcConnectionDetails embeddedPostgresConnection(SilentNetwork network) {
    return new JdbcConnectionDetails() {
      @Override
      public String getUsername() {
        return ORDERS;
      }

      @Override
      public String getPassword() {
        return ORDERS;
      }

      @Override
      public String getJdbcUrl() {
        return "jdbc:postgresql://localhost:" + network.port() + "/" + ORDERS;
      }
    };
  }

  @Bean
  DatabaseOutages databaseOutages(EmbeddedPostgres server, SilentNetwork network, BugSwitches bugs) {
    DataSource administrator = server.getPostgresDatabase();
    return new DatabaseOutages(administrator, ORDERS, network, bugs);
  }
}
