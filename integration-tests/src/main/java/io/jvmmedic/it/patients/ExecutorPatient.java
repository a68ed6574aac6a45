package io.jvmmedic.it.patients;

import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A service on one executor whose tasks after {@code break} hand a part of their work to the same executor and wait for
 * it: with all workers waiting, nobody is left to do it. {@code mend} ends it. Argument: {@code fixed} or
 * {@code scheduled}.
 */
public final class ExecutorPatient extends Patient {

    private static final int WORKERS = 4;
    private static final long CLIENT_PATIENCE_SECONDS = 2;

    private final ThreadPoolExecutor executor;
    private final Rendezvous allAtWork = new Rendezvous(WORKERS);
    private volatile boolean nested;
    private Load load;

    private ExecutorPatient(ThreadPoolExecutor executor) {
        this.executor = executor;
    }

    public static void main(String[] arguments) throws Exception {
        new ExecutorPatient(arguments[0].equals("scheduled") ? scheduled() : fixed()).serve();
    }

    @Override
    protected void open() {
        load = new Load("client", WORKERS, 20, this::order);
        Garbage.produce();
        on("status", ignored -> load.status());
        on("break", ignored -> {
            nested = true;
            return "";
        });
        on("mend", ignored -> {
            nested = false;
            return "";
        });
        on("executor", ignored -> "core=" + executor.getCorePoolSize() + " max=" + executor.getMaximumPoolSize()
                + " size=" + executor.getPoolSize() + " queued=" + executor.getQueue().size());
    }

    @Override
    protected void close() {
        load.stop();
        executor.shutdownNow();
    }

    /** Who gives up cancels what it asked for: nobody else would, and the longer the fault the longer the queue of it. */
    private void order() throws Exception {
        Future<Integer> price = executor.submit(this::price);
        try {
            price.get(CLIENT_PATIENCE_SECONDS, TimeUnit.SECONDS);
        } finally {
            price.cancel(false);
        }
    }

    private Integer price() throws Exception {
        if (!nested) {
            return tax();
        }
        allAtWork.meet();
        // The bug: waits for work that stands in its own queue.
        Future<Integer> tax = executor.submit(ExecutorPatient::tax);
        return tax.get();
    }

    private static Integer tax() {
        return 19;
    }

    private static ThreadPoolExecutor fixed() {
        return new ThreadPoolExecutor(WORKERS, WORKERS, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(),
                task -> worker(task));
    }

    private static ThreadPoolExecutor scheduled() {
        return new ScheduledThreadPoolExecutor(WORKERS, task -> worker(task));
    }

    private static Thread worker(Runnable task) {
        Thread thread = new Thread(task, "orders-worker");
        thread.setDaemon(true);
        return thread;
    }
}
