package io.jvmmedic.core.instrument.lock;

import io.jvmmedic.bootstrap.LockVictim;
import io.jvmmedic.core.instrument.ModuleOpener;
import java.lang.instrument.Instrumentation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends one wait for a lock of {@code java.util.concurrent}, and no other, by an exception in the thread that waits.
 *
 * <p>Nothing is installed before: a thread that waits in a queue calls {@code tryAcquire} afresh at each wake-up, whenever
 * it began to wait, so the method is patched for the moment, the thread is woken, and the patch is taken out. The JDK takes
 * the thread out of the queue by its own path for a {@code tryAcquire} that throws; an interrupt that came while it waited
 * is kept by that path. Before a lock of the host is touched, the same is tried on one of our own.
 *
 * <p>A thread that is not first does not call {@code tryAcquire}, so its place is made to look like one that is not in the
 * queue yet: its link to the one before it is emptied, and put back by the thread itself before it throws. Meanwhile those
 * behind it spin, as they do behind one that is being linked in, and cleaning stops there, to be done again afterwards.
 * (To let {@code LockSupport.park} throw instead would lose an interrupt that came before, and on 17 the queue.)
 *
 * <p>Thread-safe; one wait at a time. Calls take milliseconds to a second and pause the JVM for two retransformations.
 */
public final class DeadlockBreaker {

    private static final Logger LOG = LoggerFactory.getLogger(DeadlockBreaker.class);
    /** How long a thread may take to wake up and throw. */
    private static final Duration WAKE_UP = Duration.ofSeconds(5);
    private static final long STEP_NANOS = 1_000_000;
    /** Its predecessor may leave while the link is being emptied. */
    private static final int MAX_TRIES = 100;

    private final Instrumentation instrumentation;
    private final List<WaitQueue> queues;
    private final String unavailable;
    private final AtomicBoolean busy = new AtomicBoolean();

    /** @param opener opens {@code java.util.concurrent.locks} to us; without it no wait is seen */
    public DeadlockBreaker(Instrumentation instrumentation, ModuleOpener opener) {
        this.instrumentation = instrumentation;
        opener.open(Object.class.getModule(), "java.util.concurrent.locks");
        List<WaitQueue> found = List.of();
        String problem = "";
        try {
            found = WaitQueue.all();
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            problem = "the locks of this JDK are not built as expected: " + e;
            LOG.info("java.util.concurrent.locks: deadlocks of these locks will only be reported, {}", problem);
        }
        this.queues = found;
        this.unavailable = problem;
    }

    /** The wait of a thread for such a lock; empty when it does not wait for one now. */
    public Optional<LockWait> waitOf(Thread thread) {
        return LockWait.of(thread, queues);
    }

    /** Why a wait cannot be ended here; empty when it can. */
    public Optional<String> obstacle(LockWait wait) {
        if (!unavailable.isEmpty()) {
            return Optional.of(unavailable);
        }
        return TryAcquirePatch.isPossible(instrumentation, wait.synchronizer().getClass(), wait.queue().family())
                ? wait.obstacle() : Optional.of("waits for a lock whose class cannot be patched in this JVM");
    }

    /** Why nothing can be ended in this JVM; empty when it can. */
    public Optional<String> unavailable() {
        return Optional.of(unavailable).filter(problem -> !problem.isEmpty());
    }

    /**
     * Ends it: the thread leaves its call of {@code lock()} by a {@code DeadlockVictimException}. A thread behind others
     * that does not wake up, because a debugger holds it, is waited for as long as it takes: its place was changed, and
     * only it can undo that.
     *
     * @param message of the exception
     * @throws IllegalStateException with a sentence when it could not be done; the wait goes on as if nothing had been
     */
    public void end(LockWait wait, String message) throws Throwable {
        if (!busy.compareAndSet(false, true)) {
            throw new IllegalStateException("another wait is still being ended");
        }
        try (DressRehearsal rehearsal = DressRehearsal.open(this, wait);
                TryAcquirePatch patch = TryAcquirePatch.install(instrumentation, wait.synchronizer().getClass(),
                        wait.queue().family())) {
            rehearsal.play();
            throwIn(wait, message);
        } finally {
            busy.set(false);
        }
    }

    /** With the patch in place. */
    void throwIn(LockWait wait, String message) throws Throwable {
        for (int i = 0; i < MAX_TRIES; i++) {
            if (wait.isOver()) {
                throw new IllegalStateException(wait.name() + " does not wait for " + wait.lock() + " any more");
            }
            Object predecessor = wait.queue().predecessor(wait.node());
            LockVictim victim = new LockVictim(wait.thread(), wait.synchronizer(), wait.node(),
                    wait.queue().waiterField(), wait.queue().previousField(), predecessor, message);
            if (!victim.elect()) {
                throw new IllegalStateException("another wait is still being ended");
            }
            boolean first = wait.isFirst();
            if (first || wait.queue().unlink(wait.node(), predecessor)) {
                try {
                    awaken(wait, victim, first);
                } finally {
                    victim.forget();
                    wait.queue().mend(wait.synchronizer(), wait.node(), predecessor);
                }
                return;
            }
            // The one before it left at this very moment.
            victim.withdraw();
            victim.forget();
            if (victim.isTaken()) {
                return;
            }
        }
        throw new IllegalStateException("those before " + wait.name() + " come and go too fast");
    }

    private static void awaken(LockWait wait, LockVictim victim, boolean mayGiveUp) {
        long deadline = System.nanoTime() + WAKE_UP.toNanos();
        LockSupport.unpark(wait.thread());
        while (!victim.isTaken()) {
            if (wait.isOver() && victim.withdraw()) {
                throw new IllegalStateException(wait.name() + " got " + wait.lock() + " in the last moment");
            }
            if (mayGiveUp && System.nanoTime() - deadline > 0 && victim.withdraw()) {
                throw new IllegalStateException(wait.name() + " did not wake up within "
                        + WAKE_UP.toSeconds() + " s");
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
        while (!wait.isGone() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
