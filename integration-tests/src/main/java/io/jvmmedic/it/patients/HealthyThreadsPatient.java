package io.jvmmedic.it.patients;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.CloseableHttpResponse;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/**
 * Threads that wait long, executors that are full, locks that are fought over, answers that take their time and a heap
 * that grows: all of it passes by itself.
 */
public final class HealthyThreadsPatient extends Patient {

    /** Well below half a G1 region, else each row would be humongous and take a region of its own. */
    private static final int ROW_BYTES = 64 << 10;

    private static final long SECONDS = 14;
    private static final int CONSUMERS = 4;

    private final Zoo zoo = new Zoo();
    private Backend backend;

    public static void main(String[] arguments) throws Exception {
        new HealthyThreadsPatient().serve();
    }

    @Override
    protected void open() throws Exception {
        backend = new Backend();
        Garbage.produce();
        on("begin", ignored -> {
            begin();
            return "";
        });
        on("zoo", ignored -> zoo.status());
    }

    @Override
    protected void close() {
        backend.close();
    }

    private void begin() {
        zoo.keep("long-poll", () -> longPoll(backend.url("/" + SECONDS * 1_000)));
        zoo.keep("slow-stream", () -> longPoll(backend.url("/drip/1500")));
        zoo.keep("jdk-long-poll", this::jdkLongPoll);
        zoo.keep("draining-burst", HealthyThreadsPatient::drainBurst);
        zoo.keep("consumers", HealthyThreadsPatient::consume);
        zoo.keep("waits-for-the-other-executor", HealthyThreadsPatient::waitForOther);
        zoo.keep("waits-with-a-limit", HealthyThreadsPatient::waitWithLimit);
        zoo.keep("fork-join", HealthyThreadsPatient::forkJoin);
        zoo.keep("slow-io-executor", HealthyThreadsPatient::sleepers);
        ReentrantLock left = new ReentrantLock();
        ReentrantLock right = new ReentrantLock();
        zoo.keep("retry-left", () -> retry(left, right));
        zoo.keep("retry-right", () -> retry(right, left));
        zoo.keep("heap-batch", HealthyThreadsPatient::batch);
    }

    /** As long polls are: all connections of the route out at once, nothing on the wire. */
    private static void longPoll(String url) throws Exception {
        PoolingHttpClientConnectionManager connections = new PoolingHttpClientConnectionManager();
        connections.setDefaultMaxPerRoute(1);
        try (CloseableHttpClient client = HttpClients.custom().setConnectionManager(connections).build();
                CloseableHttpResponse response = client.execute(new HttpGet(url))) {
            EntityUtils.consume(response.getEntity());
        }
    }

    private void jdkLongPoll() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(backend.url("/" + SECONDS * 1_000))).build();
        int status = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
        if (status != 200) {
            throw new IllegalStateException("answered " + status);
        }
    }

    /** Far more work than workers, and it gets done. */
    private static void drainBurst() throws Exception {
        ExecutorService executor = executor("burst", 2);
        List<Future<?>> results = new ArrayList<>();
        for (int i = 0; i < 240; i++) {
            results.add(executor.submit(() -> rest(SECONDS * 1_000 / 120)));
        }
        for (Future<?> result : results) {
            result.get();
        }
        executor.shutdown();
    }

    /** Every worker is parked in take() most of the time, and one more task waits for a free worker for ever. */
    private static void consume() throws Exception {
        ExecutorService executor = executor("consumer", CONSUMERS);
        BlockingQueue<String> orders = new ArrayBlockingQueue<>(CONSUMERS);
        List<Future<?>> consumers = new ArrayList<>();
        for (int i = 0; i < CONSUMERS + 1; i++) {
            consumers.add(executor.submit(() -> {
                while (!orders.take().equals("end")) {
                    Thread.onSpinWait();
                }
                return null;
            }));
        }
        for (long end = end(); System.nanoTime() < end; ) {
            orders.put("order");
            rest(3_000);
        }
        for (int i = 0; i < CONSUMERS + 1; i++) {
            orders.put("end");
        }
        for (Future<?> consumer : consumers) {
            consumer.get();
        }
        executor.shutdown();
    }

    /** All workers of one executor wait for a slow other one. */
    private static void waitForOther() throws Exception {
        ExecutorService front = executor("front", 2);
        ExecutorService back = executor("back", 1);
        List<Future<?>> results = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            results.add(front.submit(() -> back.submit(() -> rest(SECONDS * 250)).get()));
        }
        for (Future<?> result : results) {
            result.get();
        }
        front.shutdown();
        back.shutdown();
    }

    /** Waits for work in its own queue, but gives up in time and does it itself: slow, and no lock-up. */
    private static void waitWithLimit() throws Exception {
        ExecutorService executor = executor("limited", 1);
        for (long end = end(); System.nanoTime() < end; ) {
            executor.submit(() -> {
                Future<String> part = executor.submit(() -> "done");
                try {
                    return part.get(400, TimeUnit.MILLISECONDS);
                } catch (java.util.concurrent.TimeoutException e) {
                    part.cancel(true);
                    return "done without help";
                }
            }).get();
        }
        executor.shutdown();
    }

    /** Joins help with the work they wait for. */
    private static void forkJoin() throws Exception {
        ForkJoinPool pool = new ForkJoinPool(2);
        for (long end = end(); System.nanoTime() < end; ) {
            if (pool.submit(new Fibonacci(15)).get() != 610) {
                throw new IllegalStateException("wrong sum");
            }
            pool.submit(() -> CompletableFuture.supplyAsync(() -> "helped", pool).join()).get();
            rest(200);
        }
        pool.shutdown();
    }

    /** Full, and its tasks do nothing that needs a processor; now and then one ends. */
    private static void sleepers() throws Exception {
        ExecutorService executor = executor("sleeper", 2);
        List<Future<?>> results = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            results.add(executor.submit(() -> rest(SECONDS * 250)));
        }
        for (Future<?> result : results) {
            result.get();
        }
        executor.shutdown();
    }

    /** Meets its opposite again and again; whoever does not get the second lock in time lets go of the first. */
    private static void retry(ReentrantLock first, ReentrantLock second) throws Exception {
        for (long end = end(); System.nanoTime() < end; ) {
            first.lock();
            try {
                rest(50);
                if (second.tryLock(1_200, TimeUnit.MILLISECONDS)) {
                    second.unlock();
                }
            } finally {
                first.unlock();
            }
            rest(20);
        }
    }

    /** Fills most of the heap, holds it for a while, lets go. */
    private static void batch() {
        long share = Runtime.getRuntime().maxMemory() / 3 / ROW_BYTES;
        List<byte[]> rows = new ArrayList<>();
        for (long i = 0; i < share; i++) {
            rows.add(new byte[ROW_BYTES]);
            rest(SECONDS * 500 / share);
        }
        rest(SECONDS * 250);
        rows.clear();
    }

    private static ExecutorService executor(String name, int workers) {
        ThreadPoolExecutor executor = (ThreadPoolExecutor) Executors.newFixedThreadPool(workers, task -> {
            Thread thread = new Thread(task, name + "-worker");
            thread.setDaemon(true);
            return thread;
        });
        executor.prestartAllCoreThreads();
        return executor;
    }

    private static long end() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    }

    private static void rest(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** The text-book one. */
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
}
