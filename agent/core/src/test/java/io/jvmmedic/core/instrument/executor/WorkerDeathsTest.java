package io.jvmmedic.core.instrument.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On real executors, which tell nobody why a worker left. */
class WorkerDeathsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ResourceRegistry registry = new ResourceRegistry();
    private final ThreadCensus census =
            new ThreadCensus(registry, new ModuleOpener(ByteBuddyAgent.install()), List.of());
    private ThreadPoolExecutor pool;

    @AfterEach
    void close() {
        pool.shutdownNow();
    }

    private ExecutorHandle handle() {
        census.run();
        return (ExecutorHandle) registry.find(pool);
    }

    private static Thread quiet(Runnable worker) {
        Thread thread = new Thread(worker, "fragile");
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((one, error) -> { });
        return thread;
    }

    /** One task that throws out of its worker, and the worker gone. */
    private void kill() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        Thread[] victim = new Thread[1];
        pool.execute(() -> {
            victim[0] = Thread.currentThread();
            started.countDown();
            throw new IllegalStateException("out of the worker");
        });
        started.await();
        victim[0].join();
        int size = pool.getCorePoolSize();
        await().atMost(PATIENCE).until(() -> pool.getPoolSize() >= size);
        census.run();
    }

    @Test
    void aWorkerOfAFixedPoolCanOnlyHaveDied() throws Exception {
        pool = new ThreadPoolExecutor(2, 2, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), WorkerDeathsTest::quiet);
        pool.prestartAllCoreThreads();
        ExecutorHandle handle = handle();
        assertEquals(0, handle.limits().died());
        for (int i = 1; i <= 3; i++) {
            kill();
            assertEquals(i, handle.limits().died());
        }
    }

    @Test
    void aWorkerYoungerThanItsKeepAliveTimeCanOnlyHaveDied() throws Exception {
        pool = new ThreadPoolExecutor(0, 100, 1, TimeUnit.MINUTES, new SynchronousQueue<>(), WorkerDeathsTest::quiet);
        CountDownLatch end = new CountDownLatch(1);
        pool.execute(() -> awaitQuietly(end));
        ExecutorHandle handle = handle();
        CountDownLatch failing = new CountDownLatch(1);
        pool.execute(() -> {
            awaitQuietly(failing);
            throw new IllegalStateException("out of the worker");
        });
        census.run();
        failing.countDown();
        await().atMost(PATIENCE).until(() -> {
            census.run();
            return handle.limits().died() == 1;
        });
        end.countDown();
    }

    @Test
    void aPoolThatBreathesLosesNobody() throws Exception {
        pool = new ThreadPoolExecutor(0, 100, 1, TimeUnit.MILLISECONDS, new SynchronousQueue<>(), WorkerDeathsTest::quiet);
        CountDownLatch end = new CountDownLatch(1);
        pool.execute(() -> awaitQuietly(end));
        ExecutorHandle handle = handle();
        for (int i = 0; i < 20; i++) {
            CountDownLatch done = new CountDownLatch(1);
            pool.execute(done::countDown);
            census.run();
            done.await();
            await().atMost(PATIENCE).until(() -> pool.getPoolSize() == 1);
            census.run();
        }
        assertEquals(0, handle.limits().died());
        end.countDown();
    }

    @Test
    void aPoolThatIsMadeSmallerOrShutDownLosesNobody() {
        pool = new ThreadPoolExecutor(8, 8, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), WorkerDeathsTest::quiet);
        pool.prestartAllCoreThreads();
        ExecutorHandle handle = handle();
        pool.setCorePoolSize(2);
        pool.setMaximumPoolSize(2);
        await().atMost(PATIENCE).until(() -> {
            census.run();
            return handle.workers().size() == 2;
        });
        census.run();
        pool.shutdown();
        await().atMost(PATIENCE).until(() -> {
            census.run();
            return handle.workers().isEmpty();
        });
        assertEquals(0, handle.limits().died());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
