package io.jvmmedic.it.patients;

import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A service that loses what runs it. Argument {@code carriers}: its requests are virtual threads, and after {@code break}
 * static initialisers that wait hold every carrier, until {@code mend}. Argument {@code series}: a periodic job serves its
 * requests, and after {@code break} it throws, once.
 */
public final class ThreadsPatient extends Patient {

    private static final int CLIENTS = 4;
    private static final long CLIENT_PATIENCE_SECONDS = 2;
    private static final int CARRIERS = 2;

    private static final CountDownLatch MENDED = new CountDownLatch(1);

    private final boolean virtual;
    private final Semaphore served = new Semaphore(0);
    private final ScheduledThreadPoolExecutor jobs = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "jobs-1");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean broken;
    private Load load;

    private ThreadsPatient(boolean virtual) {
        this.virtual = virtual;
    }

    public static void main(String[] arguments) throws Exception {
        new ThreadsPatient(arguments[0].equals("carriers")).serve();
    }

    @Override
    protected void open() {
        if (!virtual) {
            jobs.scheduleAtFixedRate(this::job, 0, 20, TimeUnit.MILLISECONDS);
        }
        load = new Load("client", CLIENTS, 20, virtual ? ThreadsPatient::onVirtualThread : this::byTheJob);
        on("status", ignored -> load.status());
        on("break", ignored -> {
            if (virtual) {
                for (int i = 0; i < CARRIERS; i++) {
                    pin();
                }
            }
            broken = true;
            return "";
        });
        on("mend", ignored -> {
            MENDED.countDown();
            return "";
        });
    }

    @Override
    protected void close() {
        load.stop();
        jobs.shutdownNow();
    }

    private void job() {
        if (broken) {
            broken = false;
            // The bug: nobody catches it, nobody looks at the future, and the JDK drops the series without a word.
            throw new IllegalStateException("no such table");
        }
        served.release(CLIENTS);
    }

    private void byTheJob() throws Exception {
        if (!served.tryAcquire(CLIENT_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the job does not run");
        }
    }

    private static void onVirtualThread() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        startVirtual(done::countDown);
        if (!done.await(CLIENT_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("no virtual thread runs");
        }
    }

    /** By reflection: patients are compiled for 17. */
    private static void startVirtual(Runnable task) throws ReflectiveOperationException {
        Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
    }

    /** A class is initialised once, so each thread gets one of its own. */
    private static void pin() throws Exception {
        Class<?> pinning = new OwnLoader().define();
        startVirtual(() -> {
            try {
                pinning.getMethod("touch").invoke(null);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static final class OwnLoader extends ClassLoader {
        private Class<?> define() throws Exception {
            String name = Pinning.class.getName();
            try (InputStream in = ThreadsPatient.class.getResourceAsStream("ThreadsPatient$Pinning.class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            }
        }
    }

    /** Waits while it initialises, which holds its carrier. */
    public static final class Pinning {
        static {
            ThreadsPatient.awaitMended();
        }

        private Pinning() {
        }

        public static void touch() {
            // Initialises the class.
        }
    }

    /** For the classes of other loaders. */
    public static void awaitMended() {
        try {
            MENDED.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
