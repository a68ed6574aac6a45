package io.jvmmedic.sample.orders;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;

/** The whole service on a free port, with a data base of its own and with more patience than a busy machine can try. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "spring.datasource.url=jdbc:h2:mem:${random.uuid}",
      "spring.datasource.hikari.connection-timeout=60000",
      "orders.prices.lease-timeout=60s",
      "orders.prices.read-timeout=60s",
      "orders.reports.timeout=60s",
      "server.shutdown=immediate"
    })
@interface RunningService {}
