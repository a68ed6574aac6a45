package io.jvmmedic.core.remedy;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.instrument.lock.BootBridge;
import io.jvmmedic.core.instrument.lock.DeadlockBreaker;
import io.jvmmedic.core.instrument.lock.LockPatient;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.ResourceHandle;
import io.jvmmedic.core.resource.ThreadWait;
import io.jvmmedic.core.resource.WaitView;
import io.jvmmedic.core.util.Jdk;
import io.jvmmedic.core.util.Phrases;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real locks, lost by real threads. */
class ReleaseLostLockTest {

    private final DeadlockBreaker breaker = BootBridge.breaker();
    private final Map<Long, Thread> seen = new ConcurrentHashMap<>();
    private final WaitView view = new WaitView() {
        @Override
        public List<ThreadWait> of(Collection<? extends ResourceHandle> jammed) {
            return List.of();
        }

        @Override
        public List<Thread> threads(Collection<Long> ids) {
            return ids.stream().map(seen::get).toList();
        }
    };
    private final Remedy remedy = remedy(true);

    private Remedy remedy(boolean allowed) {
        return new ReleaseLostLock(view, breaker,
                MedicConfig.of(Map.of(Options.LOST_LOCK_RELEASE.key(), Boolean.toString(allowed))));
    }

    static List<Lock> locks() {
        return List.of(new ReentrantLock(), new ReentrantLock(true), new ReentrantReadWriteLock().writeLock(),
                new ReentrantReadWriteLock(true).writeLock());
    }

    /** Takes all of them and ends. */
    private static void lose(Lock... locks) throws InterruptedException {
        Thread loser = new Thread(() -> Arrays.stream(locks).forEach(Lock::lock), "loser");
        loser.start();
        loser.join();
    }

    private LockPatient waiter(String name, Lock lock) {
        LockPatient waiter = LockPatient.start(name, () -> { }, Lock::lockInterruptibly, lock);
        waiter.awaitWaiting(breaker);
        return waiter;
    }

    private Diagnosis lost(LockPatient... waiters) {
        for (LockPatient waiter : waiters) {
            seen.put(Jdk.threadId(waiter.thread()), waiter.thread());
        }
        ResourceId id = new ResourceId(ResourceId.Kind.LOCK, Phrases.type(waiters[0].awaitWaiting(breaker).lock()));
        return Given.diagnosis(Fault.LOST_LOCK, id, Confidence.CERTAIN, List.of(),
                Arrays.stream(waiters).map(waiter -> Jdk.threadId(waiter.thread())).toList(), Map.of());
    }

    private static void free(LockPatient... waiters) {
        for (LockPatient waiter : waiters) {
            waiter.thread().interrupt();
            waiter.awaitEnd();
        }
    }

    private String refusal(Diagnosis diagnosis) {
        return Given.impossible(remedy.prepare(diagnosis)).replace(diagnosis.resource() + ": ", "");
    }

    @ParameterizedTest
    @MethodSource("locks")
    void allWhoWaitGoOnOneAfterTheOther(Lock lock) throws Throwable {
        lose(lock, lock, lock);
        LockPatient first = waiter("first", lock);
        LockPatient second = waiter("second", lock);

        Preparation.Ready ready = Given.ready(remedy.prepare(lost(second, first)));
        assertEquals("loser does not own it any more, and first, the first of 2 threads in its queue, goes on, within 5 s",
                ready.plan().claim().text());
        Action action = ready.action();
        assertEquals(Optional.empty(), action.noLongerNeeded());
        assertEquals("lost=true waiting=2 first=first waiting", action.observe());
        assertFalse(action.claimHolds());
        action.apply();

        await().atMost(LockPatient.SOON).until(action::claimHolds);
        first.awaitEnd();
        second.awaitEnd();
        assertNull(first.failure());
        assertNull(second.failure());
        assertTrue(lock.tryLock(60, TimeUnit.SECONDS));
        lock.unlock();
        assertEquals(Optional.empty(), action.loan());
        // Not once more, whoever has it by now.
        assertEquals(Optional.of("its owner is another by now"), action.noLongerNeeded());
        assertThrows(IllegalStateException.class, action::apply);
        assertTrue(lock.tryLock());
        lock.unlock();
    }

    @Test
    void readersBehindALostWriterGoOnTogether() throws Throwable {
        ReentrantReadWriteLock table = new ReentrantReadWriteLock();
        lose(table.writeLock());
        CountDownLatch both = new CountDownLatch(2);
        LockPatient.Taking taking = lock -> {
            lock.lockInterruptibly();
            both.countDown();
            both.await();
        };
        LockPatient one = LockPatient.start("one", () -> { }, taking, table.readLock());
        LockPatient two = LockPatient.start("two", () -> { }, taking, table.readLock());
        one.awaitWaiting(breaker);
        two.awaitWaiting(breaker);
        Action action = Given.ready(remedy.prepare(lost(one, two))).action();
        action.apply();
        await().atMost(LockPatient.SOON).until(action::claimHolds);
        one.awaitEnd();
        two.awaitEnd();
        assertTrue(table.writeLock().tryLock());
        table.writeLock().unlock();
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void alsoLostByAVirtualThreadToAnother() throws Throwable {
        ReentrantLock lock = new ReentrantLock();
        Thread loser = (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class)
                .invoke(null, (Runnable) lock::lock);
        loser.join();
        LockPatient finder = LockPatient.startVirtual("finder", () -> { }, lock);
        Action action = Given.ready(remedy.prepare(lost(finder))).action();
        action.apply();
        await().atMost(LockPatient.SOON).until(action::claimHolds);
        finder.awaitEnd();
        assertNull(finder.failure());
    }

    @Test
    void offUntilTheUserAllowsIt() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        lose(lock);
        LockPatient waiter = waiter("waiter", lock);
        Diagnosis diagnosis = lost(waiter);
        assertEquals(diagnosis.resource() + ": it is released only with lost-lock.release=true, for what it guards may be half"
                + " done", Given.impossible(remedy(false).prepare(diagnosis)));
        assertTrue(lock.isLocked());
        free(waiter);
    }

    /** However long: as long as it lives it may come back and release the lock itself. */
    @Test
    void anOwnerThatLivesKeepsIt() {
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch end = new CountDownLatch(1);
        LockPatient owner = LockPatient.start("owner", () -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }, lock);
        owner.awaitHolding(lock);
        LockPatient waiter = waiter("waiter", lock);
        assertEquals("nobody is seen to wait for it, or its owner is no thread that has ended", refusal(lost(waiter)));
        assertTrue(lock.isLocked());
        end.countDown();
        owner.awaitEnd();
        waiter.awaitEnd();
        assertNull(waiter.failure());
    }

    @Test
    void whoReadUnderItsOwnWriteLockLeavesAHoldThatNobodyCanGiveBack() throws Exception {
        ReentrantReadWriteLock table = new ReentrantReadWriteLock();
        lose(table.writeLock(), table.readLock());
        LockPatient waiter = waiter("waiter", table.writeLock());
        assertEquals("its owner read under it as well, and such a hold cannot be given back by another", refusal(lost(waiter)));
        assertTrue(table.isWriteLocked());
        free(waiter);
    }

    @Test
    void oneWhoHasGivenUpWaitingNeedsNothing() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        lose(lock);
        LockPatient waiter = waiter("waiter", lock);
        Diagnosis diagnosis = lost(waiter);
        Action action = Given.ready(remedy.prepare(diagnosis)).action();
        free(waiter);
        assertEquals(Optional.of("waiter does not wait any more"), action.noLongerNeeded());
        assertEquals("nobody is seen to wait for it, or its owner is no thread that has ended", refusal(diagnosis));
        assertTrue(lock.isLocked());
    }
}
