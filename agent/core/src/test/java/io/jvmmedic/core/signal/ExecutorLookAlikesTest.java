package io.jvmmedic.core.signal;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.detect.CarrierStarvationDetector;
import io.jvmmedic.core.detect.Detector;
import io.jvmmedic.core.detect.ExecutorBacklogDetector;
import io.jvmmedic.core.detect.ExecutorLeakDetector;
import io.jvmmedic.core.detect.ExecutorRejectingDetector;
import io.jvmmedic.core.detect.ExecutorSaturatedDetector;
import io.jvmmedic.core.detect.ExecutorSelfStarvationDetector;
import io.jvmmedic.core.detect.ExecutorStalledDetector;
import io.jvmmedic.core.detect.ScheduledSeriesDetector;
import io.jvmmedic.core.detect.StuckTaskDetector;
import io.jvmmedic.core.detect.ThreadLeakDetector;
import io.jvmmedic.core.detect.WorkersDyingDetector;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.executor.ThreadCensus;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.Jdk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RecursiveAction;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Executors that only look ill, all at once, under every detector that looks at threads and executors. A round of a second is
 * made to last a tenth of one, so what takes seconds here takes a minute for the detectors. What must be done within some
 * rounds is done in step with them: on a machine that is slow the same things would be ill.
 */
class ExecutorLookAlikesTest {

    private static final int ROUNDS = 70;
    private static final long ROUND_MILLIS = 50;
    /** Tasks of a burst that are done in a round, and the rounds after which a poll is answered. */
    private static final int TASKS_PER_ROUND = 20;
    private static final int POLL_ROUNDS = 20;
    private static final long START = 1_700_000_000_000L;

    private final ResourceRegistry registry = new ResourceRegistry();
    private final ThreadCensus census =
            new ThreadCensus(registry, new ModuleOpener(ByteBuddyAgent.install()), List.of());
    private final JvmProbe jvm = new ManagementProbe(Clock.SYSTEM);
    private final ExecutorRows executorRows = new ExecutorRows(jvm);
    private final FamilyRows familyRows = new FamilyRows();
    private final CountDownLatch end = new CountDownLatch(1);
    private final Semaphore turns = new Semaphore(0);
    private final LongAdder computed = new LongAdder();
    private final List<ExecutorService> executors = new ArrayList<>();
    private volatile boolean ended;
    private int waitingForTheirTurn;
    private int roundsPassed;

    @AfterEach
    void close() {
        ended = true;
        end.countDown();
        executors.forEach(ExecutorService::shutdownNow);
    }

    private static List<Detector> detectors() {
        MedicConfig config = MedicConfig.of(Map.of());
        return List.of(new ExecutorSelfStarvationDetector(config), new ExecutorStalledDetector(config),
                new ExecutorSaturatedDetector(config), new ExecutorBacklogDetector(config),
                new ExecutorRejectingDetector(config), new WorkersDyingDetector(config), new StuckTaskDetector(config),
                new CarrierStarvationDetector(config), new ExecutorLeakDetector(config), new ThreadLeakDetector(config),
                new ScheduledSeriesDetector(config));
    }

    private Round round(long tick) {
        census.run();
        long now = START + tick * 1_000;
        List<Signal> rows = new ArrayList<>();
        Signal.Builder memory = Signal.of(Signal.MEMORY, now).with("tick", tick);
        jvm.memory(memory);
        rows.add(memory.build());
        for (ExecutorHandle executor : registry.executors()) {
            rows.addAll(executorRows.of(executor, false, tick, now));
        }
        rows.addAll(familyRows.of(census, tick, now));
        return new Round(tick, now, false, rows.stream().collect(Collectors.groupingBy(Signal::type)));
    }

    @Test
    void nothingIsFoundAboveAHint() throws Exception {
        parkedInTake();
        longTasks();
        longPolls();
        computation();
        recurring();
        sleepingVirtualThreads();
        ThreadPoolExecutor bursts = pool("burst", 4, 4, new LinkedBlockingQueue<>());
        ThreadPoolExecutor breathing = pool("breathing", 0, Integer.MAX_VALUE, new SynchronousQueue<>());
        breathing.setKeepAliveTime(20, TimeUnit.MILLISECONDS);
        List<Detector> detectors = detectors();
        List<Finding> above = new ArrayList<>();
        for (int tick = 1; tick <= ROUNDS; tick++) {
            if (tick % 35 == 5) {
                burst(bursts);
            }
            if (tick % 10 == 0) {
                for (int i = 0; i < 40; i++) {
                    breathing.execute(() -> awaitRounds(1));
                }
            }
            Round round = round(tick);
            for (Detector detector : detectors) {
                detector.evaluate(round).stream().filter(one -> one.confidence() != Confidence.HINT).forEach(above::add);
            }
            pass();
        }
        assertEquals(List.of(), above);
        assertTrue(registry.executors().size() >= 7, "the census has found them");
    }

    /** Until the next round. */
    private void pass() {
        long before = computed.sum();
        synchronized (this) {
            roundsPassed++;
            notifyAll();
        }
        int next = Math.min(TASKS_PER_ROUND, waitingForTheirTurn);
        waitingForTheirTurn -= next;
        turns.release(next);
        rest(ROUND_MILLIS);
        await().until(() -> turns.availablePermits() == 0 && computed.sum() > before);
    }

    /** Waits for so many rounds to pass; or for the end. */
    private synchronized void awaitRounds(int count) {
        try {
            for (int until = roundsPassed + count; roundsPassed < until; ) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Consumers: every worker waits in {@code take()} inside its task, and one more task waits for a worker for ever. */
    private void parkedInTake() {
        BlockingQueue<String> orders = new LinkedBlockingQueue<>();
        ThreadPoolExecutor consumers = pool("consumer", 4, 4, new LinkedBlockingQueue<>());
        for (int i = 0; i < 5; i++) {
            consumers.submit(() -> {
                while (!ended) {
                    orders.take();
                }
                return null;
            });
        }
    }

    private void longTasks() {
        ThreadPoolExecutor batch = pool("batch", 3, 3, new LinkedBlockingQueue<>());
        for (int i = 0; i < 20; i++) {
            batch.submit(() -> end.await(1, TimeUnit.HOURS));
        }
    }

    /** All of fifty workers wait for an answer, and are asked again when it has come. */
    private void longPolls() {
        ThreadPoolExecutor polls = pool("long-poll", 50, 50, new LinkedBlockingQueue<>());
        for (int i = 0; i < 50; i++) {
            polls.execute(new Runnable() {
                @Override
                public void run() {
                    awaitRounds(POLL_ROUNDS);
                    if (!ended) {
                        polls.execute(this);
                    }
                }
            });
        }
    }

    private void computation() {
        ForkJoinPool computing = new ForkJoinPool(2);
        executors.add(computing);
        computing.execute(new RecursiveAction() {
            @Override
            protected void compute() {
                while (!ended) {
                    new Part(12).fork().join();
                }
            }
        });
    }

    private final class Part extends RecursiveAction {
        private final int depth;
        private double sum;

        private Part(int depth) {
            this.depth = depth;
        }

        @Override
        protected void compute() {
            if (depth > 0 && !ended) {
                invokeAll(new Part(depth - 1), new Part(depth - 1));
            }
            for (int i = 0; i < 5_000; i++) {
                sum += Math.sqrt(i);
            }
            computed.increment();
        }
    }

    /** One series that runs for ever and one that is short, on a scheduler with room for both. */
    private void recurring() {
        ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2, daemons("cron"));
        executors.add(scheduler);
        scheduler.scheduleWithFixedDelay(() -> rest(3_600_000), 0, 1, TimeUnit.SECONDS);
        scheduler.scheduleAtFixedRate(() -> { }, 0, 10, TimeUnit.MILLISECONDS);
    }

    private void sleepingVirtualThreads() throws ReflectiveOperationException {
        if (Jdk.feature() < 21) {
            return;
        }
        ExecutorService virtual =
                (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        executors.add(virtual);
        for (int i = 0; i < 10_000; i++) {
            virtual.submit(() -> end.await(1, TimeUnit.HOURS));
        }
    }

    /** Far more tasks than workers; done after twenty rounds. */
    private void burst(ThreadPoolExecutor pool) {
        for (int i = 0; i < 400; i++) {
            pool.submit(() -> {
                turns.acquire();
                return null;
            });
            waitingForTheirTurn++;
        }
    }

    private ThreadPoolExecutor pool(String name, int core, int max, BlockingQueue<Runnable> queue) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(core, max, 1, TimeUnit.MINUTES, queue, daemons(name));
        executors.add(pool);
        return pool;
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    private static void rest(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
