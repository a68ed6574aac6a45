package io.jvmmedic.core.instrument.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Jdk;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** Executors that are no {@code ThreadPoolExecutor} of the JDK, or are hidden behind a framework's class. */
class ServerPoolsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int WORKERS = 3;

    private final ResourceRegistry registry = new ResourceRegistry();
    private final ThreadCensus census =
            new ThreadCensus(registry, new ModuleOpener(ByteBuddyAgent.install()), List.of());
    private final CountDownLatch release = new CountDownLatch(1);
    private AutoCloseable stop = () -> { };

    static List<String> tomcats() {
        return LibraryLoader.versions("tomcat");
    }

    static List<String> jetties() {
        return LibraryLoader.versions("jetty");
    }

    @AfterEach
    void stop() throws Exception {
        release.countDown();
        stop.close();
    }

    @ParameterizedTest
    @MethodSource("tomcats")
    void tomcatsRequestPoolIsSeenGrownAndGivenBack(String version) throws Throwable {
        ExecutorService pool = tomcat(version);
        starveAndGrow(pool, "http-nio-8080-exec",
                version.equals("9.0.31") ? "ThreadPoolExecutor" : "Tomcat ThreadPoolExecutor");
        ExecutorHandle handle = (ExecutorHandle) registry.find(pool);
        await().atMost(PATIENCE).untilAsserted(() ->
                assertEquals(new ExecutorHandle.State(0, WORKERS, WORKERS, WORKERS, 0, 2 * WORKERS, false), handle.state()));
        await().atMost(PATIENCE).until(() -> {
            census.run();
            return handle.workers().size() == WORKERS;
        });
        assertEquals(List.of(), handle.blockedWorkers(), "idle workers wait for nothing");
        pool.shutdown();
        await().atMost(PATIENCE).until(() -> !handle.alive());
    }

    private ExecutorService tomcat(String version) throws ReflectiveOperationException {
        LibraryLoader loader = LibraryLoader.of("tomcat", version);
        ThreadFactory factory = (ThreadFactory) loader.loadClass("org.apache.tomcat.util.threads.TaskThreadFactory")
                .getConstructor(String.class, boolean.class, int.class).newInstance("http-nio-8080-exec-", true, 5);
        Object queue = loader.loadClass("org.apache.tomcat.util.threads.TaskQueue").getConstructor().newInstance();
        Class<?> type = loader.loadClass("org.apache.tomcat.util.threads.ThreadPoolExecutor");
        ExecutorService pool = (ExecutorService) type.getConstructor(int.class, int.class, long.class, TimeUnit.class,
                BlockingQueue.class, ThreadFactory.class)
                .newInstance(WORKERS, WORKERS, 1, TimeUnit.MINUTES, queue, factory);
        queue.getClass().getMethod("setParent", type).invoke(queue, pool);
        stop = pool::shutdownNow;
        return pool;
    }

    @ParameterizedTest
    @MethodSource("jetties")
    void jettysPoolIsSeenGrownAndGivenBack(String version) throws Throwable {
        Executor pool = jetty(version);
        starveAndGrow(pool, "qtp-orders", "Jetty QueuedThreadPool");
        ExecutorHandle handle = (ExecutorHandle) registry.find(pool);
        await().atMost(PATIENCE).until(() -> handle.state().active() == 0);
        assertEquals(WORKERS, handle.state().max());
        assertEquals(0, handle.state().queued());
        await("idle workers wait for nothing").atMost(PATIENCE).until(() -> handle.blockedWorkers().isEmpty());
        call(pool, "stop");
        await().atMost(PATIENCE).until(() -> !handle.alive());
    }

    @ParameterizedTest
    @MethodSource("jetties")
    void jettysLeasedAndReservedThreadsAreNoBusyWorkers(String version) throws Throwable {
        Executor pool = jetty(version, 8, 2);
        Object budget = call(pool, "getThreadPoolBudget");
        Method lease = budget.getClass().getMethod("leaseTo", Object.class, int.class);
        lease.invoke(budget, this, 2);
        for (int i = 0; i < 2; i++) {
            pool.execute(this::awaitRelease);
        }
        ExecutorHandle handle = handle(pool, "qtp-orders");
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertEquals(0, handle.state().active());
            assertEquals(6, handle.state().max());
        });
        CountDownLatch reserved = new CountDownLatch(1);
        Method tryExecute = pool.getClass().getMethod("tryExecute", Runnable.class);
        // The first attempts only make it reserve a thread.
        await().atMost(PATIENCE).until(() -> (boolean) tryExecute.invoke(pool, (Runnable) () -> {
            reserved.countDown();
            awaitRelease();
        }));
        reserved.await();
        await().atMost(PATIENCE).untilAsserted(() -> assertEquals(1, handle.state().active()));
    }

    @ParameterizedTest
    @MethodSource("jetties")
    void aQueueOfJettyThatMovesIsProgress(String version) throws Throwable {
        Executor pool = jetty(version);
        for (int i = 0; i < WORKERS; i++) {
            pool.execute(this::awaitRelease);
        }
        for (int i = 0; i < 5; i++) {
            pool.execute(() -> { });
        }
        ExecutorHandle handle = handle(pool, "qtp-orders");
        await().atMost(PATIENCE).until(() -> handle.state().queued() == 5);
        long before = handle.state().completed();
        assertEquals(before, handle.state().completed(), "the same head is no progress");
        release.countDown();
        await().atMost(PATIENCE).until(() -> handle.state().queued() == 0);
        assertTrue(handle.state().completed() > before);
    }

    private Executor jetty(String version) throws Exception {
        return jetty(version, WORKERS, 0);
    }

    private Executor jetty(String version, int max, int reserved) throws Exception {
        LibraryLoader loader = LibraryLoader.of("jetty", version);
        Object pool = loader.loadClass("org.eclipse.jetty.util.thread.QueuedThreadPool")
                .getConstructor(int.class, int.class).newInstance(max, 1);
        call(pool, "setName", String.class, "qtp-orders");
        call(pool, "setDaemon", boolean.class, true);
        call(pool, "setReservedThreads", int.class, reserved);
        call(pool, "setStopTimeout", long.class, 0L);
        call(pool, "start");
        stop = () -> call(pool, "stop");
        return (Executor) pool;
    }

    /** A lambda that captures nothing is one and the same object each time. */
    @ParameterizedTest
    @MethodSource("jetties")
    void equalTasksOfJettyCountAsWell(String version) throws Exception {
        Executor pool = jetty(version);
        Semaphore mayEnd = new Semaphore(0);
        Runnable same = mayEnd::acquireUninterruptibly;
        for (int i = 0; i < 10 * WORKERS; i++) {
            pool.execute(same);
        }
        ExecutorHandle handle = handle(pool, "qtp-orders");
        // A worker is counted as busy before it has taken anything.
        await().atMost(PATIENCE).until(() -> handle.state().active() == WORKERS && handle.state().queued() == 9 * WORKERS);
        ExecutorHandle.State before = handle.state();
        assertEquals(before.completed(), handle.state().completed(), "nobody did anything");
        mayEnd.release();
        await().atMost(PATIENCE).until(() -> handle.state().completed() == before.completed() + 1);
        mayEnd.release(10 * WORKERS);
    }

    /** All workers wait for a task in their own queue; growing by their number frees them. */
    private void starveAndGrow(Executor pool, String family, String library) throws Throwable {
        CountDownLatch all = new CountDownLatch(WORKERS);
        List<Future<?>> outer = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            FutureTask<Integer> task = new FutureTask<>(() -> {
                all.countDown();
                all.await();
                FutureTask<Integer> inner = new FutureTask<>(() -> 1);
                pool.execute(inner);
                return inner.get();
            });
            outer.add(task);
            pool.execute(task);
        }
        ExecutorHandle handle = handle(pool, family);
        assertEquals(library, handle.library());
        await().atMost(PATIENCE).until(() -> {
            census.run();
            return handle.blockedWorkers().stream().filter(one -> one.queuePosition() >= 0).count() == WORKERS;
        });
        ExecutorHandle.State starved = handle.state();
        assertEquals(WORKERS, starved.active());
        assertEquals(WORKERS, starved.queued());
        assertFalse(starved.shutdown());

        handle.grow().pull(2 * WORKERS);
        for (Future<?> one : outer) {
            one.get(60, TimeUnit.SECONDS);
        }
        // A task is counted after whoever waits for it has been told.
        await().atMost(PATIENCE).until(() -> handle.state().completed() > starved.completed());
        handle.restore().pull(new ExecutorHandle.Size(starved.core(), starved.max()));
    }

    @Test
    void springsTaskExecutorIsNamedAfterItsBean() throws Exception {
        ThreadPoolTaskExecutor spring = new ThreadPoolTaskExecutor();
        stop = spring::shutdown;
        spring.setBeanName("reportExecutor");
        spring.setCorePoolSize(1);
        spring.setDaemon(true);
        spring.setTaskDecorator(task -> task::run);
        spring.initialize();
        Future<Integer> outer = spring.submit(() -> {
            Future<Integer> inner = spring.submit(() -> 1);
            return inner.get();
        });
        ExecutorHandle handle = handle(spring.getThreadPoolExecutor(), "reportExecutor");
        await().atMost(PATIENCE).until(() -> handle.state().queued() == 1 && handle.blockedWorkers().size() == 1);
        assertEquals(0, handle.blockedWorkers().get(0).queuePosition(), "seen through the decorated task");
        spring.setCorePoolSize(2);
        assertEquals(1, outer.get(60, TimeUnit.SECONDS));
    }

    @Test
    void tasksOfAnExecutorOfVirtualThreadsAreCounted() throws Exception {
        assumeTrue(Jdk.feature() >= 21, "virtual threads");
        ExecutorService virtual = virtualThreads();
        for (int i = 0; i < 1_000; i++) {
            virtual.submit(this::awaitRelease);
        }
        await().atMost(PATIENCE).until(() -> {
            census.run();
            return registry.find(virtual) != null;
        });
        ExecutorHandle handle = (ExecutorHandle) registry.find(virtual);
        assertEquals("executor:virtual", handle.id().toString());
        assertEquals(1_000, handle.state().active());
        assertEquals(0, handle.state().queued());
        assertEquals(-1, handle.state().completed());
        assertEquals(List.of(), handle.workers());
        assertFalse(handle.grow().isPresent());
        release.countDown();
        await().atMost(PATIENCE).until(() -> handle.state().active() == 0);
        virtual.shutdown();
        await().atMost(PATIENCE).until(() -> !handle.alive());
    }

    private ExecutorService virtualThreads() throws ReflectiveOperationException {
        ExecutorService virtual =
                (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        stop = virtual::shutdownNow;
        return virtual;
    }

    /** Threads of a pool that another test has stopped may still be there, and then have the name. */
    private ExecutorHandle handle(Object pool, String family) {
        await().atMost(PATIENCE).until(() -> {
            census.run();
            return registry.find(pool) != null;
        });
        ExecutorHandle found = (ExecutorHandle) registry.find(pool);
        assertTrue(found.id().name().startsWith(family), () -> found.id() + " is named otherwise");
        return found;
    }

    private void awaitRelease() {
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Object call(Object target, String method) throws Exception {
        try {
            return target.getClass().getMethod(method).invoke(target);
        } catch (InvocationTargetException e) {
            throw (Exception) e.getCause();
        }
    }

    private static void call(Object target, String method, Class<?> type, Object argument) throws Exception {
        target.getClass().getMethod(method, type).invoke(target, argument);
    }
}
