package io.jvmmedic.core.instrument.lock;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import java.util.function.Function;

/** A thread that takes locks in order and lets go of them in {@code finally}; tells how that ended. */
public final class LockPatient {

    public static final Duration SOON = Duration.ofSeconds(60);

    /** Takes a lock; how, is what the tests differ in. */
    @FunctionalInterface
    public interface Taking {
        void take(Lock lock) throws Exception;
    }

    private final Thread thread;
    private final List<Lock> held = new CopyOnWriteArrayList<>();
    private volatile Throwable failure;
    private volatile boolean interruptedAfter;

    private LockPatient(Function<Runnable, Thread> maker, Runnable between, Taking taking, Lock... locks) {
        thread = maker.apply(() -> run(locks, 0, between, taking));
        thread.setDaemon(true);
        thread.start();
    }

    private static Function<Runnable, Thread> platform(String name) {
        return work -> new Thread(work, name);
    }

    /** Only from 21 on. */
    private static Function<Runnable, Thread> virtual(String name) {
        return work -> {
            try {
                Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
                Class<?> type = Class.forName("java.lang.Thread$Builder");
                type.getMethod("name", String.class).invoke(builder, name);
                return (Thread) type.getMethod("unstarted", Runnable.class).invoke(builder, work);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        };
    }

    public static LockPatient startVirtual(String name, Runnable between, Lock... locks) {
        return new LockPatient(virtual(name), between, Lock::lock, locks);
    }

    /** Takes the first lock, runs {@code between}, takes the others. */
    public static LockPatient start(String name, Runnable between, Lock... locks) {
        return new LockPatient(platform(name), between, Lock::lock, locks);
    }

    public static LockPatient start(String name, Runnable between, Taking taking, Lock... locks) {
        return new LockPatient(platform(name), between, taking, locks);
    }

    private void run(Lock[] locks, int next, Runnable between, Taking taking) {
        if (next == locks.length) {
            return;
        }
        try {
            taking.take(locks[next]);
            held.add(locks[next]);
        } catch (Throwable e) {
            failure = e;
            interruptedAfter = Thread.interrupted();
            return;
        }
        try {
            if (next == 0) {
                between.run();
            }
            run(locks, next + 1, between, taking);
        } finally {
            held.remove(locks[next]);
            locks[next].unlock();
        }
    }

    public Thread thread() {
        return thread;
    }

    public boolean holds(Lock lock) {
        return held.contains(lock);
    }

    public Throwable failure() {
        return failure;
    }

    public boolean isVictim() {
        return failure != null && failure.getClass().getName().equals(BootBridge.VICTIM);
    }

    /** Whether an interrupt was still there when its wait ended. */
    public boolean wasInterrupted() {
        return interruptedAfter;
    }

    public void awaitHolding(Lock lock) {
        await().atMost(SOON).until(() -> holds(lock));
    }

    public void awaitEnd() {
        await().atMost(SOON).until(() -> !thread.isAlive());
    }

    /** Until it waits in the queue of a lock. */
    public LockWait awaitWaiting(DeadlockBreaker breaker) {
        return await().atMost(SOON).until(() -> breaker.waitOf(thread).orElse(null), wait -> wait != null);
    }
}
