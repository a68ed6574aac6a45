package io.jvmmedic.it.patients;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveAction;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.tomcat.util.threads.TaskQueue;
import org.apache.tomcat.util.threads.TaskThreadFactory;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.support.CronTrigger;

/** Executors of Spring, Tomcat, Jetty and the JDK that look ill for longer than any detector waits, and are not. */
public final class HealthyExecutorsPatient extends Patient {

    private static final long SECONDS = 45;
    private static final int SLEEPERS = 10_000;

    private final Zoo zoo = new Zoo();

    public static void main(String[] arguments) throws Exception {
        new HealthyExecutorsPatient().serve();
    }

    @Override
    protected void open() {
        Garbage.produce();
        on("begin", ignored -> {
            zoo.keep("burst-that-drains", this::drain);
            zoo.keep("long-tasks", this::longTasks);
            zoo.keep("idle-workers", this::idle);
            zoo.keep("computation", this::compute);
            zoo.keep("rebuilt-executor", this::rebuild);
            zoo.keep("caller-runs", this::callerRuns);
            zoo.keep("rare-jobs", this::rareJobs);
            zoo.keep("sleeping-virtual-threads", this::sleepers);
            return "";
        });
        on("zoo", ignored -> zoo.status());
    }

    /** Tomcat's and Jetty's pools with a queue that took long to build up and goes down all the time. */
    private void drain() throws Exception {
        TaskQueue queue = new TaskQueue();
        ThreadPoolExecutor tomcat = new ThreadPoolExecutor(4, 4, 60, TimeUnit.SECONDS, queue,
                new TaskThreadFactory("http-nio-8080-exec-", true, Thread.NORM_PRIORITY));
        queue.setParent(tomcat);
        QueuedThreadPool jetty = new QueuedThreadPool(4, 4);
        jetty.setName("shop");
        jetty.setDaemon(true);
        jetty.start();
        int requests = (int) (SECONDS * 1_000 / 50 * 3);
        CountDownLatch served = new CountDownLatch(2 * requests);
        Runnable request = () -> {
            rest(50);
            served.countDown();
        };
        for (int i = 0; i < requests; i++) {
            tomcat.execute(request);
            jetty.execute(request);
        }
        served.await();
        tomcat.shutdown();
        jetty.stop();
    }

    /** All workers busy for most of the time, more of the kind queued, and that is the plan. */
    private void longTasks() throws Exception {
        ThreadPoolTaskExecutor exports = spring("exports-", 2, Integer.MAX_VALUE);
        CountDownLatch done = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            exports.execute(() -> {
                rest(SECONDS * 500);
                done.countDown();
            });
        }
        done.await();
        exports.shutdown();
    }

    private void idle() {
        List<ThreadPoolTaskExecutor> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ThreadPoolTaskExecutor executor = spring("tenant" + i + "-", 4, 100);
            executor.getThreadPoolExecutor().prestartAllCoreThreads();
            all.add(executor);
        }
        rest(SECONDS * 1_000);
        all.forEach(ThreadPoolTaskExecutor::shutdown);
    }

    /** More than enough for every worker, and the queue grows while it goes on. */
    private void compute() {
        ForkJoinPool pool = new ForkJoinPool(2);
        for (long end = end(); System.nanoTime() < end; ) {
            pool.execute(new Sum(18));
            rest(30);
        }
        pool.shutdownNow();
    }

    private static final class Sum extends RecursiveAction {
        private static final long serialVersionUID = 1L;
        private final int depth;

        Sum(int depth) {
            this.depth = depth;
        }

        @Override
        protected void compute() {
            if (depth > 0) {
                invokeAll(new Sum(depth - 1), new Sum(depth - 1));
            }
        }
    }

    /** As after each change of a configuration. */
    private void rebuild() {
        ThreadPoolTaskExecutor current = null;
        for (long end = end(); System.nanoTime() < end; ) {
            ThreadPoolTaskExecutor before = current;
            current = spring("report-", 2, 100);
            current.execute(() -> rest(20));
            if (before != null) {
                before.shutdown();
            }
            rest(400);
        }
        current.shutdown();
    }

    /** Refused by design: who hands in too much does it himself. Exceptions are thrown elsewhere meanwhile. */
    private void callerRuns() {
        ExecutorService executor = new java.util.concurrent.ThreadPoolExecutor(2, 2, 1, TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(4), task -> daemonThread(task, "import-worker"),
                new java.util.concurrent.ThreadPoolExecutor.CallerRunsPolicy());
        for (long end = end(); System.nanoTime() < end; ) {
            executor.execute(() -> rest(20));
            try {
                Integer.parseInt("none");
            } catch (NumberFormatException expected) {
                rest(1);
            }
        }
        executor.shutdown();
    }

    private void rareJobs() {
        ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
        scheduler.setThreadNamePrefix("jobs-");
        scheduler.setDaemon(true);
        scheduler.initialize();
        scheduler.schedule(() -> rest(1), new CronTrigger("0 0 3 * * *"));
        scheduler.scheduleAtFixedRate(() -> rest(1), Duration.ofHours(1));
        scheduler.schedule(() -> rest(1), new CronTrigger("*/5 * * * * *"));
        rest(SECONDS * 1_000);
        scheduler.shutdown();
    }

    /** None before 21. */
    private void sleepers() throws Exception {
        if (Runtime.version().feature() < 21) {
            return;
        }
        ExecutorService virtual =
                (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        CountDownLatch awake = new CountDownLatch(SLEEPERS);
        for (int i = 0; i < SLEEPERS; i++) {
            virtual.execute(() -> {
                rest(SECONDS * 1_000);
                awake.countDown();
            });
        }
        awake.await();
        virtual.shutdown();
    }

    private static ThreadPoolTaskExecutor spring(String prefix, int workers, int queue) {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setThreadNamePrefix(prefix);
        executor.setCorePoolSize(workers);
        executor.setMaxPoolSize(workers);
        executor.setQueueCapacity(queue);
        executor.setDaemon(true);
        executor.initialize();
        return executor;
    }

    private static Thread daemonThread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private static long end() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    }

    private static void rest(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
