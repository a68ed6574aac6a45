package io.jvmmedic.sample.orders.report;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** The executor behind {@code @Async}. */
@Configuration(proxyBeanMethods = false)
@EnableAsync
public class AsyncConfig {

  private static final int THREADS = 4;
  private static final int QUEUE = 100;

  @Bean
  ThreadPoolTaskExecutor applicationTaskExecutor() {
    ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
    executor.setThreadNamePrefix("async-");
    executor.setCorePoolSize(THREADS);
    executor.setMaxPoolSize(THREADS);
    executor.setQueueCapacity(QUEUE);
    return executor;
  }
}
