package io.jvmmedic.core.util;

import io.jvmmedic.bootstrap.MedicThread;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Host code called on a thread that may be lost. Closing a socket, evicting, even reading a counter may block on the
 * very lock that is the illness (GlassFish's reclaimer deadlocked that way); after the deadline the thread is abandoned
 * and the caller goes on.
 */
public final class DisposableCall<T> {

    private static final AtomicLong NUMBER = new AtomicLong();

    private final long deadline;
    private final Clock clock;
    private boolean done;
    private boolean abandoned;
    private T result;
    private Throwable failure;

    private DisposableCall(Duration limit, Clock clock) {
        this.clock = clock;
        this.deadline = clock.monotonicMillis() + limit.toMillis();
    }

    /** Starts {@code work} at once on its own daemon thread. */
    public static <T> DisposableCall<T> start(Duration limit, Clock clock, Callable<T> work) {
        DisposableCall<T> call = new DisposableCall<>(limit, clock);
        new MedicThread(() -> call.run(work), "call-" + NUMBER.incrementAndGet()).start();
        return call;
    }

    /** Calls and waits; throws what the work threw, or {@link StuckException} at the deadline. */
    public static <T> T await(Duration limit, Clock clock, Callable<T> work) throws Throwable {
        DisposableCall<T> call = start(limit, clock, work);
        call.join(limit);
        if (!call.isDone()) {
            throw new StuckException("no answer within " + limit.toMillis() + " ms");
        }
        return call.result();
    }

    public synchronized boolean isDone() {
        return done;
    }

    /** True once it was found without an answer at its deadline, and from then on: who asked has given the thread up. */
    public synchronized boolean isOverdue() {
        abandoned |= !done && clock.monotonicMillis() >= deadline;
        return abandoned;
    }

    /** What the work returned; throws what it threw. Only after {@link #isDone()}. */
    public synchronized T result() throws Throwable {
        if (!done) {
            throw new IllegalStateException("still running");
        }
        if (failure != null) {
            throw failure;
        }
        return result;
    }

    private synchronized void join(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        for (long rest = limit.toMillis(); !done && rest > 0; rest = (end - System.nanoTime()) / 1_000_000) {
            wait(rest);
        }
    }

    private void run(Callable<T> work) {
        T value = null;
        Throwable error = null;
        try {
            value = work.call();
        } catch (Throwable e) {
            error = e;
        }
        synchronized (this) {
            result = value;
            failure = error;
            done = true;
            notifyAll();
        }
    }

    /** The call did not return before its deadline. */
    public static final class StuckException extends Exception {
        private static final long serialVersionUID = 1L;

        StuckException(String message) {
            super(message);
        }
    }
}
