package io.jvmmedic.sample.orders;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/**
 * Profile {@code postgres}: a real PostgreSQL server out of the Maven repository, started and stopped with the service. With
 * {@code ORDERS_POSTGRES_EMBEDDED=false} the {@code SPRING_DATASOURCE_*} variables name a server that is already there.
 */
@Configuration(proxyBeanMethods = false)
@Profile("postgres")
@ConditionalOnProperty("orders.postgres.embedded")
public class EmbeddedPostgresConfig {

  private static final String SUPERUSER = "postgres";

  @Bean
  EmbeddedPostgres embeddedPostgres(@Value("${orders.postgres.directory}") Path directory)
      throws IOException {
    // A file system that forgets on exit need not be synced.
    return EmbeddedPostgres.builder()
        .setOverrideWorkingDirectory(directory.resolve("binaries").toFile())
        .setDataDirectory(directory.resolve("data-" + ProcessHandle.current().pid()))
        .setServerConfig("fsync", "off")
        .start();
  }

  @Bean
  JdbcConnectionDetails embeddedPostgresConnection(EmbeddedPostgres server) {
    return new JdbcConnectionDetails() {
      @Override
      public String getUsername() {
        return SUPERUSER;
      }

      @Override
      public String getPassword() {
        return SUPERUSER;
      }

      @Override
      public String getJdbcUrl() {
        return server.getJdbcUrl(SUPERUSER, SUPERUSER);
      }
    };
  }
}
