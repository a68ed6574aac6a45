package io.jvmmedic.core.instrument.lock;

import io.jvmmedic.bootstrap.DeadlockVictimException;
import io.jvmmedic.bootstrap.MedicThread;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A lock of ours of the same kind as the host's, with two threads of ours that waited in its queue before the patch was
 * there. Both waits are ended first, the one behind before the other: what does not work here is not tried on the host.
 * It also has every class loaded and linked that the thread of the host will run through.
 */
final class DressRehearsal implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final long STEP_NANOS = 500_000;

    private final DeadlockBreaker breaker;
    private final Lock held;
    private final LockWait first;
    private final LockWait second;
    private final AtomicInteger victims = new AtomicInteger();

    private DressRehearsal(DeadlockBreaker breaker, LockWait like) {
        this.breaker = breaker;
        boolean fair = like.synchronizer().getClass().getSimpleName().equals("FairSync");
        Lock wanted;
        if (like.synchronizer().getClass().getName().contains("ReadWrite")) {
            ReentrantReadWriteLock lock = new ReentrantReadWriteLock(fair);
            held = lock.writeLock();
            wanted = like.isShared() ? lock.readLock() : lock.writeLock();
        } else {
            held = new ReentrantLock(fair);
            wanted = held;
        }
        held.lock();
        try {
            first = waiter(wanted);
            second = waiter(wanted);
        } catch (RuntimeException | Error e) {
            held.unlock();
            throw e;
        }
    }

    /** Has two threads wait; to be closed by the same thread. */
    static DressRehearsal open(DeadlockBreaker breaker, LockWait like) {
        return new DressRehearsal(breaker, like);
    }

    private LockWait waiter(Lock lock) {
        Thread thread = new MedicThread(() -> {
            try {
                lock.lock();
                lock.unlock();
            } catch (DeadlockVictimException e) {
                victims.incrementAndGet();
            }
        }, "rehearsal");
        thread.start();
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() - deadline < 0) {
            Optional<LockWait> wait = breaker.waitOf(thread);
            if (wait.isPresent()) {
                return wait.get();
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
        throw new IllegalStateException("a thread that waits for a lock of ours cannot be found in its queue");
    }

    /** With the patch in place; throws with a sentence when a wait does not end as it should. */
    void play() throws Throwable {
        if (first.obstacle().isPresent() || !first.isFirst() || second.isFirst()) {
            throw new IllegalStateException("the queue of a lock of ours does not look as expected: "
                    + first.obstacle().orElse("order"));
        }
        for (LockWait wait : new LockWait[] {second, first}) {
            breaker.throwIn(wait, "rehearsal");
            wait.thread().join(LIMIT.toMillis());
            if (wait.thread().isAlive() || !wait.isGone()) {
                throw new IllegalStateException("a wait for a lock of ours did not end without a trace");
            }
        }
        if (victims.get() != 2) {
            throw new IllegalStateException("a wait for a lock of ours did not end by the exception");
        }
    }

    @Override
    public void close() {
        held.unlock();
    }
}
