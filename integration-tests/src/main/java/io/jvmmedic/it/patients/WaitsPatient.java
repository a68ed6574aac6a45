package io.jvmmedic.it.patients;

import java.lang.Thread.State;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;

/**
 * Threads that come to wait for each other in ways that no thread dump calls a deadlock, one per command: {@code executors},
 * two whose tasks wait for tasks of the other; {@code pool}, holders of connections and workers that want one;
 * {@code task}, the holder of a lock and the task it waits for; {@code lost}, a lock whose owner has ended; {@code cache},
 * loads that need each other's entry; {@code classes}, static initializers that need each other. {@code ends} tells who
 * came to an end. Arguments: the folder of the libraries and the name of the pool.
 */
public final class WaitsPatient extends Patient {

    private static final int SLOTS = 2;
    private static final long PATIENCE_MILLIS = 120_000;

    private final PoolLibrary library;
    private final List<String> ends = new CopyOnWriteArrayList<>();
    private final ExecutorService orders = executor("orders-worker");
    private final ExecutorService stock = executor("stock-worker");
    private final ExecutorService mail = executor("mail-worker");
    private final ExecutorService index = executor("index-worker");

    private WaitsPatient(PoolLibrary library) {
        this.library = library;
    }

    public static void main(String[] arguments) throws Exception {
        new WaitsPatient(PoolLibrary.in(arguments[0], arguments[1]).get(0)).serve();
    }

    @Override
    protected void open() throws Exception {
        PoolUnderTest pool = library.pool(library.h2(), "shop", SLOTS, PATIENCE_MILLIS);
        PoolsPatient.run(pool.dataSource(), "select 1");
        Garbage.produce();
        on("ends", ignored -> ends.toString());
        on("executors", ignored -> {
            crossTasks();
            return "";
        });
        on("pool", ignored -> {
            crossPool(pool.dataSource());
            return "";
        });
        on("task", ignored -> {
            holdLockAndWaitForTask();
            return "";
        });
        on("lost", ignored -> {
            loseLock();
            return "";
        });
        on("cache", ignored -> {
            crossLoads();
            return "";
        });
        on("classes", ignored -> {
            crossClasses();
            return "";
        });
    }

    private static ExecutorService executor(String name) {
        ThreadFactory factory = task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
        return Executors.newFixedThreadPool(SLOTS, factory);
    }

    private static void meet(CyclicBarrier all) {
        try {
            all.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void crossTasks() {
        CyclicBarrier all = new CyclicBarrier(2 * SLOTS);
        for (int i = 0; i < SLOTS; i++) {
            orders.submit(() -> askOther(all, stock));
            stock.submit(() -> askOther(all, orders));
        }
    }

    private Object askOther(CyclicBarrier all, ExecutorService other) throws Exception {
        meet(all);
        Object answer = other.submit(() -> "answer").get();
        ends.add("order");
        return answer;
    }

    private void crossPool(DataSource pool) {
        CyclicBarrier holding = new CyclicBarrier(SLOTS);
        CountDownLatch submitted = new CountDownLatch(SLOTS);
        for (int i = 0; i < SLOTS; i++) {
            mail.submit(() -> {
                submitted.await();
                PoolsPatient.run(pool, "select 2");
                ends.add("mail");
                return null;
            });
            daemon("buyer", () -> buy(pool, holding, submitted));
        }
    }

    private void buy(DataSource pool, CyclicBarrier holding, CountDownLatch submitted) {
        try (Connection connection = pool.getConnection()) {
            meet(holding);
            var receipt = mail.submit(() -> "receipt");
            submitted.countDown();
            receipt.get();
            PoolsPatient.run(connection, "select 3");
            ends.add("buyer");
        } catch (Exception e) {
            ends.add("buyer failed: " + e);
        }
    }

    private void holdLockAndWaitForTask() {
        ReentrantLock lock = new ReentrantLock();
        daemon("publisher", () -> {
            lock.lock();
            try {
                index.submit(() -> update(lock)).get();
                ends.add("publisher");
            } catch (Exception e) {
                ends.add("publisher failed: " + e);
            } finally {
                lock.unlock();
            }
        });
    }

    private Object update(ReentrantLock lock) {
        lock.lock();
        lock.unlock();
        return "updated";
    }

    private void loseLock() throws InterruptedException {
        ReentrantLock lock = new ReentrantLock();
        Thread loser = daemon("loser", lock::lock);
        loser.join();
        daemon("finder", () -> {
            lock.lock();
            ends.add("finder");
        });
    }

    private static void crossLoads() {
        Map<String, String> cache = new ConcurrentHashMap<>(64);
        CyclicBarrier both = new CyclicBarrier(2);
        daemon("loader-left", () -> load(cache, "left", "right", both));
        daemon("loader-right", () -> load(cache, "right", "left", both));
    }

    private static String load(Map<String, String> cache, String key, String needed, CyclicBarrier both) {
        return cache.computeIfAbsent(key, one -> {
            meet(both);
            return one + cache.computeIfAbsent(needed, other -> other);
        });
    }

    private void crossClasses() throws InterruptedException {
        Thread tax = daemon("tax", () -> ends.add(Tax.RATE.toString()));
        while (tax.getState() != State.WAITING) {
            Thread.sleep(5);
        }
        daemon("price", () -> ends.add(Price.LIST.toString()));
    }

    private static final CyclicBarrier INITIALIZERS = new CyclicBarrier(2);

    /** Needs the prices. */
    static final class Tax {
        static final List<String> RATE;

        static {
            meet(INITIALIZERS);
            RATE = Price.LIST;
        }
    }

    /** Needs the taxes. */
    static final class Price {
        static final List<String> LIST;

        static {
            meet(INITIALIZERS);
            LIST = Tax.RATE;
        }
    }
}
