package io.jvmmedic.core.signal;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.executor.ThreadCensus;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.Borrower;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.Leases;
import io.jvmmedic.core.resource.OpenResource;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.CoarseClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real threads that borrow and go on to other work, or do not. */
class ScopeWatchTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ResourceRegistry registry = new ResourceRegistry();
    private final Leases leases = registry.leases();
    private final ThreadCensus census = new ThreadCensus(registry, new ModuleOpener(ByteBuddyAgent.install()), List.of());
    private final ScopeWatch watch = new ScopeWatch(census);
    private final Object pool = new Object();
    private final Object entry = new Object();
    private final Object connection = new Object();
    private final CountDownLatch end = new CountDownLatch(1);
    private ExecutorService executor;
    private long round;

    @AfterEach
    void stop() throws InterruptedException {
        end.countDown();
        if (executor != null) {
            executor.shutdownNow();
            executor.awaitTermination(60, TimeUnit.SECONDS);
        }
        CoarseClock.set(0);
        assertNotNull(connection);
    }

    private void borrow() {
        leases.borrowed(pool, entry, connection, (host, all) -> new OpenResource(all.uniqueId(ResourceId.Kind.POOL, "test"), host));
    }

    /** Two seconds later. */
    private boolean look() {
        CoarseClock.set(CoarseClock.now() + 8);
        census.run();
        Lease.View lease = leases.of(registry.find(pool)).get(0);
        Borrower borrower = Borrower.of(lease.threadId(), census);
        Borrower user = lease.userId() == lease.threadId() ? borrower : Borrower.of(lease.userId(), census);
        return watch.isOver(lease, borrower, user, ++round);
    }

    private void block() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs to its end before it returns. */
    private void run(Runnable task) throws Exception {
        executor.submit(task).get();
    }

    @Test
    void aTaskThatStillRunsIsNotOverHoweverDeepItWaits() throws Exception {
        executor = Executors.newFixedThreadPool(1);
        CountDownLatch borrowed = new CountDownLatch(1);
        executor.execute(() -> {
            borrow();
            borrowed.countDown();
            block();
        });
        borrowed.await();
        for (int i = 0; i < 5; i++) {
            assertFalse(look());
        }
    }

    @Test
    void aWorkerThatRestsHasLeftItBehind() throws Exception {
        executor = Executors.newFixedThreadPool(1);
        run(this::borrow);
        await().atMost(PATIENCE).until(this::look);
    }

    @Test
    void soHasOneOfAForkJoinPool() throws Exception {
        executor = new ForkJoinPool(1);
        run(this::borrow);
        await().atMost(PATIENCE).until(this::look);
    }

    @Test
    void aWorkerThatIsBusyWithANextTaskHasLeftItBehindAndThatSticks() throws Exception {
        executor = Executors.newFixedThreadPool(1);
        CountDownLatch borrowed = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        executor.execute(() -> {
            borrow();
            borrowed.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        executor.execute(this::block);
        borrowed.await();
        assertFalse(look());
        goOn.countDown();
        await().atMost(PATIENCE).until(this::look);
        assertEquals(List.of(true, true), List.of(look(), look()));
    }

    @Test
    void aScheduledRunIsOverWhenItReturns() throws Exception {
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
        executor = scheduler;
        CountDownLatch borrowed = new CountDownLatch(1);
        scheduler.scheduleWithFixedDelay(() -> {
            if (borrowed.getCount() > 0) {
                borrow();
                borrowed.countDown();
            }
        }, 0, 1, TimeUnit.MILLISECONDS);
        borrowed.await();
        await().atMost(PATIENCE).until(this::look);
    }

    @Test
    void aThreadThatBeganAfterTheCensusIsNotTakenForDead() throws Exception {
        census.run();
        CountDownLatch borrowed = new CountDownLatch(1);
        Thread young = new Thread(() -> {
            borrow();
            borrowed.countDown();
            block();
        });
        young.start();
        borrowed.await();
        Lease.View lease = leases.of(registry.find(pool)).get(0);
        Borrower unseen = Borrower.of(lease.threadId(), census);
        assertFalse(watch.isOver(lease, unseen, unseen, ++round));
        for (int i = 0; i < 3; i++) {
            assertFalse(look());
        }
        end.countDown();
        young.join();
    }

    @Test
    void aDeadThreadHasLeftItBehind() throws Exception {
        Thread thread = new Thread(this::borrow);
        thread.start();
        thread.join();
        await().atMost(PATIENCE).until(this::look);
    }

    @Test
    void whoeverUsedItLastMustBeDoneToo() throws Exception {
        executor = Executors.newFixedThreadPool(1);
        run(this::borrow);
        await().atMost(PATIENCE).until(this::look);
        CountDownLatch used = new CountDownLatch(1);
        Thread user = new Thread(() -> {
            leases.used(entry);
            used.countDown();
            block();
        });
        user.start();
        used.await();
        for (int i = 0; i < 5; i++) {
            assertFalse(look(), "somebody has it");
        }
        end.countDown();
        user.join();
        await().atMost(PATIENCE).until(this::look);
    }
}
