package io.jvmmedic.waits;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Test;

/** Waits of every kind that end by themselves, among 5,000 threads, all at once: nothing above a hint. */
class HealthyWaitsTest {

    private static final int THREADS = 5_000;
    private static final int VIRTUAL_THREADS = 10_000;
    private static final int ROUNDS = 15;

    private final List<Thread> threads = new ArrayList<>();
    private final List<ExecutorService> executors = new ArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile boolean over;

    /** Work that may be interrupted at its end. */
    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    private void start(String name, Work work) {
        Thread thread = new Thread(null, quiet(work), name, 128 << 10);
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
    }

    private static Runnable quiet(Work work) {
        return () -> {
            try {
                work.run();
            } catch (Exception ended) {
                Thread.currentThread().interrupt();
            }
        };
    }

    /** Two workers and three tasks: one stands in the queue all the time. */
    private void crowd(String name, Work work) {
        ExecutorService executor = Executors.newFixedThreadPool(2, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executors.add(executor);
        for (int i = 0; i < 3; i++) {
            executor.submit(quiet(work));
        }
    }

    @Test
    void areLeftAlone() throws Exception {
        try (WaitWatch watch = new WaitWatch()) {
            for (int i = 0; i < THREADS; i++) {
                start("sleeper-" + i, end::await);
            }
            contention();
            readersAndWriters();
            locksOfThreadsThatEnd();
            lateFutures();
            limits();
            fullExecutors();
            computation();
            slowInitializer();
            virtualThreads();
            watch.awaitRounds(ROUNDS);
            assertEquals(List.of(), watch.ill());
        } finally {
            over = true;
            end.countDown();
            executors.forEach(ExecutorService::shutdownNow);
            threads.forEach(Thread::interrupt);
        }
    }

    private void contention() {
        Lock lock = new ReentrantLock(true);
        ReentrantReadWriteLock table = new ReentrantReadWriteLock();
        Object monitor = new Object();
        for (int i = 0; i < 8; i++) {
            start("contender-" + i, () -> {
                while (!over) {
                    lock.lock();
                    table.readLock().lock();
                    try {
                        synchronized (monitor) {
                            LockSupport.parkNanos(200_000);
                        }
                    } finally {
                        table.readLock().unlock();
                        lock.unlock();
                    }
                    table.writeLock().lock();
                    table.writeLock().unlock();
                }
            });
        }
    }

    /** Two tables, always in the same order; writers of the fair one keep readers back. */
    private void readersAndWriters() {
        ReentrantReadWriteLock accounts = new ReentrantReadWriteLock(true);
        ReentrantReadWriteLock orders = new ReentrantReadWriteLock();
        for (int i = 0; i < 6; i++) {
            boolean writes = i % 3 == 0;
            start("table-user-" + i, () -> {
                while (!over) {
                    Lock first = writes ? accounts.writeLock() : accounts.readLock();
                    Lock second = writes ? orders.readLock() : orders.writeLock();
                    first.lock();
                    second.lock();
                    LockSupport.parkNanos(100_000);
                    second.unlock();
                    first.unlock();
                    LockSupport.parkNanos(1_000_000);
                }
            });
        }
    }

    /** The owner of a lock, asked for a moment after it released it, may have ended. */
    private void locksOfThreadsThatEnd() {
        Lock lock = new ReentrantLock();
        for (int i = 0; i < 3; i++) {
            start("starts-threads-" + i, () -> {
                while (!over) {
                    Thread thread = new Thread(() -> {
                        lock.lock();
                        LockSupport.parkNanos(50_000);
                        lock.unlock();
                    });
                    thread.start();
                    thread.join();
                    LockSupport.parkNanos(5_000_000);
                }
            });
        }
    }

    /** All workers wait for what another thread completes in its own time, while more of the chain is queued behind them. */
    private void lateFutures() {
        BlockingQueue<CompletableFuture<Integer>> open = new LinkedBlockingQueue<>();
        start("completes-late", () -> {
            while (!over) {
                CompletableFuture<Integer> next = open.take();
                Thread.sleep(2_500);
                next.complete(1);
            }
        });
        crowd("awaits-a-chain", () -> {
            while (!over) {
                CompletableFuture<Integer> first = new CompletableFuture<>();
                CompletableFuture<Integer> last = first.thenApply(one -> one + 1).thenCombine(first, Integer::sum);
                open.add(first);
                last.get(60, TimeUnit.SECONDS);
            }
        });
    }

    /** They meet in a cycle again and again, and part. */
    private void limits() {
        ReentrantLock left = new ReentrantLock();
        ReentrantLock right = new ReentrantLock();
        for (List<ReentrantLock> order : List.of(List.of(left, right), List.of(right, left))) {
            start("retry", () -> {
                while (!over) {
                    order.get(0).lock();
                    try {
                        LockSupport.parkNanos(20_000_000);
                        if (order.get(1).tryLock(1_300, TimeUnit.MILLISECONDS)) {
                            order.get(1).unlock();
                        }
                    } finally {
                        order.get(0).unlock();
                    }
                }
            });
        }
    }

    private void fullExecutors() {
        BlockingQueue<Integer> orders = new LinkedBlockingQueue<>();
        crowd("takes", orders::take);
        ReentrantLock lock = new ReentrantLock();
        Condition filled = lock.newCondition();
        crowd("awaits-a-condition", () -> {
            lock.lock();
            try {
                filled.await();
            } finally {
                lock.unlock();
            }
        });
        Object monitor = new Object();
        crowd("waits", () -> {
            synchronized (monitor) {
                monitor.wait();
            }
        });
        crowd("joins", () -> threads.get(0).join());
        crowd("sleeps", () -> Thread.sleep(60_000));
        Semaphore permits = new Semaphore(0);
        crowd("wants-a-permit", () -> permits.tryAcquire(60, TimeUnit.SECONDS));
        ReentrantReadWriteLock table = new ReentrantReadWriteLock();
        start("reader", () -> {
            table.readLock().lock();
            end.await();
        });
        crowd("writes", () -> table.writeLock().lockInterruptibly());
        ExecutorService other = Executors.newSingleThreadExecutor();
        executors.add(other);
        other.submit(() -> {
            Thread.sleep(60_000);
            return null;
        });
        crowd("waits-for-another-executor", () -> other.submit(() -> 1).get());
    }

    private void computation() {
        ForkJoinPool pool = new ForkJoinPool(2);
        executors.add(pool);
        start("computes", () -> {
            while (!over) {
                pool.invoke(new Fibonacci(18));
                LockSupport.parkNanos(5_000_000);
            }
        });
    }

    private static final class Fibonacci extends RecursiveTask<Integer> {

        private static final long serialVersionUID = 1L;

        private final int n;

        Fibonacci(int n) {
            this.n = n;
        }

        @Override
        protected Integer compute() {
            if (n < 2) {
                return n;
            }
            Fibonacci left = new Fibonacci(n - 1);
            left.fork();
            return new Fibonacci(n - 2).compute() + left.join();
        }
    }

    /** Takes its time, and others wait for its class. */
    static final class Slow {
        static final int VALUE;

        static {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(8));
            VALUE = Integer.parseInt("1");
        }
    }

    private void slowInitializer() {
        for (int i = 0; i < 3; i++) {
            start("wants-a-class-" + i, () -> LockSupport.parkNanos(Slow.VALUE));
        }
    }

    /** By reflection: only from 21 on. */
    private void virtualThreads() throws Exception {
        if (Runtime.version().feature() < 21) {
            return;
        }
        for (int i = 0; i < VIRTUAL_THREADS; i++) {
            Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, quiet(end::await));
        }
        Object monitor = new Object();
        Lock lock = new ReentrantLock();
        for (int i = 0; i < 20; i++) {
            Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, quiet(() -> {
                while (!over) {
                    synchronized (monitor) {
                        lock.lock();
                        LockSupport.parkNanos(1_000_000);
                        lock.unlock();
                    }
                }
            }));
        }
    }
}
