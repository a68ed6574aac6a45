package io.jvmmedic.core.instrument.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Waits are ended all over a queue that moves: no wake-up is lost, nobody is inside twice, nothing stays held. */
class DeadlockBreakerLoadTest {

    private static final int THREADS = 8;
    private static final int WAITS = 300;

    private final DeadlockBreaker breaker = BootBridge.breaker();
    private final AtomicInteger victims = new AtomicInteger();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger overlaps = new AtomicInteger();
    private volatile boolean stopped;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aQueueSurvivesWhatIsTakenOutOfIt(boolean fair) throws Throwable {
        ReentrantLock lock = new ReentrantLock(fair);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(() -> work(lock), "load-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        int ended = 0;
        WaitQueue queue = WaitQueue.all().get(0);
        Class<?> type = fair ? Class.forName(ReentrantLock.class.getName() + "$FairSync")
                : Class.forName(ReentrantLock.class.getName() + "$NonfairSync");
        try (TryAcquirePatch patch = TryAcquirePatch.install(BootBridge.instrumentation(), type, queue.family())) {
            for (int i = 0; ended < WAITS; i++) {
                Optional<LockWait> wait = breaker.waitOf(threads.get(i % THREADS));
                if (wait.isPresent() && wait.get().obstacle().isEmpty()) {
                    ended += isEnded(wait.get()) ? 1 : 0;
                }
            }
        }
        stopped = true;
        for (Thread thread : threads) {
            thread.join(LockPatient.SOON.toMillis());
            assertFalse(thread.isAlive(), thread.getName());
        }
        assertEquals(WAITS, victims.get());
        assertEquals(0, overlaps.get());
        assertFalse(lock.isLocked());
        assertFalse(lock.hasQueuedThreads());
    }

    /** False for one that was served in the last moment. */
    private boolean isEnded(LockWait wait) throws Throwable {
        try {
            breaker.throwIn(wait, "gives way");
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private void work(ReentrantLock lock) {
        while (!stopped) {
            try {
                lock.lock();
            } catch (RuntimeException e) {
                victims.incrementAndGet();
                continue;
            }
            try {
                overlaps.addAndGet(inside.incrementAndGet() - 1);
                LockSupport.parkNanos(20_000);
                inside.decrementAndGet();
            } finally {
                lock.unlock();
            }
        }
    }
}
