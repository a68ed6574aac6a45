package io.jvmmedic.core.instrument.immunity;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.ModuleOpener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.Test;

/** The gate alone: who may be inside together, who waits, for how long, and what is left behind. */
class GateTest {

    private static final long NEVER = TimeUnit.MINUTES.toNanos(5);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int[] TWO_PLACES = {1, 1};
    private static final int[] ONE_PLACE = {2};

    private static Gate gate(long limitNanos, int... threads) {
        return new Gate(threads, limitNanos, new LockOwners(new ModuleOpener(ByteBuddyAgent.install())));
    }

    /** A thread that is inside until it is told to leave. */
    private static final class Guest {
        private final CountDownLatch leave = new CountDownLatch(1);
        private final CountDownLatch inside = new CountDownLatch(1);
        private final AtomicBoolean spinning = new AtomicBoolean(true);
        private final Thread thread;

        /** @param busy spins while it is inside; else it waits there */
        private Guest(Gate gate, int position, boolean busy) {
            thread = Sickbed.daemon(() -> {
                int hold = gate.enter(position, null);
                inside.countDown();
                while (busy && spinning.get()) {
                    Thread.onSpinWait();
                }
                try {
                    leave.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                if (hold >= 0) {
                    gate.leave(hold);
                }
            });
        }

        private boolean isInside() {
            return inside.getCount() == 0;
        }

        private Guest awaitInside() {
            await().atMost(SOON).until(this::isInside);
            return this;
        }

        private void leave() throws InterruptedException {
            spinning.set(false);
            leave.countDown();
            thread.join(SOON.toMillis());
        }
    }

    @Test
    void asManyAsWantAtOnePositionAndNobodyAtTheOther() throws Exception {
        Gate gate = gate(NEVER, TWO_PLACES);
        Guest first = new Guest(gate, 0, true).awaitInside();
        Guest second = new Guest(gate, 0, true).awaitInside();
        Guest other = new Guest(gate, 1, false);
        await().atMost(SOON).until(() -> gate.waits() == 1);
        first.leave();
        assertFalse(other.isInside());
        second.leave();
        other.awaitInside().leave();
        assertEquals(3, gate.passes());
        assertEquals(0, gate.bypasses());
    }

    @Test
    void thePlaceThatIsNamedTwiceIsForOneAtATime() throws Exception {
        Gate gate = gate(NEVER, ONE_PLACE);
        Guest first = new Guest(gate, 0, true).awaitInside();
        Guest second = new Guest(gate, 0, false);
        await().atMost(SOON).until(() -> gate.waits() == 1);
        assertFalse(second.isInside());
        first.leave();
        second.awaitInside().leave();
    }

    @Test
    void ofThreePlacesTwoMayBeFilled() throws Exception {
        Gate gate = gate(NEVER, 1, 1, 1);
        Guest first = new Guest(gate, 0, true).awaitInside();
        Guest second = new Guest(gate, 1, true).awaitInside();
        Guest third = new Guest(gate, 2, false);
        await().atMost(SOON).until(() -> gate.waits() == 1);
        assertFalse(third.isInside());
        first.leave();
        third.awaitInside().leave();
        second.leave();
    }

    /** It may hold what the others wait for. */
    @Test
    void whoIsInsidePassesAlways() {
        Gate gate = gate(NEVER, TWO_PLACES);
        int outer = gate.enter(0, null);
        int again = gate.enter(0, null);
        int across = gate.enter(1, null);
        assertEquals(0, gate.waits());
        gate.leave(across);
        gate.leave(again);
        gate.leave(outer);
        assertTrue(gate.enter(1, null) >= 0);
        assertEquals(0, gate.waits());
    }

    @Test
    void nobodyWaitsLongerThanTheLimitAndThatIsCounted() throws Exception {
        Gate gate = gate(TimeUnit.MILLISECONDS.toNanos(50), TWO_PLACES);
        Guest first = new Guest(gate, 0, true).awaitInside();
        gate.leave(gate.enter(1, null));
        assertEquals(1, gate.bypasses());
        assertTrue(gate.waitedNanos() >= TimeUnit.MILLISECONDS.toNanos(50));
        first.leave();
        gate.leave(gate.enter(1, null));
        assertEquals(1, gate.bypasses());
    }

    @Test
    void aGateThatCostsMoreThanItGivesWithdraws() throws Exception {
        Gate gate = gate(1, TWO_PLACES);
        Guest first = new Guest(gate, 0, true).awaitInside();
        for (int i = 0; i < Gate.MAX_BYPASSES; i++) {
            assertFalse(gate.isWithdrawn());
            gate.leave(gate.enter(1, null));
        }
        assertTrue(gate.isWithdrawn());
        assertEquals(-1, gate.enter(1, null));
        first.leave();
    }

    @Test
    void whoWaitsInsideForSomethingElseDoesNotCount() throws Exception {
        Gate gate = gate(NEVER, TWO_PLACES);
        Guest first = new Guest(gate, 0, false).awaitInside();
        gate.leave(gate.enter(1, null));
        assertEquals(1, gate.asides());
        assertEquals(0, gate.bypasses());
        first.leave();
    }

    /** Each of its waits ends, so what it holds comes back: to let others in would be to let the deadlock in. */
    @Test
    void whoSleepsInsideAgainAndAgainCounts() throws Exception {
        Gate gate = gate(NEVER, TWO_PLACES);
        AtomicInteger naps = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        CountDownLatch inside = new CountDownLatch(1);
        Sickbed.daemon(() -> {
            int hold = gate.enter(0, null);
            inside.countDown();
            while (!enough.get()) {
                LockSupport.parkNanos(Gate.WAIT_NANOS / 40);
                naps.incrementAndGet();
            }
            gate.leave(hold);
        });
        inside.await();
        Guest other = new Guest(gate, 1, false);
        await().atMost(SOON).until(() -> naps.get() >= 60);
        assertFalse(other.isInside());
        enough.set(true);
        other.awaitInside().leave();
        assertEquals(0, gate.asides() + gate.bypasses());
    }

    @Test
    void whoHasGivenItsLockBackUntilItIsNotifiedDoesNotCount() throws Exception {
        for (boolean monitor : new boolean[] {true, false}) {
            Gate gate = gate(NEVER, TWO_PLACES);
            ReentrantLock lock = new ReentrantLock();
            Condition condition = lock.newCondition();
            Object gated = monitor ? new Object() : lock;
            Thread inside = Sickbed.daemon(() -> {
                int hold = gate.enter(0, gated);
                try {
                    if (monitor) {
                        synchronized (gated) {
                            gated.wait();
                        }
                    } else {
                        lock.lock();
                        condition.await();
                    }
                } catch (InterruptedException e) {
                    gate.leave(hold);
                }
            });
            await().atMost(SOON).until(() -> inside.getState() == Thread.State.WAITING);
            gate.leave(gate.enter(1, null));
            assertEquals(1, gate.asides());
            assertEquals(0, gate.bypasses());
            inside.interrupt();
            inside.join(SOON.toMillis());
        }
    }

    /** Many come by while one sleeps for long: only the first of them has to find that out. */
    @Test
    void whatIsKnownOfOneWhoWaitsHoldsForAllWhoCome() throws Exception {
        Gate gate = gate(NEVER, TWO_PLACES);
        Guest first = new Guest(gate, 0, false).awaitInside();
        gate.leave(gate.enter(1, null));
        long before = gate.waitedNanos();
        for (int i = 0; i < 1_000; i++) {
            gate.leave(gate.enter(1, null));
        }
        assertEquals(1_001, gate.asides());
        assertTrue(gate.waitedNanos() - before < 1_000 * Gate.LOOK_NANOS, "each waited for a look of its own");
        first.leave();
    }

    @Test
    void whoWaitsInsideForTheOneWhoAsksDoesNotCount() throws Exception {
        Gate gate = gate(NEVER, TWO_PLACES);
        ReentrantLock lock = new ReentrantLock();
        Object monitor = new Object();
        CountDownLatch inside = new CountDownLatch(2);
        lock.lock();
        synchronized (monitor) {
            Sickbed.daemon(() -> {
                int hold = gate.enter(0, lock);
                inside.countDown();
                lock.lock();
                lock.unlock();
                gate.leave(hold);
            });
            Sickbed.daemon(() -> {
                int hold = gate.enter(0, monitor);
                inside.countDown();
                synchronized (monitor) {
                    gate.leave(hold);
                }
            });
            inside.await();
            gate.leave(gate.enter(1, null));
        }
        lock.unlock();
        assertEquals(1, gate.asides());
        assertEquals(0, gate.bypasses());
    }

    @Test
    void aHoldWhoseLockWasKeptEndsWithTheLock() {
        Gate gate = gate(NEVER, TWO_PLACES);
        ReentrantLock lock = new ReentrantLock();
        int hold = gate.enter(0, lock);
        lock.lock();
        gate.end(hold);
        AtomicInteger entered = new AtomicInteger();
        Thread other = Sickbed.daemon(() -> entered.set(gate.enter(1, null) >= 0 ? 1 : -1));
        while (gate.waits() == 0) {
            // Who waits inside would not count.
            Thread.onSpinWait();
        }
        assertEquals(0, entered.get());
        lock.unlock();
        await().atMost(SOON).until(() -> entered.get() == 1);
        await().atMost(SOON).until(() -> !other.isAlive());
        assertEquals(0, gate.bypasses());
    }

    /** Hand over hand, and nobody ever comes to clear up. */
    @Test
    void keptHoldsDoNotPileUp() {
        Gate gate = gate(NEVER, TWO_PLACES);
        for (int i = 0; i < 1_000; i++) {
            ReentrantLock lock = new ReentrantLock();
            int hold = gate.enter(0, lock);
            lock.lock();
            gate.end(hold);
            lock.unlock();
        }
        assertTrue(gate.inside() <= 64, gate.inside() + " inside");
    }

    @Test
    void aHoldWhoseLockWasGivenBackEndsWithTheMethod() {
        Gate gate = gate(NEVER, TWO_PLACES);
        gate.end(gate.enter(0, new ReentrantLock()));
        assertEquals(0, gate.inside());
    }

    @Test
    void onlyTheLockItWasTakenForEndsAHold() {
        Gate gate = gate(NEVER, TWO_PLACES);
        ReentrantLock lock = new ReentrantLock();
        int hold = gate.enter(0, lock);
        assertFalse(gate.released(hold, new ReentrantLock()));
        assertEquals(1, gate.inside());
        assertTrue(gate.released(hold, lock));
        assertEquals(0, gate.inside());
    }

    @Test
    void anInterruptIsKept() throws Exception {
        Gate gate = gate(NEVER, TWO_PLACES);
        Guest first = new Guest(gate, 0, true).awaitInside();
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread waiter = Sickbed.daemon(() -> {
            gate.leave(gate.enter(1, null));
            interrupted.set(Thread.interrupted());
        });
        await().atMost(SOON).until(() -> gate.waits() == 1);
        waiter.interrupt();
        first.leave();
        waiter.join(SOON.toMillis());
        assertTrue(interrupted.get());
    }

    @Test
    void openingLetsThoseWhoWaitGo() throws Exception {
        Gate gate = gate(NEVER, TWO_PLACES);
        Guest first = new Guest(gate, 0, true).awaitInside();
        Guest second = new Guest(gate, 1, false);
        await().atMost(SOON).until(() -> gate.waits() == 1);
        gate.open();
        second.awaitInside().leave();
        first.leave();
        assertEquals(0, gate.bypasses());
    }

    /** At no moment are both positions filled by different threads; everybody gets through; nobody is left inside. */
    @Test
    void keepsItsPromiseUnderStress() throws Exception {
        for (int[] places : new int[][] {TWO_PLACES, ONE_PLACE, {1, 1, 1}, {2, 1}}) {
            Gate gate = gate(NEVER, places);
            // One word: read one by one, they could belong to different moments.
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger violations = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Random random = new Random(i);
                threads.add(Sickbed.daemon(() -> {
                    for (int n = 0; n < 20_000; n++) {
                        int position = random.nextInt(places.length);
                        int hold = gate.enter(position, null);
                        int now = inside.addAndGet(1 << 8 * position);
                        boolean filled = true;
                        for (int p = 0; p < places.length; p++) {
                            filled &= (now >>> 8 * p & 0xff) >= places[p];
                        }
                        violations.addAndGet(filled ? 1 : 0);
                        inside.addAndGet(-(1 << 8 * position));
                        gate.leave(hold);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join(SOON.multipliedBy(4).toMillis());
                assertFalse(thread.isAlive());
            }
            assertEquals(0, violations.get());
            assertEquals(0, gate.bypasses());
            assertEquals(0, gate.asides());
            assertEquals(0, gate.inside());
            assertEquals(8 * 20_000, gate.passes());
        }
    }
}
