package io.jvmmedic.core.instrument.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThreadCensusTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ResourceRegistry registry = new ResourceRegistry();
    private final ThreadCensus census =
            new ThreadCensus(registry, new ModuleOpener(ByteBuddyAgent.install()), List.of());
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<Thread> started = new CopyOnWriteArrayList<>();
    private ThreadPoolExecutor executor;

    @AfterEach
    void stop() throws InterruptedException {
        release.countDown();
        if (executor != null) {
            executor.shutdownNow();
        }
        // The census of the next test would meet them, and they would have the name.
        for (Thread thread : started) {
            thread.join();
        }
    }

    @ParameterizedTest
    @CsvSource({"async-1,async", "pool-3-thread-12,pool-3", "ForkJoinPool.commonPool-worker-1,ForkJoinPool.commonPool",
        "ForkJoinPool-2-worker-3,ForkJoinPool-2", "http-nio-8080-exec-7,http-nio-8080-exec",
        "orders:housekeeper,orders:housekeeper", "42,42", "Thread-3,Thread", "task #4,task"})
    void familyIsWhatTheThreadNamesHaveInCommon(String thread, String family) {
        assertEquals(family, ThreadFamily.of(thread));
    }

    @Test
    void anExecutorIsFoundBehindItsWorkers() {
        executor = pool(2, new LinkedBlockingQueue<>(), runnable -> runnable);
        executor.prestartAllCoreThreads();
        ExecutorHandle handle = handle("census");
        assertEquals("executor:census", handle.id().toString());
        assertEquals(2, handle.workers().size());
        Thread worker = handle.workers().get(0);
        assertSame(worker, census.byId(worker.getId()));
        // A worker that has yet to come to the queue counts as one at work.
        await().atMost(PATIENCE).until(handle::state, new ExecutorHandle.State(0, 2, 2, 2, 0, 0, false)::equals);
        assertTrue(handle.alive());
        executor.shutdown();
        await().atMost(PATIENCE).until(() -> !handle.alive());
        await().atMost(PATIENCE).until(() -> {
            census.run();
            return census.byId(worker.getId()) == null;
        });
    }

    @Test
    void aFactoryThatWrapsItsWorkersDoesNotHideThem() {
        executor = pool(1, new LinkedBlockingQueue<>(), runnable -> () -> runnable.run());
        executor.prestartAllCoreThreads();
        assertEquals(1, handle("census").workers().size());
    }

    @Test
    void idleWorkersWaitForNothing() {
        executor = pool(2, new LinkedBlockingQueue<>(), runnable -> runnable);
        executor.prestartAllCoreThreads();
        assertEquals(List.of(), handle("census").blockedWorkers());
    }

    @Test
    void aTaskThatWaitsForItsOwnQueueIsAnExactEdge() throws Throwable {
        starve(() -> {
            Future<?> inner = executor.submit(() -> { });
            return inner.get();
        });
    }

    @Test
    void aCompletableFutureIsFollowedThroughItsStages() throws Throwable {
        starve(() -> CompletableFuture.supplyAsync(() -> 1, executor)
                .thenApply(x -> x + 1).thenCombine(CompletableFuture.completedFuture(2), Integer::sum).get());
    }

    @Test
    void aCompletionServiceIsFollowedToItsTask() throws Throwable {
        starve(() -> new ExecutorCompletionService<>(executor).submit(() -> 1).get());
    }

    @Test
    void aTaskInsideAWrapperIsFound() throws Throwable {
        starve(() -> {
            FutureTask<Integer> inner = new FutureTask<>(() -> 1);
            executor.execute(new Traced(inner));
            return inner.get();
        });
    }

    /** A wrapper as tracing libraries have it. */
    private record Traced(Runnable task) implements Runnable {
        @Override
        public void run() {
            task.run();
        }
    }

    /** All workers run {@code task}, which waits for something in their own queue; growing by their number frees them. */
    private void starve(Callable<?> task) throws Throwable {
        executor = pool(2, new LinkedBlockingQueue<>(), runnable -> runnable);
        CountDownLatch both = new CountDownLatch(2);
        List<Future<?>> outer = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            outer.add(executor.submit(() -> {
                both.countDown();
                both.await();
                return task.call();
            }));
        }
        ExecutorHandle handle = handle("census");
        await().atMost(PATIENCE).until(() -> {
            census.run();
            return handle.blockedWorkers().stream().filter(one -> one.queuePosition() >= 0).count() == 2;
        });
        assertEquals(List.of(0, 1),
                handle.blockedWorkers().stream().map(ExecutorHandle.Blocked::queuePosition).sorted().toList());
        ExecutorHandle.State before = handle.state();
        assertEquals(2, before.active());
        assertEquals(2, before.queued());

        handle.grow().pull(4);
        for (Future<?> one : outer) {
            one.get(60, TimeUnit.SECONDS);
        }
        await().atMost(PATIENCE).until(() -> executor.getPoolSize() == 4);
        handle.restore().pull(new ExecutorHandle.Size(before.core(), before.max()));
        await().atMost(PATIENCE).until(() -> handle.state().size() == 2 && handle.state().completed() == 4);
    }

    @Test
    void aScheduledExecutorKeepsItsMaximum() throws Throwable {
        ScheduledThreadPoolExecutor scheduled = new ScheduledThreadPoolExecutor(1);
        try {
            scheduled.submit(() -> 1).get();
            int maximum = scheduled.getMaximumPoolSize();
            census.run();
            ExecutorHandle handle = (ExecutorHandle) registry.find(scheduled);
            ExecutorHandle.State before = handle.state();
            handle.grow().pull(3);
            assertEquals(3, scheduled.getCorePoolSize());
            handle.restore().pull(new ExecutorHandle.Size(before.core(), before.max()));
            assertEquals(1, scheduled.getCorePoolSize());
            assertEquals(maximum, scheduled.getMaximumPoolSize());
        } finally {
            scheduled.shutdownNow();
        }
    }

    @Test
    void whoWaitsForAnythingElseIsNoEdge() {
        executor = pool(2, new LinkedBlockingQueue<>(), runnable -> runnable);
        CompletableFuture<Integer> elsewhere = new CompletableFuture<>();
        executor.submit(() -> elsewhere.get());
        executor.submit(() -> {
            release.await();
            return null;
        });
        // Queued, and it mentions the awaited future, but running it does not complete that.
        executor.execute(() -> elsewhere.thenAccept(value -> { }));
        // Either of two completes it: the queued one is not needed.
        CompletableFuture.anyOf(CompletableFuture.supplyAsync(() -> 1, executor), elsewhere);
        ExecutorHandle handle = handle("census");
        await().atMost(PATIENCE).until(() -> handle.blockedWorkers().size() == 2);
        for (ExecutorHandle.Blocked blocked : handle.blockedWorkers()) {
            assertEquals(-1, blocked.queuePosition(), blocked::toString);
            assertTrue(blocked.waitsFor().startsWith("java.util.concurrent."), blocked::toString);
        }
        elsewhere.complete(1);
    }

    @Test
    void anAnyOfOverAQueuedTaskIsNoEdge() {
        executor = pool(1, new LinkedBlockingQueue<>(), runnable -> runnable);
        CompletableFuture<Integer> elsewhere = new CompletableFuture<>();
        executor.submit(() -> CompletableFuture.anyOf(
                CompletableFuture.supplyAsync(() -> 1, executor), elsewhere).get());
        ExecutorHandle handle = handle("census");
        await().atMost(PATIENCE).until(() -> handle.blockedWorkers().size() == 1);
        assertEquals(-1, handle.blockedWorkers().get(0).queuePosition());
        elsewhere.complete(1);
    }

    @Test
    void newWorkersOfALoanHaveTheContextLoaderOfTheOldOnes() throws Throwable {
        ClassLoader loader = new ClassLoader(getClass().getClassLoader()) { };
        Thread.currentThread().setContextClassLoader(loader);
        try {
            executor = pool(1, new LinkedBlockingQueue<>(), runnable -> runnable);
            executor.prestartAllCoreThreads();
        } finally {
            Thread.currentThread().setContextClassLoader(getClass().getClassLoader());
        }
        ExecutorHandle handle = handle("census");
        Thread.currentThread().setContextClassLoader(null);
        try {
            handle.grow().pull(3);
            assertNull(Thread.currentThread().getContextClassLoader());
        } finally {
            Thread.currentThread().setContextClassLoader(getClass().getClassLoader());
        }
        await().atMost(PATIENCE).until(() -> {
            census.run();
            return handle.workers().size() == 3;
        });
        handle.workers().forEach(worker -> assertSame(loader, worker.getContextClassLoader()));
    }

    @Test
    void delayedTasksDoNotWaitForAWorker() throws Exception {
        ScheduledThreadPoolExecutor scheduled = new ScheduledThreadPoolExecutor(1, factory(runnable -> runnable));
        executor = scheduled;
        scheduled.schedule(() -> { }, 1, TimeUnit.HOURS);
        CountDownLatch begun = new CountDownLatch(1);
        scheduled.submit(() -> {
            begun.countDown();
            release.await();
            return null;
        });
        begun.await();
        ExecutorHandle handle = handle("census");
        assertEquals(1, handle.state().active());
        assertEquals(0, handle.state().queued());
        scheduled.submit(() -> { });
        assertEquals(1, handle.state().queued());
        assertEquals("ScheduledThreadPoolExecutor", handle.library());
        assertEquals(1, handle.state().max());
    }

    @Test
    void aForkJoinPoolIsSeenAndGrownWhereTheJdkCan() throws Throwable {
        ForkJoinPool pool = new ForkJoinPool(1);
        try {
            FutureTask<Integer> inner = new FutureTask<>(() -> 1);
            Future<Integer> outer = pool.submit(() -> {
                pool.execute(inner);
                return inner.get();
            });
            await().atMost(PATIENCE).until(() -> {
                census.run();
                return registry.find(pool) != null;
            });
            ExecutorHandle handle = (ExecutorHandle) registry.find(pool);
            await().atMost(PATIENCE).until(() -> handle.blockedWorkers().size() == 1);
            assertTrue(handle.blockedWorkers().get(0).queuePosition() >= 0, "the awaited task is in its own queue");
            ExecutorHandle.State starved = handle.state();
            assertEquals(1, starved.queued());
            assertEquals(1, starved.active());
            assertEquals(1, starved.max());
            if (!handle.grow().isPresent()) {
                assertEquals("the parallelism of a ForkJoinPool cannot be changed before Java 19",
                        handle.grow().description());
                return;
            }
            handle.grow().pull(2);
            assertEquals(1, outer.get(60, TimeUnit.SECONDS));
            handle.restore().pull(new ExecutorHandle.Size(1, 1));
            assertEquals(1, handle.state().max());
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void idleWorkersOfAForkJoinPoolWaitForNothing() throws Exception {
        ForkJoinPool pool = new ForkJoinPool(2);
        try {
            pool.submit(() -> 1).get();
            census.run();
            ExecutorHandle handle = (ExecutorHandle) registry.find(pool);
            await().atMost(PATIENCE).until(() -> handle.state().active() == 0);
            await().atMost(PATIENCE).until(() -> handle.blockedWorkers().isEmpty());
        } finally {
            pool.shutdownNow();
        }
    }

    private ExecutorHandle handle(String family) {
        await().atMost(PATIENCE).until(() -> {
            census.run();
            return registry.executors().stream().anyMatch(one -> one.id().name().equals(family));
        });
        return registry.executors().stream().filter(one -> one.id().name().equals(family)).findFirst().orElseThrow();
    }

    private ThreadPoolExecutor pool(int size, BlockingQueue<Runnable> queue, Function<Runnable, Runnable> wrap) {
        return new ThreadPoolExecutor(size, size, 0, TimeUnit.SECONDS, queue, factory(wrap));
    }

    private ThreadFactory factory(Function<Runnable, Runnable> wrap) {
        AtomicInteger number = new AtomicInteger();
        return runnable -> {
            Thread thread = new Thread(wrap.apply(runnable), "census-" + number.incrementAndGet());
            thread.setDaemon(true);
            started.add(thread);
            return thread;
        };
    }
}
