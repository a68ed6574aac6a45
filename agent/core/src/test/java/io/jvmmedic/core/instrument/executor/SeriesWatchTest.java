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

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ResourceRegistry registry = new ResourceRegistry();
    private final ThreadCensus census = new ThreadCensus(registry, new ModuleOpener(ByteBuddyAgent.install()), List.of(),
            Globs.of(List.of("executor:cron")));
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger runs = new AtomicInteger();
    private ScheduledThreadPoolExecutor scheduler;
    private ExecutorHandle handle;

    @BeforeEach
    void open() {
        AtomicInteger number = new AtomicInteger();
        scheduler = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "cron-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        scheduler.prestartAllCoreThreads();
        census.run();
        handle = (ExecutorHandle) registry.find(scheduler);
    }

    @AfterEach
    void close() {
        release.countDown();
        scheduler.shutdownNow();
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

    @Test
    void aSeriesThatThrowsIsFoundWithItsExceptionAndStartedAgain() throws Throwable {
        Job job = new Job();
        scheduler.scheduleAtFixedRate(job, 0, 200, TimeUnit.MILLISECONDS);
        await().atMost(PATIENCE).until(() -> ill().isEmpty() && runs.get() >= 2);
        assertEquals(1, handle.scheduled(Job.class.getName()));
        job.fails = true;
        await().atMost(PATIENCE).until(() -> !ill().isEmpty());
        Series ended = handle.illSeries().get(0);
        assertEquals(Series.State.ENDED, ended.state());
        assertEquals("java.lang.IllegalStateException", ended.error());
        assertEquals(Job.class.getName(), ended.task());
        assertTrue(ended.site().contains("SeriesWatchTest.java"), ended::toString);
        assertEquals(200, ended.periodMillis());
        assertEquals(0, handle.scheduled(Job.class.getName()));

        job.fails = false;
        int before = runs.get();
        handle.rearm().pull(new ExecutorHandle.Rearm(ended.number(), 0));
        assertEquals(List.of(), handle.illSeries());
        await().atMost(PATIENCE).until(() -> runs.get() >= before + 3);
    }

    @Test
    void whatEndsAsItWasMeantToIsNoFault() throws Exception {
        ScheduledFuture<?> cancelled = scheduler.scheduleAtFixedRate(new Job(), 0, 10, TimeUnit.MILLISECONDS);
        scheduler.scheduleWithFixedDelay(() -> {
            if (runs.get() > 5) {
                throw new CancellationException("done");
            }
        }, 10, 10, TimeUnit.MILLISECONDS);
        scheduler.schedule(() -> {
            throw new IllegalStateException("once only");
        }, 1, TimeUnit.MILLISECONDS);
        census.run();
        await().atMost(PATIENCE).until(() -> ill().isEmpty() && runs.get() > 5);
        cancelled.cancel(false);
        await().atMost(PATIENCE).until(() -> ill().isEmpty() && scheduler.getQueue().isEmpty());
        assertEquals(List.of(), ill());
    }

    @Test
    void aSeriesThatFindsNoWorkerAndOneThatDoesNotEndAreBehind() {
        scheduler.scheduleAtFixedRate(new Job(), 50, 10, TimeUnit.MILLISECONDS);
        scheduler.scheduleAtFixedRate(this::awaitRelease, 100, 100, TimeUnit.MILLISECONDS);
        census.betweenRounds();
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
        scheduler.schedule(new Wrapped(new Wrapped(new Job(), "inner"), "outer"), 300, TimeUnit.MILLISECONDS);
        census.betweenRounds();
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
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aSchedulerThatIsShutDownHasNoSeries() {
        Job job = new Job();
        job.fails = true;
        scheduler.scheduleAtFixedRate(job, 50, 10, TimeUnit.MILLISECONDS);
        census.betweenRounds();
        await().atMost(PATIENCE).until(() -> !ill().isEmpty());
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
        await().atMost(PATIENCE).until(() -> runs.get() == 1);
        census.run();
        other.setRemoveOnCancelPolicy(true);
        other.getQueue().clear();
        other.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
        other.allowCoreThreadTimeOut(true);
        return new WeakReference<>(other);
    }
}
