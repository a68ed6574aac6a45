package io.jvmmedic.core.instrument.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.ThreadView.Family;
import io.jvmmedic.core.util.NumberedNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThreadFamiliesTest {

    private final ThreadCensus census =
            new ThreadCensus(new ResourceRegistry(), new ModuleOpener(ByteBuddyAgent.install()), List.of());
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void end() {
        release.countDown();
    }

    @ParameterizedTest
    @CsvSource({"pool-3-thread-12,pool-#-thread-#", "HttpClient-1873-SelectorManager,HttpClient-#-SelectorManager",
        "http-nio-8080-exec-7,http-nio-#-exec-#", "worker-3f2a-91,worker-#", "main,main", "session 10.0.0.7:4711,session #"})
    void aFamilyIsTheNameWithoutItsNumbers(String thread, String family) {
        assertEquals(family, NumberedNames.family(thread));
    }

    private void start(int count, int from) {
        for (int i = from; i < from + count; i++) {
            Thread thread = new Thread(() -> {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }, "relative-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    private Optional<Family> family(String name) {
        census.run();
        return census.families().stream().filter(one -> one.name().equals(name)).findFirst();
    }

    @Test
    void aLargeFamilyIsCountedWithThoseThatEnded() throws Exception {
        start(19, 0);
        assertTrue(family("relative-#").isEmpty());
        start(6, 19);
        Family family = family("relative-#").orElseThrow();
        assertEquals(25, family.alive());
        assertEquals(0, family.ended());
        assertEquals(0, family.executors());
        assertEquals("relative-24", family.youngest().getName());
        release.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        threads.clear();
        assertTrue(family("relative-#").isEmpty());
    }

    @Test
    void theExecutorOfAFamilyIsToldWhileThereIsOneOnly() {
        ThreadPoolExecutor one = executor();
        ThreadPoolExecutor other = executor();
        try {
            one.prestartAllCoreThreads();
            await().atMost(Duration.ofSeconds(60)).until(() -> family("clan-#").isPresent());
            assertEquals("executor:clan", family("clan-#").orElseThrow().executor().toString());
            other.prestartCoreThread();
            await().atMost(Duration.ofSeconds(60)).until(() -> family("clan-#").orElseThrow().alive() == 31);
            assertNull(family("clan-#").orElseThrow().executor());
            assertEquals(2, family("clan-#").orElseThrow().executors());
        } finally {
            one.shutdownNow();
            other.shutdownNow();
        }
    }

    private static ThreadPoolExecutor executor() {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(30, 30, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "clan-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }
}
