package io.jvmmedic.waits;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.remedy.GrowExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Real threads that wait for each other across executors, pools and locks; found with their cause, and set going again. */
class WaitKnotTest {

    private final List<ExecutorService> executors = new ArrayList<>();
    private final List<Future<?>> tasks = new ArrayList<>();
    private WaitWatch watch;

    @BeforeEach
    void open() throws InterruptedException {
        watch = new WaitWatch();
    }

    @AfterEach
    void close() {
        executors.forEach(ExecutorService::shutdownNow);
        watch.close();
    }

    private ThreadPoolExecutor executor(String name, int size) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor executor = new ThreadPoolExecutor(size, size, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(),
                task -> {
                    Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        executors.add(executor);
        return executor;
    }

    private HikariDataSource pool(String name, int size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl("jdbc:h2:mem:" + name);
        config.setMaximumPoolSize(size);
        config.setConnectionTimeout(300_000);
        return new HikariDataSource(config);
    }

    private static void meet(CyclicBarrier all) throws Exception {
        all.await(60, TimeUnit.SECONDS);
    }

    private void start(Callable<?> work) {
        FutureTask<?> task = new FutureTask<>(work);
        tasks.add(task);
        Thread thread = new Thread(task, "request-" + tasks.size());
        thread.setDaemon(true);
        thread.start();
    }

    private void awaitDone() throws Exception {
        for (Future<?> task : tasks) {
            task.get(120, TimeUnit.SECONDS);
        }
    }

    private void grow(Diagnosis diagnosis) throws Throwable {
        watch.heal(new GrowExecutor(watch.host.registry, watch.waits, watch.config()), diagnosis);
        awaitDone();
    }

    @Test
    void twoExecutorsWhoseTasksWaitForTasksOfTheOther() throws Throwable {
        ThreadPoolExecutor orders = executor("orders", 3);
        ThreadPoolExecutor stock = executor("stock", 2);
        CyclicBarrier all = new CyclicBarrier(5);
        for (int i = 0; i < 5; i++) {
            ThreadPoolExecutor own = i < 3 ? orders : stock;
            ThreadPoolExecutor other = i < 3 ? stock : orders;
            tasks.add(own.submit(() -> {
                meet(all);
                return other.submit(() -> 1).get();
            }));
        }
        Diagnosis diagnosis = watch.awaitFault(Fault.WAIT_KNOT, Confidence.CERTAIN);
        // Two wait for tasks of orders and three for tasks of stock: the smaller loan first.
        assertEquals("executor:orders", diagnosis.resource().toString());
        assertEquals("executor:orders: locked with executor:stock, 5 threads wait in a circle; 3 of 3 workers busy, 2 queued",
                diagnosis.primary().summary());
        String cause = diagnosis.primary().cause();
        assertTrue(cause.startsWith("3 threads in executor:orders, waiting for a task queued in executor:stock at"
                + " WaitKnotTest.lambda$"), cause);
        assertTrue(cause.contains("; 2 threads in executor:stock, waiting for a task queued in executor:orders at"
                + " WaitKnotTest.lambda$"), cause);
        assertTrue(diagnosis.waitForGraph().startsWith("cycle: orders-"), diagnosis.waitForGraph());
        assertTrue(diagnosis.waitForGraph().contains("waits for executor:stock since "), diagnosis.waitForGraph());
        grow(diagnosis);
        assertEquals(3, orders.getCorePoolSize());
    }

    @Test
    void workersThatWaitForConnectionsOfThoseWhoWaitForTheirQueue() throws Throwable {
        ThreadPoolExecutor mail = executor("mail", 2);
        try (HikariDataSource pool = pool("shop", 2)) {
            CyclicBarrier holding = new CyclicBarrier(2);
            CountDownLatch submitted = new CountDownLatch(2);
            for (int i = 0; i < 2; i++) {
                tasks.add(mail.submit(() -> {
                    submitted.await();
                    try (Connection connection = pool.getConnection()) {
                        return connection.isValid(1);
                    }
                }));
                start(() -> {
                    try (Connection connection = pool.getConnection()) {
                        meet(holding);
                        Future<?> sent = mail.submit(() -> 1);
                        submitted.countDown();
                        return sent.get() + connection.getCatalog();
                    }
                });
            }
            Diagnosis diagnosis = watch.awaitFault(Fault.WAIT_KNOT, Confidence.CERTAIN);
            assertEquals("executor:mail", diagnosis.resource().toString());
            assertTrue(diagnosis.primary().summary().startsWith(
                    "executor:mail: locked with pool:shop, 4 threads wait in a circle"), diagnosis.primary().summary());
            assertTrue(diagnosis.primary().cause().contains("2 threads with pool:shop in hand, waiting for a task queued in"
                    + " executor:mail at WaitKnotTest.lambda$"), diagnosis.primary().cause());
            assertTrue(diagnosis.primary().cause().contains("2 threads in executor:mail, waiting for pool:shop at"),
                    diagnosis.primary().cause());
            grow(diagnosis);
            assertEquals(2, mail.getCorePoolSize());
        }
    }

    @Test
    void workersThatWaitForHttpConnectionsOfThoseWhoWaitForTheirQueue() throws Throwable {
        ThreadPoolExecutor render = executor("pages", 2);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write(new byte[] {'o', 'k'});
            exchange.close();
        });
        server.start();
        HttpGet request = new HttpGet("http://localhost:" + server.getAddress().getPort() + "/");
        // Two connections for each host.
        PoolingHttpClientConnectionManager connections = new PoolingHttpClientConnectionManager();
        connections.setDefaultMaxPerRoute(2);
        try (CloseableHttpClient client = HttpClients.custom().setConnectionManager(connections).build()) {
            CyclicBarrier holding = new CyclicBarrier(2);
            CountDownLatch submitted = new CountDownLatch(2);
            for (int i = 0; i < 2; i++) {
                tasks.add(render.submit(() -> {
                    submitted.await();
                    return client.execute(request, ClassicHttpResponse::getCode);
                }));
                start(() -> client.execute(request, response -> {
                    try {
                        meet(holding);
                        Future<?> page = render.submit(() -> 1);
                        submitted.countDown();
                        return page.get();
                    } catch (Exception e) {
                        throw new IOException(e);
                    }
                }));
            }
            Diagnosis diagnosis = watch.awaitFault(Fault.WAIT_KNOT, Confidence.CERTAIN);
            assertEquals("executor:pages", diagnosis.resource().toString());
            assertTrue(diagnosis.primary().summary().startsWith(
                    "executor:pages: locked with http:httpclient5, 4 threads wait in a circle"), diagnosis.primary().summary());
            assertTrue(diagnosis.primary().cause().contains("2 threads with http:httpclient5 in hand, waiting for a task queued in"
                    + " executor:pages at WaitKnotTest.lambda$"), diagnosis.primary().cause());
            assertTrue(diagnosis.primary().cause().contains("2 threads in executor:pages, waiting for http:httpclient5 at"),
                    diagnosis.primary().cause());
            grow(diagnosis);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void workersThatJoinThreadsWhoWaitForTheirQueue() throws Throwable {
        ThreadPoolExecutor merge = executor("merge", 2);
        CyclicBarrier both = new CyclicBarrier(2);
        for (int i = 0; i < 2; i++) {
            tasks.add(merge.submit(() -> {
                meet(both);
                Thread helper = new Thread(() -> {
                    try {
                        merge.submit(() -> 1).get();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }, "helper");
                helper.setDaemon(true);
                helper.start();
                helper.join();
                return 1;
            }));
        }
        Diagnosis diagnosis = watch.awaitFault(Fault.WAIT_KNOT, Confidence.CERTAIN);
        assertEquals("executor:merge", diagnosis.resource().toString());
        assertTrue(diagnosis.primary().cause().contains("2 threads in executor:merge, waiting for the end of helper at"
                + " WaitKnotTest.lambda$"), diagnosis.primary().cause());
        assertTrue(diagnosis.primary().cause().contains("2 threads waiting for a task queued in executor:merge at"
                + " WaitKnotTest.lambda$"), diagnosis.primary().cause());
        grow(diagnosis);
    }

    @Test
    void aLockHeldWhileATaskIsAwaitedWhoseExecutorWaitsForThatLock() throws Throwable {
        ThreadPoolExecutor index = executor("index", 2);
        ReentrantLock lock = new ReentrantLock();
        Object monitor = new Object();
        CountDownLatch held = new CountDownLatch(1);
        tasks.add(index.submit(() -> {
            held.await();
            lock.lock();
            lock.unlock();
            return 1;
        }));
        tasks.add(index.submit(() -> {
            held.await();
            synchronized (monitor) {
                return 1;
            }
        }));
        start(() -> {
            lock.lock();
            try {
                synchronized (monitor) {
                    held.countDown();
                    return index.submit(() -> 1).get();
                }
            } finally {
                lock.unlock();
            }
        });
        Diagnosis diagnosis = watch.awaitFault(Fault.WAIT_KNOT, Confidence.CERTAIN);
        assertEquals("executor:index", diagnosis.resource().toString());
        assertEquals(3, diagnosis.primary().evidence().measure("threads"));
        assertTrue(diagnosis.primary().evidence().facts().stream().anyMatch(fact -> fact.matches(
                "executor:index: index-\\d waits for Object@\\w+ held by request-3 since .* at WaitKnotTest.lambda.*")),
                () -> diagnosis.primary().evidence().facts().toString());
        grow(diagnosis);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void aVirtualThreadThatHoldsWhatTheWorkersNeed() throws Throwable {
        ThreadPoolExecutor render = executor("render", 2);
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch held = new CountDownLatch(1);
        for (int i = 0; i < 2; i++) {
            tasks.add(render.submit(() -> {
                held.await();
                lock.lock();
                lock.unlock();
                return 1;
            }));
        }
        FutureTask<Integer> request = new FutureTask<>(() -> {
            lock.lock();
            try {
                held.countDown();
                return render.submit(() -> 1).get();
            } finally {
                lock.unlock();
            }
        });
        tasks.add(request);
        Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, request);
        Diagnosis diagnosis = watch.awaitFault(Fault.WAIT_KNOT, Confidence.CERTAIN);
        assertEquals("executor:render", diagnosis.resource().toString());
        assertTrue(diagnosis.primary().evidence().threads().stream().anyMatch(id -> id < 0),
                () -> diagnosis.primary().evidence().threads().toString());
        grow(diagnosis);
    }

    /** One worker of either executor is at work, or the other has one to spare: it takes its time and passes. */
    @Test
    void asLongAsOneGoesOnItIsNoKnot() throws Exception {
        ThreadPoolExecutor front = executor("front", 2);
        ThreadPoolExecutor back = executor("back", 2);
        CountDownLatch enough = new CountDownLatch(1);
        CyclicBarrier all = new CyclicBarrier(4);
        for (int i = 0; i < 3; i++) {
            ThreadPoolExecutor own = i < 2 ? front : back;
            ThreadPoolExecutor other = i < 2 ? back : front;
            tasks.add(own.submit(() -> {
                meet(all);
                return other.submit(() -> 1).get();
            }));
        }
        tasks.add(back.submit(() -> {
            meet(all);
            while (!enough.await(1, TimeUnit.MILLISECONDS)) {
                Thread.onSpinWait();
            }
            return 1;
        }));
        await().atMost(WaitWatch.PATIENCE).until(() -> front.getQueue().size() == 1 && back.getQueue().size() == 2);
        watch.awaitRounds(5);
        assertEquals(List.of(), watch.ill());
        enough.countDown();
        awaitDone();
    }
}
