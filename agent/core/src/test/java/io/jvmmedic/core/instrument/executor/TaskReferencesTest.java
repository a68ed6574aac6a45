package io.jvmmedic.core.instrument.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.ModuleOpener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Threads parked on what has no owner, and tasks in a queue that have caught it, or have not. */
class TaskReferencesTest {

    private final ThreadPoolExecutor idle =
            new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
    private final List<Thread> threads = new ArrayList<>();

    /** Waits for good. */
    @FunctionalInterface
    private interface Wait {
        void begin() throws Exception;
    }

    @BeforeAll
    static void open() {
        new ModuleOpener(ByteBuddyAgent.install()).open(Object.class.getModule(), "java.util.concurrent");
    }

    @AfterEach
    void end() {
        threads.forEach(Thread::interrupt);
        idle.shutdownNow();
    }

    private Object blockerOf(Wait wait) {
        Thread thread = new Thread(() -> {
            try {
                wait.begin();
            } catch (Exception interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
        await().atMost(Duration.ofSeconds(60)).until(() ->
                thread.getState() == Thread.State.WAITING && LockSupport.getBlocker(thread) != null);
        return LockSupport.getBlocker(thread);
    }

    /** Fills the queue of an executor whose only worker is busy, behind a task that refers to nothing. */
    private int positionOf(Object blocker, Runnable... queued) {
        idle.execute(TaskReferencesTest::waitForGood);
        idle.execute(() -> { });
        for (Runnable task : queued) {
            idle.submit(task);
        }
        return new WaitIndex(List.copyOf(idle.getQueue())).reference(blocker);
    }

    @Test
    void aLatchThatATaskHasCaught() {
        CountDownLatch latch = new CountDownLatch(1);
        assertEquals(1, positionOf(blockerOf(latch::await), latch::countDown));
    }

    private final CountDownLatch field = new CountDownLatch(1);

    @Test
    void aLatchThatIsAFieldOfWhatATaskHasCaught() {
        assertEquals(1, positionOf(blockerOf(field::await), () -> field.countDown()));
    }

    @Test
    void aSemaphore() {
        Semaphore permits = new Semaphore(0);
        assertEquals(2, positionOf(blockerOf(permits::acquire), () -> { }, permits::release));
    }

    @Test
    void aBarrier() {
        CyclicBarrier barrier = new CyclicBarrier(2);
        assertEquals(1, positionOf(blockerOf(barrier::await), () -> quietly(barrier::await)));
    }

    @Test
    void aFutureThatATaskWillComplete() {
        CompletableFuture<Integer> future = new CompletableFuture<>();
        assertEquals(1, positionOf(blockerOf(future::get), () -> future.complete(1)));
    }

    /** Each is parked on one of its own; that they all wait for one future is what tells a start gate. */
    @Test
    void whoeverWaitsForTheSameFutureIsSeenToDoSo() {
        CompletableFuture<Integer> future = new CompletableFuture<>();
        Object first = blockerOf(future::get);
        Object second = blockerOf(future::join);
        assertEquals(1, positionOf(first, () -> future.complete(1)));
        WaitIndex queue = new WaitIndex(List.copyOf(idle.getQueue()));
        assertSame(first, queue.behind(first), "nobody has asked yet");
        assertEquals(1, queue.reference(second));
        assertSame(future, queue.behind(first));
        assertSame(future, queue.behind(second));
    }

    private static final class Pool extends ForkJoinPool {

        Pool() {
            super(1);
        }

        Object nextQueued() {
            return pollSubmission();
        }
    }

    @Test
    void aLatchThatATaskOfAForkJoinPoolHasCaught() {
        CountDownLatch latch = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        Object blocker = blockerOf(latch::await);
        Pool pool = new Pool();
        pool.execute(() -> {
            busy.countDown();
            waitForGood();
        });
        await().atMost(Duration.ofSeconds(60)).until(() -> busy.getCount() == 0);
        pool.execute(latch::countDown);
        Object task = await().atMost(Duration.ofSeconds(60)).until(pool::nextQueued, found -> found != null);
        pool.shutdownNow();
        assertEquals(0, new WaitIndex(List.of(task)).reference(blocker));
    }

    /** As libraries do: what ends a wait is some objects behind what the application handed in. */
    private record Stage(Object next) implements Runnable {

        static Stage before(Object last, int stages) {
            return new Stage(stages == 1 ? last : before(last, stages - 1));
        }

        @Override
        public void run() {
            throw new AssertionError("never run here");
        }
    }

    /** What it runs is not all that it does. */
    private record SubscriptionStage(Runnable work, Object subscriber) implements Runnable {

        @Override
        public void run() {
            throw new AssertionError("never run here");
        }
    }

    private static final class Subscriber extends AtomicReference<Object> {
        private static final long serialVersionUID = 1;
        private final CountDownLatch over = new CountDownLatch(1);
    }

    @Test
    void whatATaskReachesThroughOtherObjects() {
        CountDownLatch over = new CountDownLatch(1);
        Object latch = blockerOf(over::await);
        Object own = new Object();
        Subscriber subscriber = new Subscriber();
        Object subscribers = blockerOf(subscriber.over::await);
        CompletableFuture<Integer> source = new CompletableFuture<>();
        Object derived = blockerOf(source.thenApply(one -> one + 1)::join);
        idle.execute(TaskReferencesTest::waitForGood);
        idle.execute(Stage.before(over, 5));
        Subscriber before = new Subscriber();
        before.set(subscriber);
        idle.submit(new SubscriptionStage(() -> { }, before));
        idle.execute(Stage.before(source, 4));
        WaitIndex queue = new WaitIndex(List.copyOf(idle.getQueue()));
        for (Object blocker : List.of(latch, subscribers, derived)) {
            assertEquals(-1, queue.reference(blocker));
            assertTrue(queue.reaches(blocker));
        }
        assertFalse(queue.reaches(own));
    }

    /** Futures of other libraries: who waits is parked on the future itself. */
    @Test
    void whatIsParkedOnAnObjectOfALibrary() {
        Stage future = new Stage("");
        Object blocker = blockerOf(() -> {
            while (!Thread.interrupted()) {
                LockSupport.park(future);
            }
        });
        assertSame(future, blocker);
        idle.execute(TaskReferencesTest::waitForGood);
        idle.execute(Stage.before(future, 2));
        assertTrue(new WaitIndex(List.copyOf(idle.getQueue())).reaches(blocker));
    }

    @Test
    void whatIsTooFarAwayOrOfNobodyIsNotReached() {
        CountDownLatch far = new CountDownLatch(1);
        CountDownLatch other = new CountDownLatch(1);
        LinkedBlockingQueue<Integer> orders = new LinkedBlockingQueue<>();
        idle.execute(TaskReferencesTest::waitForGood);
        idle.execute(Stage.before(far, 12));
        idle.execute(() -> orders.add(1));
        WaitIndex queue = new WaitIndex(List.copyOf(idle.getQueue()));
        assertFalse(queue.reaches(blockerOf(far::await)));
        assertFalse(queue.reaches(blockerOf(other::await)));
        assertFalse(queue.reaches(blockerOf(orders::take)));
    }

    @Test
    void othersAreNone() {
        CountDownLatch latch = new CountDownLatch(1);
        CountDownLatch other = new CountDownLatch(1);
        LinkedBlockingQueue<Integer> orders = new LinkedBlockingQueue<>();
        assertEquals(-1, positionOf(blockerOf(latch::await), other::countDown, () -> orders.add(1)));
        assertEquals(-1, new WaitIndex(List.copyOf(idle.getQueue())).reference(blockerOf(orders::take)));
    }

    private static void waitForGood() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void quietly(Wait wait) {
        try {
            wait.begin();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
