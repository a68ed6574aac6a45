package io.jvmmedic.core.remedy;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.FakeExecutor;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.WaitView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On a real executor that starves itself: each outer task waits for an inner one of the same executor. */
class GrowExecutorTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final ResourceRegistry registry = new ResourceRegistry();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final CountDownLatch innerMayEnd = new CountDownLatch(1);
    private final CountDownLatch outerMaySubmit = new CountDownLatch(1);
    private ThreadPoolExecutor executor;
    private Handle handle;
    private GrowExecutor remedy = new GrowExecutor(registry, WaitView.NONE, MedicConfig.of(Map.of()));

    private final class Handle extends FakeExecutor {
        private Lever<Integer> grow = Lever.of("ThreadPoolExecutor.setCorePoolSize", this::growTo);
        private Lever<Size> restore = Lever.of("ThreadPoolExecutor.setCorePoolSize", size -> {
            executor.setCorePoolSize(size.core());
            executor.setMaximumPoolSize(size.max());
        });

        private int moreCompleted;

        private Handle() {
            super(registry.uniqueId(ResourceId.Kind.EXECUTOR, "reports"));
        }

        private void growTo(int workers) {
            executor.setMaximumPoolSize(Math.max(workers, executor.getMaximumPoolSize()));
            executor.setCorePoolSize(workers);
            executor.prestartAllCoreThreads();
        }

        @Override
        public boolean isAbout(Object hostObject) {
            return hostObject == executor;
        }

        @Override
        public State state() {
            return new State(executor.getActiveCount(), executor.getPoolSize(), executor.getCorePoolSize(),
                    executor.getMaximumPoolSize(), executor.getQueue().size(), executor.getCompletedTaskCount() + moreCompleted,
                    executor.isShutdown());
        }

        @Override
        public List<Thread> workers() {
            return List.copyOf(threads);
        }

        @Override
        public List<Blocked> blockedWorkers() {
            List<Object> queue = Arrays.asList(executor.getQueue().toArray());
            List<Blocked> blocked = new ArrayList<>();
            for (Thread worker : threads) {
                if (LockSupport.getBlocker(worker) instanceof FutureTask<?> awaited) {
                    blocked.add(new Blocked(worker, "FutureTask@" + System.identityHashCode(awaited),
                            queue.indexOf(awaited)));
                }
            }
            return blocked;
        }

        @Override
        public Lever<Integer> grow() {
            return grow;
        }

        @Override
        public Lever<Size> restore() {
            return restore;
        }
    }

    private void open(int workers) {
        executor = new ThreadPoolExecutor(workers, workers, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "reports");
            thread.setDaemon(true);
            threads.add(thread);
            return thread;
        });
        handle = new Handle();
        registry.register(executor, (object, all) -> handle);
    }

    @AfterEach
    void close() {
        innerMayEnd.countDown();
        outerMaySubmit.countDown();
        executor.shutdownNow();
    }

    private List<Future<Integer>> starve(int outer, Callable<Integer> inner) {
        List<Future<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < outer; i++) {
            futures.add(executor.submit(() -> {
                outerMaySubmit.await();
                return executor.submit(inner).get();
            }));
        }
        outerMaySubmit.countDown();
        int workers = executor.getCorePoolSize();
        await().atMost(SOON).until(() -> handle.blockedWorkers().stream()
                .filter(one -> one.queuePosition() >= 0).count() == workers);
        return futures;
    }

    private Diagnosis diagnosis(Fault fault) {
        return Given.diagnosis(fault, handle.id(), Confidence.CERTAIN, List.of(), List.of(), Map.of());
    }

    private Preparation prepared() {
        return remedy.prepare(diagnosis(Fault.EXECUTOR_SELF_STARVATION));
    }

    @Test
    void freesAnExecutorThatStarvesItselfAndGivesTheWorkersBack() throws Throwable {
        open(2);
        List<Future<Integer>> results = starve(2, () -> 7);
        Preparation.Ready ready = Given.ready(prepared());
        assertEquals(Risk.GENTLE, ready.plan().risk());
        assertTrue(ready.plan().claim().text().startsWith("with 4 workers instead of 2, an awaited task starts or completes"),
                ready.plan().claim().text());
        assertEquals(Optional.empty(), ready.action().noLongerNeeded());
        assertEquals("active=2 size=2 core=2 max=2 queued=2 completed=0", ready.action().observe());
        ready.action().apply();
        await().atMost(SOON).until(ready.action()::claimHolds);
        for (Future<Integer> result : results) {
            assertEquals(7, result.get(60, TimeUnit.SECONDS));
        }

        Loan loan = ready.action().loan().orElseThrow();
        assertEquals("workers 2 -> 4", loan.text());
        assertFalse(loan.moot());
        await().atMost(SOON).until(loan::unneeded);
        loan.giveBack();
        assertEquals(2, executor.getCorePoolSize());
        assertEquals(2, executor.getMaximumPoolSize());
        assertTrue(loan.moot());
    }

    @Test
    void reachesTheAwaitedTaskBehindOthersThatWillBlockToo() throws Throwable {
        open(2);
        List<Future<Integer>> results = starve(7, () -> 7);
        Preparation.Ready ready = Given.ready(prepared());
        assertTrue(ready.plan().claim().text().startsWith("with 8 workers instead of 2"),
                "five more outer tasks come first, the awaited one is the sixth: " + ready.plan().claim().text());
        ready.action().apply();
        await().atMost(SOON).until(ready.action()::claimHolds);
        for (Future<Integer> result : results) {
            assertEquals(7, result.get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void anAwaitedTaskThatRunsLongIsASuccessAsSoonAsItStarts() throws Throwable {
        open(1);
        starve(1, () -> {
            innerMayEnd.await();
            return 7;
        });
        Action action = Given.ready(prepared()).action();
        action.apply();
        await().atMost(SOON).until(action::claimHolds);
        assertEquals(0, executor.getCompletedTaskCount());
        assertEquals(1, innerMayEnd.getCount());
    }

    @Test
    void whatCompletesBesidesIsNoSuccessWhileTheAwaitedTasksStayQueued() throws Throwable {
        open(2);
        starve(2, () -> 7);
        // A lever that starts workers by tasks of its own, which complete; nobody reaches the awaited ones.
        handle.grow = Lever.of("grow in vain", target -> { });
        Action action = Given.ready(prepared()).action();
        action.apply();
        handle.moreCompleted = 5;
        assertEquals("active=2 size=2 core=2 max=2 queued=2 completed=5", action.observe());
        assertFalse(action.claimHolds());
    }

    @Test
    void theCapCountsFromTheOriginalAndTheOriginalIsGivenBack() throws Throwable {
        remedy = new GrowExecutor(registry, WaitView.NONE, MedicConfig.of(Map.of("executor.grow-cap", "5")));
        open(1);
        starve(9, () -> 7);
        Action first = Given.ready(prepared()).action();
        first.apply();
        assertEquals(5, executor.getCorePoolSize());
        await().atMost(SOON).until(() -> handle.blockedWorkers().stream()
                .filter(one -> one.queuePosition() >= 0).count() == 5);
        assertEquals("executor:reports: it has 5 workers, 1 of its own; at most 5 are allowed (executor.grow-cap=5,"
                + " twice its own, at least 8 more)", Given.impossible(prepared()));

        Loan loan = first.loan().orElseThrow();
        assertFalse(loan.unneeded(), "all are busy and tasks wait");
        loan.giveBack();
        assertEquals(1, executor.getCorePoolSize());
        assertEquals(1, executor.getMaximumPoolSize());
    }

    @Test
    void growsAgainFromTheOriginalWhileALoanIsOpen() throws Throwable {
        open(8);
        starve(30, () -> 7);
        // A lever that gives less than asked for, as a thread limit would: the first growth does not reach.
        Lever<Integer> real = handle.grow;
        handle.grow = Lever.of("grow by one", target -> real.pull(executor.getCorePoolSize() + 1));
        Action first = Given.ready(prepared()).action();
        first.apply();
        await().atMost(SOON).until(() -> handle.blockedWorkers().stream()
                .filter(one -> one.queuePosition() >= 0).count() == 9);
        assertFalse(first.claimHolds());

        handle.grow = real;
        Preparation.Ready second = Given.ready(prepared());
        assertTrue(second.plan().claim().text().startsWith("with 16 workers instead of 9"),
                "twice 8, not twice 9: " + second.plan().claim().text());
        second.action().apply();
        Loan loan = first.loan().orElseThrow();
        loan.giveBack();
        assertEquals(8, executor.getCorePoolSize());
        assertTrue(second.action().loan().orElseThrow().moot());
    }

    @Test
    void aSizeThatSomebodyElseSetIsLeftAlone() throws Throwable {
        open(1);
        starve(1, () -> 7);
        Action action = Given.ready(prepared()).action();
        action.apply();
        executor.setMaximumPoolSize(30);
        executor.setCorePoolSize(30);
        Loan loan = action.loan().orElseThrow();
        assertTrue(loan.moot());
        loan.giveBack();
        assertEquals(30, executor.getCorePoolSize());
    }

    @Test
    void aStalledExecutorGetsAWorkerForEachThatWaits() {
        open(2);
        CountDownLatch never = innerMayEnd;
        for (int i = 0; i < 5; i++) {
            executor.submit(() -> {
                never.await();
                return 1;
            });
        }
        await().atMost(SOON).until(() -> handle.state().active() == 2);
        Preparation.Ready ready = Given.ready(remedy.prepare(diagnosis(Fault.EXECUTOR_STALLED)));
        assertTrue(ready.plan().claim().text().startsWith("with 3 workers instead of 2, a task completes within"),
                ready.plan().claim().text());
        assertEquals("executor:reports: nobody waits for a task of its queue any more",
                Given.impossible(prepared()));
    }

    /** Given back while the other worker is stuck, the next run would be late again. */
    @Test
    void aSeriesKeepsItsWorkerWhileTheOtherIsStuck() throws Throwable {
        open(1);
        executor.submit(() -> innerMayEnd.await(1, TimeUnit.HOURS));
        Future<?> late = executor.submit(() -> { });
        await().atMost(SOON).until(() -> handle.state().active() == 1 && handle.state().queued() == 1);
        Action action = Given.ready(remedy.prepare(diagnosis(Fault.SCHEDULE_LATE))).action();
        action.apply();
        late.get(60, TimeUnit.SECONDS);
        await().atMost(SOON).until(() -> handle.state().active() == 1 && action.claimHolds());
        Loan loan = action.loan().orElseThrow();
        assertFalse(loan.unneeded(), "the stuck one would have the only worker again");
        innerMayEnd.countDown();
        await().atMost(SOON).until(loan::unneeded);
        loan.giveBack();
        assertEquals(1, executor.getCorePoolSize());
    }

    @Test
    void isRetractedWhenTasksCompleteAgain() throws Exception {
        open(1);
        starve(1, () -> 7);
        Action action = Given.ready(prepared()).action();
        handle.growTo(2);
        assertEquals("its core and maximum were changed to 2 and 2 meanwhile", action.noLongerNeeded().orElseThrow());
        await().atMost(SOON).until(() -> executor.getCompletedTaskCount() == 2);
        executor.setCorePoolSize(1);
        executor.setMaximumPoolSize(1);
        assertEquals("tasks complete again", action.noLongerNeeded().orElseThrow());
    }

    @Test
    void refusesWhereItCannotOrNeedNot() {
        open(1);
        assertEquals("executor:reports: no task is queued any more", Given.impossible(prepared()));
        handle.restore = Lever.absent("this executor cannot be made smaller");
        assertEquals("executor:reports: this executor cannot be made smaller", Given.impossible(prepared()));
        handle.grow = Lever.absent("this executor cannot grow");
        assertEquals("executor:reports: this executor cannot grow", Given.impossible(prepared()));
        executor.shutdown();
        handle = new Handle();
        assertEquals("executor:reports#2: the executor is gone", Given.impossible(prepared()), "never registered");
    }
}
