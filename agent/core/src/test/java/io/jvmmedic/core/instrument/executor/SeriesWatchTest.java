package io.jvmmedic.core.instrument.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.ExecutorHandle.Series;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Globs;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On real schedulers; the futures of their series are dropped, as almost everybody does. */
class SeriesWatchTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ResourceRegistry registry = new ResourceRegistry();
    private final ThreadCensus census = new ThreadCensus(registry, new ModuleOpener(ByteBuddyAgent.install()), List.of(),
            Globs.of(List.of("executor:cron")), SeriesDeaths.NONE);
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger runs = new AtomicInteger();
    private final List<Thread> workers = new CopyOnWriteArrayList<>();
    private ScheduledThreadPoolExecutor scheduler;
    private ExecutorHandle handle;

    @BeforeEach
    void open() {
        AtomicInteger number = new AtomicInteger();
        scheduler = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "cron-" + number.incrementAndGet());
            thread.setDaemon(true);
            workers.add(thread);
            return thread;
        });
        scheduler.setRemoveOnCancelPolicy(true);
        scheduler.prestartAllCoreThreads();
        census.run();
        handle = (ExecutorHandle) registry.find(scheduler);
    }

    @AfterEach
    void close() throws InterruptedException {
        release.countDown();
        scheduler.shutdownNow();
        // The census of the next test would meet them, and they would have the name.
        for (Thread worker : workers) {
            worker.join();
        }
    }

    /** Fails once it is told to, each time. */
    private final class Job implements Runnable {
        private volatile boolean fails;

        @Override
        public void run() {
            runs.incrementAndGet();
            if (fails) {
                throw new IllegalStateException("no such table");
            }
        }
    }

    private List<Series> ill() {
        census.run();
        return handle.illSeries();
    }

    /** Without those that are only late, as they are on a machine that stands still for a second. */
    private List<Series> ended() {
        return ill().stream().filter(one -> one.state() == Series.State.ENDED).toList();
    }

    /** Looks once while all that is handed in stands in the queue: no worker is free before that. */
    private void seenInTheQueue(Runnable handIn) {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch seen = new CountDownLatch(1);
        scheduler.execute(() -> {
            begun.countDown();
            awaitQuietly(seen);
        });
        awaitQuietly(begun);
        handIn.run();
        census.betweenRounds();
        seen.countDown();
    }

    @Test
    void aSeriesThatThrowsIsFoundWithItsExceptionAndStartedAgain() throws Throwable {
        Job job = new Job();
        scheduler.scheduleAtFixedRate(job, 0, 200, TimeUnit.MILLISECONDS);
        // While it runs it is not in the queue.
        await().atMost(PATIENCE).until(() -> ill().isEmpty() && runs.get() >= 2
                && handle.scheduled(Job.class.getName()) == 1);
        job.fails = true;
        await().atMost(PATIENCE).until(() -> !ended().isEmpty());
        Series ended = ended().get(0);
        assertEquals("java.lang.IllegalStateException", ended.error());
        assertEquals(Job.class.getName(), ended.task());
        assertTrue(ended.site().contains("SeriesWatchTest.java"), ended::toString);
        assertEquals(200, ended.periodMillis());
        assertEquals(0, handle.scheduled(Job.class.getName()));

        job.fails = false;
        int before = runs.get();
        handle.rearm().pull(new ExecutorHandle.Rearm(ended.number(), 0));
        assertEquals(List.of(), ended());
        await().atMost(PATIENCE).until(() -> runs.get() >= before + 3);
    }

    @Test
    void whatEndsAsItWasMeantToIsNoFault() throws Exception {
        ScheduledFuture<?> cancelled = scheduler.scheduleAtFixedRate(new Job(), 0, 10, TimeUnit.MILLISECONDS);
        ScheduledFuture<?> calledOff = scheduler.scheduleWithFixedDelay(() -> {
            if (runs.get() > 5) {
                throw new CancellationException("done");
            }
        }, 10, 10, TimeUnit.MILLISECONDS);
        ScheduledFuture<?> single = scheduler.schedule(() -> {
            throw new IllegalStateException("once only");
        }, 1, TimeUnit.MILLISECONDS);
        census.run();
        await().atMost(PATIENCE).until(() -> ill().isEmpty() && calledOff.isDone() && single.isDone());
        cancelled.cancel(false);
        await().atMost(PATIENCE).until(() -> ill().isEmpty() && scheduler.getQueue().isEmpty());
        assertEquals(List.of(), ended());
    }

    @Test
    void aSeriesThatFindsNoWorkerAndOneThatDoesNotEndAreBehind() {
        seenInTheQueue(() -> {
            scheduler.scheduleAtFixedRate(new Job(), 50, 10, TimeUnit.MILLISECONDS);
            scheduler.scheduleAtFixedRate(this::awaitRelease, 100, 100, TimeUnit.MILLISECONDS);
        });
        await().atMost(PATIENCE).until(() -> ill().size() == 2);
        assertEquals(1, handle.illSeries().stream().filter(one -> one.state() == Series.State.WAITING
                && one.task().equals(Job.class.getName()) && one.behindMillis() >= 1_000).count());
        assertEquals(1, handle.illSeries().stream().filter(one -> one.state() == Series.State.RUNNING).count());
        release.countDown();
        await().atMost(PATIENCE).until(() -> ill().isEmpty());
    }

    /** As frameworks wrap what they schedule. */
    private record Wrapped(Runnable delegate, String about) implements Runnable {
        @Override
        public void run() {
            delegate.run();
        }
    }

    /** A cron expression is made of tasks that each run once; a task that is handed in is planned for no time. */
    @Test
    void whatWasPlannedAndFindsNoWorkerIsBehindAndWhatWasHandedInIsNot() {
        scheduler.execute(this::awaitRelease);
        scheduler.submit(new Job());
        ScheduledFuture<?> planned;
        do {
            planned = scheduler.schedule(new Wrapped(new Wrapped(new Job(), "inner"), "outer"), 300, TimeUnit.MILLISECONDS);
            census.betweenRounds();
            // Else the look came too late, and it is as if it had been handed in.
        } while (planned.getDelay(TimeUnit.NANOSECONDS) <= 0 && planned.cancel(false));
        await().atMost(PATIENCE).until(() -> !ill().isEmpty());
        Series late = handle.illSeries().get(0);
        assertEquals(1, handle.illSeries().size());
        assertEquals(Series.State.WAITING, late.state());
        assertEquals(Job.class.getName(), late.task(), "wrappers say nothing");
        assertEquals(0, late.periodMillis());
        release.countDown();
        await().atMost(PATIENCE).until(() -> ill().isEmpty());
    }

    private void awaitRelease() {
        awaitQuietly(release);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aSchedulerThatIsShutDownHasNoSeries() {
        Job job = new Job();
        job.fails = true;
        seenInTheQueue(() -> scheduler.scheduleAtFixedRate(job, 50, 10, TimeUnit.MILLISECONDS));
        await().atMost(PATIENCE).until(() -> !ended().isEmpty());
        scheduler.shutdown();
        handle = (ExecutorHandle) registry.find(scheduler);
        await().atMost(PATIENCE).until(() -> ill().isEmpty());
    }

    @Test
    void nothingOfASchedulerWithoutWorkersIsKept() {
        WeakReference<Object> gone = abandoned();
        await().atMost(PATIENCE).until(() -> {
            census.run();
            System.gc();
            return gone.get() == null;
        });
    }

    /** Its worker ends as soon as it is idle, though a task is scheduled. */
    private WeakReference<Object> abandoned() {
        ScheduledThreadPoolExecutor other = new ScheduledThreadPoolExecutor(1);
        other.scheduleAtFixedRate(new Job(), 0, 1, TimeUnit.HOURS);
        // Run, and back in the queue.
        await().atMost(PATIENCE).until(() -> runs.get() == 1 && other.getQueue().size() == 1);
        census.run();
        other.setRemoveOnCancelPolicy(true);
        other.getQueue().clear();
        other.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
        other.allowCoreThreadTimeOut(true);
        return new WeakReference<>(other);
    }
}
