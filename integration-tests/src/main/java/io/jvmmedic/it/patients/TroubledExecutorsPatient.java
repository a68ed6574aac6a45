package io.jvmmedic.it.patients;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.tomcat.util.threads.TaskQueue;
import org.apache.tomcat.util.threads.TaskThreadFactory;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.support.CronTrigger;
import org.springframework.scheduling.support.TaskUtils;

/**
 * Everything that can be wrong with executors, at once, each with one of its own, as Spring, Tomcat, Jetty and the JDK
 * make them. {@code break} begins all but the flood of tasks that fills the heap; {@code flood} ends what does not keep up
 * and begins that.
 */
public final class TroubledExecutorsPatient extends Patient {

    private static final int ROW_BYTES = 20_000;
    /** What an import may fill of a heap of 160 MB. */
    private static final int MAX_IMPORTS = 5_000;
    /** Of these at full speed; from then on half of the heap is in use, and whoever is late must still see it fill. */
    private static final int FAST_IMPORTS = 2_500;
    private static final int RUNS_BEFORE_THE_FAULT = 5;
    /** At five a second: who looks once a second has seen the scheduler by then. */
    private static final int NIGHTS_BEFORE_THE_FAULT = 20;
    private static final int EXPORTS_BEFORE_THE_FAULT = 100;

    private final List<Object> leaked = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger exportsInterrupted = new AtomicInteger();
    private final AtomicInteger othersInterrupted = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final AtomicInteger mails = new AtomicInteger();
    private final Queue<Future<?>> queued = new ConcurrentLinkedQueue<>();
    private volatile boolean slow = true;

    public static void main(String[] arguments) throws Exception {
        // Workers that die would fill stderr.
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> { });
        new TroubledExecutorsPatient().serve();
    }

    @Override
    protected void open() {
        Garbage.produce();
        on("break", ignored -> {
            saturate();
            refuse();
            die();
            stick();
            leak();
            schedule();
            return "";
        });
        on("flood", ignored -> {
            slow = false;
            flood();
            return "";
        });
        on("exports", ignored -> "interrupted=" + exportsInterrupted + " cancelled=" + cancelled + " others=" + othersInterrupted);
        on("shed", ignored -> String.valueOf(shed()));
    }

    /** As long as the application does not keep up. */
    private void feed(String name, long millis, Runnable work) {
        daemon(name, () -> {
            while (slow) {
                work.run();
                rest(millis);
            }
        });
    }

    private static void always(String name, long millis, Runnable work) {
        daemon(name, () -> {
            while (true) {
                work.run();
                rest(millis);
            }
        });
    }

    private void saturate() throws Exception {
        ThreadPoolTaskExecutor spring = executor("mail-", 4, Integer.MAX_VALUE);
        feed("mails", 40, () -> spring.submit(mails.incrementAndGet() % 4 == 0 ? this::invoice : this::smtp));
        QueuedThreadPool jetty = new QueuedThreadPool(4, 4);
        jetty.setName("shop");
        jetty.setDaemon(true);
        jetty.start();
        feed("shoppers", 50, () -> jetty.execute(this::checkout));
        feed("prices", 30, () -> CompletableFuture.runAsync(this::price));
    }

    private void smtp() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(400));
    }

    private void invoice() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(60));
    }

    private void checkout() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(400));
    }

    private void price() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
    }

    private void refuse() {
        TaskQueue queue = new TaskQueue(20);
        ThreadPoolExecutor tomcat = new ThreadPoolExecutor(2, 2, 60, TimeUnit.SECONDS, queue,
                new TaskThreadFactory("http-nio-8080-exec-", true, Thread.NORM_PRIORITY));
        queue.setParent(tomcat);
        feed("requests", 10, () -> {
            try {
                tomcat.execute(this::request);
            } catch (RejectedExecutionException e) {
                // As the connector does: the connection is closed.
            }
        });
    }

    private void request() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
    }

    private void die() {
        ThreadPoolTaskExecutor audit = executor("audit-", 2, 100);
        always("audits", 200, () -> audit.execute(() -> {
            throw new IllegalStateException("no audit table");
        }));
    }

    private void stick() {
        ThreadPoolTaskExecutor spring = executor("exports-", 3, 1_000);
        daemon("exporter", () -> {
            for (int run = 1; ; run++) {
                boolean forEver = run == EXPORTS_BEFORE_THE_FAULT;
                Future<?> export = spring.submit(() -> export(forEver));
                if (forEver) {
                    daemon("customer", () -> await(export));
                }
                rest(100);
            }
        });
    }

    private void await(Future<?> export) {
        try {
            export.get();
        } catch (CancellationException e) {
            cancelled.incrementAndGet();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Looks for an interrupt before it begins and when it ends. */
    private void export(boolean forEver) {
        if (Thread.currentThread().isInterrupted()) {
            othersInterrupted.incrementAndGet();
        }
        do {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(forEver ? 100_000 : 100));
        } while (forEver && !Thread.currentThread().isInterrupted());
        if (Thread.currentThread().isInterrupted()) {
            (forEver ? exportsInterrupted : othersInterrupted).incrementAndGet();
        }
    }

    private void leak() {
        always("reports", 700, () -> {
            ThreadPoolTaskExecutor report = executor("report-", 1, 10);
            report.execute(this::invoice);
            leaked.add(report);
        });
        always("reminders", 250, () -> {
            Timer timer = new Timer(true);
            timer.schedule(new TimerTask() {
                @Override
                public void run() {
                    Thread.onSpinWait();
                }
            }, 1_000, 1_000);
            leaked.add(timer);
        });
    }

    private void schedule() {
        ThreadPoolTaskScheduler nightly = scheduler("nightly-");
        nightly.setErrorHandler(TaskUtils.LOG_AND_PROPAGATE_ERROR_HANDLER);
        AtomicInteger nights = new AtomicInteger();
        nightly.scheduleAtFixedRate(() -> nightly(nights.incrementAndGet()), Duration.ofMillis(200));
        ThreadPoolTaskScheduler jobs = scheduler("jobs-");
        AtomicInteger runs = new AtomicInteger();
        jobs.scheduleAtFixedRate(this::invoice, Duration.ofMillis(500));
        jobs.scheduleWithFixedDelay(() -> awaitPartner(runs.incrementAndGet()), Duration.ofMillis(500));
        ThreadPoolTaskScheduler cron = scheduler("cron-");
        AtomicInteger calls = new AtomicInteger();
        cron.schedule(this::invoice, new CronTrigger("* * * * * *"));
        cron.schedule(() -> awaitPartner(calls.incrementAndGet()), new CronTrigger("* * * * * *"));
    }

    private void nightly(int run) {
        if (run == NIGHTS_BEFORE_THE_FAULT) {
            throw new IllegalStateException("disk full");
        }
    }

    private void awaitPartner(int run) {
        while (run >= RUNS_BEFORE_THE_FAULT) {
            LockSupport.park(this);
        }
    }

    /** Until somebody cancels some, or the heap would end. */
    private void flood() {
        ExecutorService imports = Executors.newFixedThreadPool(1, task -> {
            Thread thread = new Thread(task, "imports-1");
            thread.setDaemon(true);
            return thread;
        });
        daemon("importer", () -> {
            for (int i = 0; i < MAX_IMPORTS && shed() == 0; i++) {
                byte[] row = new byte[ROW_BYTES];
                queued.add(imports.submit(() -> store(row)));
                rest(i < FAST_IMPORTS ? 8 : 24);
            }
        });
    }

    private long shed() {
        return queued.stream().filter(Future::isCancelled).count();
    }

    private void store(byte[] row) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(row.length / 200));
    }

    private static ThreadPoolTaskExecutor executor(String prefix, int workers, int queue) {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setThreadNamePrefix(prefix);
        executor.setCorePoolSize(workers);
        executor.setMaxPoolSize(workers);
        executor.setQueueCapacity(queue);
        executor.setDaemon(true);
        executor.initialize();
        return executor;
    }

    private static ThreadPoolTaskScheduler scheduler(String prefix) {
        ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
        scheduler.setThreadNamePrefix(prefix);
        scheduler.setDaemon(true);
        scheduler.initialize();
        return scheduler;
    }

    private static void rest(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
