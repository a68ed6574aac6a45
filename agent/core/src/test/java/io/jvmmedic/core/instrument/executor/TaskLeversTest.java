package io.jvmmedic.core.instrument.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.ExecutorHandle.Run;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Cancelling the one task that is meant, and shortening a queue, on real executors. */
class TaskLeversTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int RACES = 400;

    private final ResourceRegistry registry = new ResourceRegistry();
    private final ThreadCensus census =
            new ThreadCensus(registry, new ModuleOpener(ByteBuddyAgent.install()), List.of());
    private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final ThreadPoolExecutor pool = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, queue, task -> {
        Thread thread = new Thread(task, "levers");
        thread.setDaemon(true);
        return thread;
    });
    private final CountDownLatch release = new CountDownLatch(1);
    private ExecutorHandle handle;

    @BeforeEach
    void open() {
        pool.prestartAllCoreThreads();
        census.run();
        handle = (ExecutorHandle) registry.find(pool);
    }

    @AfterEach
    void close() {
        release.countDown();
        pool.shutdownNow();
    }

    /** Keeps the worker busy until then; returns when it is. */
    private void occupy(CountDownLatch until) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        pool.execute(() -> {
            begun.countDown();
            awaitQuietly(until);
        });
        begun.await();
    }

    /** The task that runs, once it does; what it had before is known to have been queued. */
    private Run running() {
        await().atMost(PATIENCE).until(() -> {
            handle.state();
            census.run();
            return handle.runs().size() == 1;
        });
        return handle.runs().get(0);
    }

    @Test
    void aTaskWhoseFutureWasQueuedIsCancelledAndNoOtherIsHit() throws Throwable {
        CountDownLatch gate = new CountDownLatch(1);
        occupy(gate);
        Future<?> stuck = pool.submit(() -> release.await(1, TimeUnit.HOURS));
        running();
        gate.countDown();
        await().atMost(PATIENCE).until(() -> queue.isEmpty() && running().task() == 1);
        Run run = handle.runs().get(0);
        List<Future<Boolean>> next = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            next.add(pool.submit(() -> Thread.currentThread().isInterrupted()));
        }
        assertTrue(handle.isRunning(run));
        handle.cancel(run).pull(null);
        assertThrows(CancellationException.class, stuck::get);
        for (Future<Boolean> one : next) {
            assertFalse(one.get(60, TimeUnit.SECONDS), "the interrupt was for another task");
        }
        assertFalse(handle.isRunning(run));
        assertFalse(handle.cancel(run).isPresent(), "nothing is left to cancel");
        assertEquals(1, pool.getPoolSize());
    }

    /**
     * Cancelled now before, now while, now after it ends, with the next task on its heels. On one core mostly after, so some
     * do not end before.
     */
    @Test
    void aTaskThatEndsAtThatMomentPassesNoInterruptOn() throws Throwable {
        Thread worker = handle.workers().get(0);
        int late = 0;
        for (int round = 0; round < RACES; round++) {
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch gate = new CountDownLatch(1);
            CountDownLatch begun = new CountDownLatch(1);
            long work = round % 50 * 2_000L;
            boolean lasting = round % 50 == 0;
            pool.execute(() -> {
                held.countDown();
                awaitQuietly(gate);
            });
            pool.submit(() -> {
                begun.countDown();
                if (lasting) {
                    awaitQuietly(release);
                }
                spin(work);
            });
            Future<Boolean> next = pool.submit(() -> spin(200_000) || Thread.currentThread().isInterrupted());
            Future<Boolean> last = pool.submit(() -> Thread.currentThread().isInterrupted());
            held.await();
            handle.state();
            census.run();
            Run run = new Run(worker, 4L * round + 1, System.nanoTime());
            gate.countDown();
            begun.await();
            try {
                handle.cancel(run).pull(null);
            } catch (IllegalStateException | UnsupportedOperationException ended) {
                assertFalse(lasting, ended::toString);
                late++;
            }
            assertFalse(next.get(60, TimeUnit.SECONDS), "the interrupt was for another task");
            assertFalse(last.get(60, TimeUnit.SECONDS), "the interrupt was for another task");
        }
        assertTrue(late <= RACES - RACES / 50, "none was ever in time");
    }

    /** Computes; whether it was interrupted. */
    private static boolean spin(long nanos) {
        boolean interrupted = false;
        for (long end = System.nanoTime() + nanos; System.nanoTime() < end; ) {
            interrupted |= Thread.currentThread().isInterrupted();
        }
        return interrupted;
    }

    @Test
    void aTaskThatSomebodyWaitsForIsFoundByItsWaiter() throws Throwable {
        Future<?> stuck = pool.submit(() -> release.await(1, TimeUnit.HOURS));
        Run run = running();
        Thread waiter = new Thread(() -> {
            try {
                stuck.get();
            } catch (Exception e) {
                Thread.currentThread().interrupt();
            }
        }, "waits-for-the-task");
        waiter.setDaemon(true);
        waiter.start();
        await().atMost(PATIENCE).until(() -> {
            census.run();
            return handle.cancel(run).isPresent();
        });
        handle.cancel(run).pull(null);
        await().atMost(PATIENCE).until(() -> !handle.isRunning(run));
        assertTrue(stuck.isCancelled());
    }

    @Test
    void aTaskWithoutAFutureIsLeftAlone() throws InterruptedException {
        occupy(release);
        assertEquals("the task was handed in without a future, or its future was never seen",
                handle.cancel(running()).description());
    }

    @Test
    void theOldestOrTheNewestAreTakenOutAndWhoWaitsForThemLearnsOfIt() throws Throwable {
        occupy(release);
        AtomicInteger ran = new AtomicInteger();
        List<Future<?>> futures = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            futures.add(pool.submit(ran::incrementAndGet));
        }
        CompletableFuture<Integer> last = CompletableFuture.supplyAsync(ran::incrementAndGet, pool);
        running();
        handle.shed().pull(new ExecutorHandle.Shed(3, false));
        assertEquals(8, queue.size());
        assertEquals(List.of(true, true, true, false), futures.subList(0, 4).stream().map(Future::isCancelled).toList());
        handle.shed().pull(new ExecutorHandle.Shed(2, true));
        assertEquals(6, queue.size());
        assertThrows(CancellationException.class, last::join);
        assertTrue(futures.get(9).isCancelled());
        assertFalse(futures.get(8).isCancelled());
        assertEquals(5, handle.tasksShed());
        release.countDown();
        futures.get(8).get(60, TimeUnit.SECONDS);
        await().atMost(PATIENCE).until(() -> ran.get() == 6);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
