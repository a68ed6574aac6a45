package io.jvmmedic.core.instrument.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.lock.BootBridge;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.ExecutorHandle.Series;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Globs;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.ref.WeakReference;
import java.security.ProtectionDomain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.utility.OpenedClassReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.support.TaskUtils;

/** Series that are over before anybody has looked at their scheduler, on real schedulers of the JDK as it runs. */
class SeriesDeathsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Instrumentation instrumentation = BootBridge.instrumentation();
    private final ResourceRegistry registry = new ResourceRegistry();
    private final ModuleOpener opener = new ModuleOpener(instrumentation);
    private final SeriesDeaths deaths = new SeriesDeaths(opener, true);
    private final ThreadCensus census = new ThreadCensus(registry, opener, List.of(),
            Globs.of(List.of("executor:deaths")), deaths);
    private final List<Thread> workers = new CopyOnWriteArrayList<>();
    private final AtomicInteger runs = new AtomicInteger();
    private ScheduledThreadPoolExecutor scheduler;

    @BeforeEach
    void open() {
        deaths.install(instrumentation, () -> { });
        scheduler = scheduler(false);
    }

    @AfterEach
    void close() throws InterruptedException {
        deaths.uninstall();
        scheduler.shutdownNow();
        for (Thread worker : workers) {
            worker.join();
        }
    }

    private Thread worker(Runnable task) {
        Thread thread = new Thread(task, "deaths-" + workers.size());
        thread.setDaemon(true);
        workers.add(thread);
        return thread;
    }

    private ScheduledThreadPoolExecutor scheduler(boolean decorating) {
        return !decorating ? new ScheduledThreadPoolExecutor(1, this::worker)
                : new ScheduledThreadPoolExecutor(1, this::worker) {
                    @Override
                    protected <V> RunnableScheduledFuture<V> decorateTask(Runnable task, RunnableScheduledFuture<V> future) {
                        return new Decorated<>(future);
                    }
                };
    }

    /** As libraries wrap futures to see what becomes of them. */
    private record Decorated<V>(RunnableScheduledFuture<V> future) implements RunnableScheduledFuture<V> {
        @Override
        public boolean isPeriodic() {
            return future.isPeriodic();
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return future.getDelay(unit);
        }

        @Override
        public int compareTo(Delayed other) {
            return future.compareTo(other instanceof Decorated<?> decorated ? decorated.future : other);
        }

        @Override
        public void run() {
            future.run();
        }

        @Override
        public boolean cancel(boolean interrupt) {
            return future.cancel(interrupt);
        }

        @Override
        public boolean isCancelled() {
            return future.isCancelled();
        }

        @Override
        public boolean isDone() {
            return future.isDone();
        }

        @Override
        public V get() throws InterruptedException, ExecutionException {
            return future.get();
        }

        @Override
        public V get(long time, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
            return future.get(time, unit);
        }
    }

    private final class Job implements Runnable {
        private final int last;
        private volatile boolean fails = true;

        /** @param last number of the run that throws */
        private Job(int last) {
            this.last = last;
        }

        @Override
        public void run() {
            if (runs.incrementAndGet() >= last && fails) {
                throw new IllegalStateException("no such table");
            }
        }
    }

    private ExecutorHandle handle() {
        return (ExecutorHandle) registry.find(scheduler);
    }

    private List<Series> ended() {
        census.run();
        return handle().illSeries().stream().filter(one -> one.state() == Series.State.ENDED).toList();
    }

    private static void awaitEnd(Future<?> future) {
        await().atMost(PATIENCE).until(future::isDone);
    }

    /** Behind the future's end its worker still has to tell of it. */
    private void quiet() throws Exception {
        scheduler.submit(() -> { }).get();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void oneThatDiesBeforeAnybodyLookedIsFoundAndStartedAgain(int last) throws Throwable {
        Job job = new Job(last);
        awaitEnd(scheduler.scheduleAtFixedRate(job, 0, 1, TimeUnit.MILLISECONDS));
        quiet();
        // The future is nobody's any more.
        System.gc();
        assertEquals(1, ended().size());
        Series ended = ended().get(0);
        assertEquals("java.lang.IllegalStateException", ended.error());
        assertEquals(Job.class.getName(), ended.task());
        assertTrue(ended.site().contains("SeriesDeathsTest.java"), ended::toString);
        assertEquals(1, ended.periodMillis());

        job.fails = false;
        int before = runs.get();
        handle().rearm().pull(new ExecutorHandle.Rearm(ended.number(), 0));
        assertEquals(List.of(), ended());
        await().atMost(PATIENCE).until(() -> runs.get() >= before + 3);
    }

    @Test
    void oneOfASchedulerThatWrapsItsFuturesIsFound() throws Exception {
        scheduler = scheduler(true);
        awaitEnd(scheduler.scheduleWithFixedDelay(new Job(2), 0, 2, TimeUnit.MILLISECONDS));
        quiet();
        assertEquals(1, ended().size());
        assertEquals(Job.class.getName(), ended().get(0).task());
        assertEquals(2, ended().get(0).periodMillis());
    }

    /** As {@code @Scheduled} runs where the error handler throws on. */
    @Test
    void oneOfSpringIsFound() throws Exception {
        ThreadPoolTaskScheduler spring = new ThreadPoolTaskScheduler();
        spring.setThreadFactory(this::worker);
        spring.setErrorHandler(TaskUtils.LOG_AND_PROPAGATE_ERROR_HANDLER);
        spring.initialize();
        scheduler = spring.getScheduledThreadPoolExecutor();
        awaitEnd(spring.scheduleAtFixedRate(new Job(3), Duration.ofMillis(1)));
        quiet();
        assertEquals(1, ended().size());
        assertEquals(Job.class.getName(), ended().get(0).task());
    }

    /** Seen in the queue before, and told of by the JDK. */
    @Test
    void oneThatWasSeenIsToldOnce() throws Exception {
        Job job = new Job(1);
        job.fails = false;
        ScheduledFuture<?> future = scheduler.scheduleAtFixedRate(job, 0, 50, TimeUnit.MILLISECONDS);
        await().atMost(PATIENCE).until(() -> {
            census.run();
            return runs.get() > 2 && handle().scheduled(Job.class.getName()) == 1;
        });
        job.fails = true;
        awaitEnd(future);
        quiet();
        assertEquals(1, ended().size());
        assertEquals(1, ended().size());
    }

    @Test
    void whatEndsAsItWasMeantToOrWasNeverPeriodicIsNoFault() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        ScheduledFuture<?> cancelled = scheduler.scheduleAtFixedRate(() -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }, 0, 1, TimeUnit.MILLISECONDS);
        begun.await();
        cancelled.cancel(true);
        awaitEnd(scheduler.scheduleWithFixedDelay(() -> {
            throw new CancellationException("done");
        }, 0, 1, TimeUnit.MILLISECONDS));
        assertThrows(ExecutionException.class, scheduler.schedule(new Job(1), 1, TimeUnit.MILLISECONDS)::get);
        assertThrows(ExecutionException.class, scheduler.submit(new Job(1))::get);
        quiet();
        assertEquals(List.of(), ended());
    }

    @Test
    void aSchedulerThatWasShutDownHasNone() throws Exception {
        awaitEnd(scheduler.scheduleAtFixedRate(new Job(1), 0, 1, TimeUnit.MILLISECONDS));
        quiet();
        census.run();
        ExecutorHandle handle = handle();
        scheduler.shutdown();
        census.run();
        assertEquals(List.of(), handle.illSeries());
    }

    /** More of them than anybody wants to read. */
    @Test
    void aStormIsBoundedAndHoldsNothing() throws Exception {
        int storm = 2_000;
        List<WeakReference<Object>> futures = new ArrayList<>();
        for (int i = 0; i < storm; i++) {
            futures.add(new WeakReference<>(scheduler.scheduleAtFixedRate(new Job(1), 0, 1, TimeUnit.MILLISECONDS)));
        }
        await().atMost(PATIENCE).until(() -> runs.get() == storm);
        quiet();
        assertEquals(256, deaths.take(scheduler).size());
        assertEquals(List.of(), deaths.take(scheduler));
        await().atMost(PATIENCE).until(() -> {
            System.gc();
            return futures.stream().allMatch(future -> future.get() == null);
        });
        awaitEnd(scheduler.scheduleAtFixedRate(new Job(1), 0, 1, TimeUnit.MILLISECONDS));
        quiet();
        assertEquals(1, deaths.take(scheduler).size(), "there is room again");
    }

    @Test
    void nothingIsWovenAfterwards() throws Exception {
        assertTrue(isPatched());
        deaths.uninstall();
        assertFalse(isPatched());
        awaitEnd(scheduler.scheduleAtFixedRate(new Job(1), 0, 1, TimeUnit.MILLISECONDS));
        quiet();
        assertEquals(List.of(), ended());
        deaths.install(instrumentation, () -> { });
        assertFalse(isPatched(), "what was detached stays so");
    }

    /** By its instructions: words of a class that was changed stay in its constant pool. */
    private boolean isPatched() throws Exception {
        boolean[] found = new boolean[1];
        MethodVisitor calls = new MethodVisitor(Opcodes.ASM9) {
            @Override
            public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean onInterface) {
                found[0] |= owner.startsWith("io/jvmmedic/");
            }
        };
        ClassFileTransformer reader = new ClassFileTransformer() {
            @Override
            public byte[] transform(ClassLoader loader, String name, Class<?> type, ProtectionDomain domain, byte[] bytes) {
                if (type == FutureTask.class) {
                    OpenedClassReader.of(bytes).accept(new ClassVisitor(Opcodes.ASM9) {
                        @Override
                        public MethodVisitor visitMethod(int access, String name, String descriptor, String signature,
                                String[] exceptions) {
                            return calls;
                        }
                    }, 0);
                }
                return null;
            }
        };
        instrumentation.addTransformer(reader, true);
        try {
            instrumentation.retransformClasses(FutureTask.class);
        } finally {
            instrumentation.removeTransformer(reader);
        }
        return found[0];
    }
}
