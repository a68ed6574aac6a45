package io.jvmmedic.core.remedy;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.detect.LockDeadlockDetector;
import io.jvmmedic.core.instrument.lock.BootBridge;
import io.jvmmedic.core.instrument.lock.DeadlockBreaker;
import io.jvmmedic.core.instrument.lock.LockGraph;
import io.jvmmedic.core.instrument.lock.LockPatient;
import io.jvmmedic.core.instrument.lock.LockWait;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.ThreadView;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real deadlocks of real threads. */
class BreakDeadlockTest {

    private static final ResourceId CYCLE = new ResourceId(ResourceId.Kind.LOCK, "cycle-1");

    private final ResourceRegistry registry = new ResourceRegistry();
    private final DeadlockBreaker breaker = BootBridge.breaker();
    private final Map<Long, Thread> seen = new ConcurrentHashMap<>();
    private final LockGraph graph = BootBridge.graph();
    private final BreakDeadlock remedy = new BreakDeadlock(registry, view(), breaker, graph,
            (resource, fault) -> Optional.of("20260101-1"));

    private ThreadView view() {
        return new ThreadView() {
            @Override
            public Thread byId(long id) {
                return seen.get(id);
            }

            @Override
            public int count() {
                return seen.size();
            }
        };
    }

    static Stream<Function<Integer, Lock>> locks() {
        return Stream.of(i -> new ReentrantLock(), i -> new ReentrantLock(true),
                i -> new ReentrantReadWriteLock().writeLock(), i -> new ReentrantReadWriteLock(true).writeLock());
    }

    private LockPatient patient(String name, CyclicBarrier allHold, Lock... locks) {
        LockPatient patient = LockPatient.start(name, () -> meet(allHold), locks);
        seen.put(patient.thread().getId(), patient.thread());
        return patient;
    }

    private static void meet(CyclicBarrier all) {
        try {
            all.await(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Diagnosis deadlock(LockPatient... members) {
        List<Long> ids = Arrays.stream(members).map(member -> member.thread().getId()).toList();
        return Given.diagnosis(Fault.LOCK_DEADLOCK, CYCLE, Confidence.CERTAIN, List.of(), ids,
                Map.of("threads", (long) ids.size(), "monitors", 0L));
    }

    /** Until the JVM says so. */
    private static Diagnosis awaitDeadlock(LockPatient... members) {
        Diagnosis diagnosis = deadlock(members);
        await().atMost(LockPatient.SOON).until(() -> LockCycle.resolved(diagnosis).isEmpty());
        return diagnosis;
    }

    private static long victims(LockPatient... members) {
        return Arrays.stream(members).filter(LockPatient::isVictim).count();
    }

    private static void awaitEnd(LockPatient... members) {
        Arrays.stream(members).forEach(LockPatient::awaitEnd);
    }

    private static void assertFree(Lock... locks) throws InterruptedException {
        for (Lock lock : locks) {
            assertTrue(lock.tryLock(60, TimeUnit.SECONDS));
            lock.unlock();
        }
    }

    @ParameterizedTest
    @MethodSource("locks")
    void oneGivesWayAndAllOthersGoOn(Function<Integer, Lock> kind) throws Throwable {
        Lock one = kind.apply(1);
        Lock two = kind.apply(2);
        Lock three = kind.apply(3);
        CyclicBarrier allHold = new CyclicBarrier(3);
        LockPatient a = patient("a", allHold, one, two);
        LockPatient b = patient("b", allHold, two, three);
        LockPatient c = patient("c", allHold, three, one);
        Diagnosis diagnosis = awaitDeadlock(a, b, c);

        Action action = Given.ready(remedy.prepare(diagnosis)).action();
        assertEquals(Optional.empty(), action.noLongerNeeded());
        assertTrue(action.observe().startsWith("deadlocked=3 of=3 victim="), action::observe);
        assertFalse(action.claimHolds());
        action.apply();

        await().atMost(LockPatient.SOON).until(action::claimHolds);
        awaitEnd(a, b, c);
        assertEquals(1, victims(a, b, c));
        LockPatient victim = Stream.of(a, b, c).filter(LockPatient::isVictim).findFirst().orElseThrow();
        String message = victim.failure().getMessage();
        assertTrue(message.startsWith("deadlock broken by JVM Medic, incident 20260101-1: lock:cycle-1, cause."), message);
        assertTrue(Stream.of(a, b, c).allMatch(each -> each == victim || each.failure() == null));
        assertFree(one, two, three);
        assertTrue(action.noLongerNeeded().isPresent());
        assertEquals(Optional.empty(), action.loan());
        assertEquals("lock:cycle-1: its threads are not deadlocked any more", Given.impossible(remedy.prepare(diagnosis)));
    }

    /** All queues have somebody in front who is none of the cycle. */
    @ParameterizedTest
    @MethodSource("locks")
    void aVictimBehindOthersLeavesThemTheirPlaces(Function<Integer, Lock> kind) throws Throwable {
        Lock one = kind.apply(1);
        Lock two = kind.apply(2);
        CyclicBarrier bothHold = new CyclicBarrier(3);
        LockPatient a = patient("a", bothHold, one, two);
        LockPatient b = patient("b", bothHold, two, one);
        a.awaitHolding(one);
        b.awaitHolding(two);
        LockPatient queuedForOne = LockPatient.start("x", () -> { }, one);
        LockPatient queuedForTwo = LockPatient.start("y", () -> { }, two);
        queuedForOne.awaitWaiting(breaker);
        queuedForTwo.awaitWaiting(breaker);
        meet(bothHold);
        Diagnosis diagnosis = awaitDeadlock(a, b);

        Action action = Given.ready(remedy.prepare(diagnosis)).action();
        action.apply();
        await().atMost(LockPatient.SOON).until(action::claimHolds);
        awaitEnd(a, b, queuedForOne, queuedForTwo);
        assertEquals(1, victims(a, b));
        assertNull(queuedForOne.failure());
        assertNull(queuedForTwo.failure());
        assertFree(one, two);
    }

    /** Else the one in between takes what the victim lets go of, and is the next to be locked up with the other. */
    @Test
    void whatTheVictimHoldsReachesTheOneWhoWaitsForIt() throws Throwable {
        for (int i = 0; i < 2; i++) {
            ReentrantLock one = new ReentrantLock();
            ReentrantLock two = new ReentrantLock();
            CyclicBarrier bothHold = new CyclicBarrier(3);
            LockPatient a = patient("a", bothHold, one, two);
            LockPatient b = patient("b", bothHold, two, one);
            a.awaitHolding(one);
            b.awaitHolding(two);
            LockPatient between = LockPatient.start("between", () -> { }, one, two);
            between.awaitWaiting(breaker);
            meet(bothHold);
            Action action = Given.ready(remedy.prepare(i == 0 ? awaitDeadlock(a, b) : awaitDeadlock(b, a))).action();
            action.apply();
            await().atMost(LockPatient.SOON).until(action::claimHolds);
            awaitEnd(a, b, between);
            assertTrue(b.isVictim());
            assertNull(a.failure());
            assertNull(between.failure());
        }
    }

    /** As threads that work without a pause do: before anybody can look, they stand in the next one. */
    @Test
    void isBrokenAlsoWhenTheSameThreadsMeetInTheSameLocksAgain() throws Throwable {
        ReentrantLock one = new ReentrantLock(true);
        ReentrantLock two = new ReentrantLock(true);
        CyclicBarrier bothHold = new CyclicBarrier(2);
        AtomicInteger victims = new AtomicInteger();
        Thread a = twice("a", bothHold, one, two, victims);
        Thread b = twice("b", bothHold, two, one, victims);
        Diagnosis diagnosis = Given.diagnosis(Fault.LOCK_DEADLOCK, CYCLE, Confidence.CERTAIN, List.of(),
                List.of(a.getId(), b.getId()), Map.of("threads", 2L, "monitors", 0L));
        for (int round = 1; round <= 2; round++) {
            await().atMost(LockPatient.SOON).until(() -> LockCycle.resolved(diagnosis).isEmpty());
            Action action = Given.ready(remedy.prepare(diagnosis)).action();
            assertFalse(action.claimHolds());
            action.apply();
            int broken = round;
            await().atMost(LockPatient.SOON).until(() -> victims.get() == broken
                    && (broken == 2 || LockCycle.resolved(diagnosis).isEmpty()));
            await().atMost(LockPatient.SOON).until(action::claimHolds);
            assertTrue(action.observe().endsWith(" served"), action::observe);
        }
        a.join(LockPatient.SOON.toMillis());
        b.join(LockPatient.SOON.toMillis());
        assertFree(one, two);
    }

    /** A thread that holds a lock, wants another, and does not give up: it starts anew before anybody else is awake. */
    @Test
    void whereAVictimTakesItsLockBackAnotherGivesWayToo() throws Throwable {
        ReentrantLock one = new ReentrantLock();
        ReentrantLock two = new ReentrantLock();
        CyclicBarrier bothHold = new CyclicBarrier(2);
        AtomicInteger stubbornFailures = new AtomicInteger();
        Thread stubborn = stubborn(one, bothHold, () -> {
            for (boolean done = false; !done; ) {
                try {
                    two.lock();
                    two.unlock();
                    done = true;
                } catch (RuntimeException e) {
                    stubbornFailures.incrementAndGet();
                }
            }
        });
        LockPatient other = patient("b", bothHold, two, one);
        Diagnosis diagnosis = Given.diagnosis(Fault.LOCK_DEADLOCK, CYCLE, Confidence.CERTAIN, List.of(),
                List.of(stubborn.getId(), other.thread().getId()), Map.of("threads", 2L, "monitors", 0L));
        await().atMost(LockPatient.SOON).until(() -> LockCycle.resolved(diagnosis).isEmpty());

        Action action = Given.ready(remedy.prepare(diagnosis)).action();
        assertTrue(action.observe().contains(" victim=a "), action::observe);
        action.apply();
        await().atMost(LockPatient.SOON).until(action::claimHolds);
        assertTrue(action.observe().contains(" victim=b ended"), action::observe);
        assertEquals(1, stubbornFailures.get());
        assertTrue(other.isVictim());
        other.awaitEnd();
        stubborn.join(LockPatient.SOON.toMillis());
        assertFree(one, two);
    }

    /** It lets go by itself, so nobody else has to. */
    @Test
    void whereAVictimThenTriesForAWhileNobodyElseGivesWay() throws Throwable {
        ReentrantLock one = new ReentrantLock();
        ReentrantLock two = new ReentrantLock();
        CyclicBarrier bothHold = new CyclicBarrier(2);
        Thread stubborn = stubborn(one, bothHold, () -> {
            try {
                two.lock();
            } catch (RuntimeException e) {
                assertFalse(tryFor(two, 3));
            }
        });
        LockPatient other = patient("b", bothHold, two, one);
        Diagnosis diagnosis = Given.diagnosis(Fault.LOCK_DEADLOCK, CYCLE, Confidence.CERTAIN, List.of(),
                List.of(stubborn.getId(), other.thread().getId()), Map.of("threads", 2L, "monitors", 0L));
        await().atMost(LockPatient.SOON).until(() -> LockCycle.resolved(diagnosis).isEmpty());

        Action action = Given.ready(remedy.prepare(diagnosis)).action();
        assertTrue(action.observe().contains(" victim=a "), action::observe);
        action.apply();
        await().atMost(LockPatient.SOON).until(action::claimHolds);
        other.awaitEnd();
        assertNull(other.failure());
        stubborn.join(LockPatient.SOON.toMillis());
        assertFree(one, two);
    }

    private static boolean tryFor(Lock lock, int seconds) {
        try {
            return lock.tryLock(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Holds the first lock until the other one has been dealt with, whatever happens. */
    private Thread stubborn(Lock first, CyclicBarrier bothHold, Runnable second) {
        Thread thread = new Thread(() -> {
            first.lock();
            meet(bothHold);
            second.run();
            first.unlock();
        }, "a");
        thread.setDaemon(true);
        seen.put(thread.getId(), thread);
        thread.start();
        return thread;
    }

    private Thread twice(String name, CyclicBarrier bothHold, Lock first, Lock second, AtomicInteger victims) {
        Thread thread = new Thread(() -> {
            for (int round = 0; round < 2; round++) {
                first.lock();
                try {
                    meet(bothHold);
                    second.lock();
                    second.unlock();
                } catch (RuntimeException e) {
                    assertEquals(BootBridge.VICTIM, e.getClass().getName());
                    victims.incrementAndGet();
                } finally {
                    first.unlock();
                }
            }
        }, name);
        thread.setDaemon(true);
        seen.put(thread.getId(), thread);
        thread.start();
        return thread;
    }

    @Test
    void ofAMonitorAndALockTheLockGivesWay() throws Throwable {
        Object monitor = new Object();
        ReentrantLock lock = new ReentrantLock();
        CyclicBarrier bothHold = new CyclicBarrier(2);
        LockPatient waitsForLock = LockPatient.start("waits-for-lock", () -> { }, any -> {
            synchronized (monitor) {
                meet(bothHold);
                any.lock();
            }
        }, lock);
        LockPatient waitsForMonitor = LockPatient.start("waits-for-monitor", () -> {
            meet(bothHold);
            synchronized (monitor) {
                Thread.onSpinWait();
            }
        }, lock);
        for (LockPatient member : List.of(waitsForLock, waitsForMonitor)) {
            seen.put(member.thread().getId(), member.thread());
        }
        Diagnosis diagnosis = awaitDeadlock(waitsForLock, waitsForMonitor);
        Action action = Given.ready(remedy.prepare(diagnosis)).action();
        action.apply();
        await().atMost(LockPatient.SOON).until(action::claimHolds);
        awaitEnd(waitsForLock, waitsForMonitor);
        assertTrue(waitsForLock.isVictim());
        assertNull(waitsForMonitor.failure());
    }

    /** A cycle that the JVM is blind to, found by the graph. */
    private Action awaitUnseen(Thread... members) {
        Set<Thread> wanted = Set.of(members);
        LockGraph.Cycle found = await().atMost(LockPatient.SOON).until(() -> graph.find().stream()
                .filter(cycle -> cycle.waits().stream().map(LockWait::thread).collect(Collectors.toSet()).equals(wanted))
                .findFirst().orElse(null), Objects::nonNull);
        Diagnosis diagnosis = Given.diagnosis(Fault.LOCK_DEADLOCK, CYCLE, Confidence.CERTAIN, List.of(), found.threadIds(),
                Map.of("monitors", 0L, LockDeadlockDetector.BEYOND_JVM, 1L));
        Action action = Given.ready(remedy.prepare(diagnosis)).action();
        assertEquals(Optional.empty(), action.noLongerNeeded());
        assertFalse(action.claimHolds());
        return action;
    }

    @Test
    void oneWhoWaitsForItselfToStopReadingIsFreed() throws Throwable {
        ReentrantReadWriteLock table = new ReentrantReadWriteLock();
        LockPatient upgrading = LockPatient.start("upgrading", () -> { }, table.readLock(), table.writeLock());
        upgrading.awaitWaiting(breaker);
        LockPatient reader = LockPatient.start("reader", () -> { }, table.readLock());
        Action action = awaitUnseen(upgrading.thread());
        action.apply();
        await().atMost(LockPatient.SOON).until(action::claimHolds);
        awaitEnd(upgrading, reader);
        assertTrue(upgrading.isVictim());
        assertNull(reader.failure());
        assertFree(table.writeLock());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readersInACircleAreFreed(boolean fair) throws Throwable {
        ReentrantReadWriteLock one = new ReentrantReadWriteLock(fair);
        ReentrantReadWriteLock two = new ReentrantReadWriteLock(fair);
        CyclicBarrier bothHold = new CyclicBarrier(2);
        LockPatient a = patient("a", bothHold, one.readLock(), two.writeLock());
        LockPatient b = patient("b", bothHold, two.readLock(), one.writeLock());
        b.awaitWaiting(breaker);
        LockPatient bystander = LockPatient.start("bystander", () -> { }, one.readLock());
        Action action = awaitUnseen(a.thread(), b.thread());
        action.apply();
        await().atMost(LockPatient.SOON).until(action::claimHolds);
        awaitEnd(a, b, bystander);
        assertEquals(1, victims(a, b));
        assertNull(bystander.failure());
        assertFree(one.writeLock(), two.writeLock());
    }

    /** The reader holds the lock already, but a writer stands before it and waits for the other reader. */
    @Test
    void aReaderBehindAWriterWhoWaitsForAnotherReaderIsFreed() throws Throwable {
        ReentrantReadWriteLock table = new ReentrantReadWriteLock(true);
        ReentrantLock gate = new ReentrantLock();
        LockPatient first = LockPatient.start("first", () -> await().atMost(LockPatient.SOON)
                .until(() -> table.getQueueLength() == 2), table.readLock(), gate);
        first.awaitHolding(table.readLock());
        LockPatient writer = LockPatient.start("writer", () -> { }, table.writeLock());
        writer.awaitWaiting(breaker);
        LockPatient second = LockPatient.start("second", () -> { }, gate, table.readLock());
        Action action = awaitUnseen(first.thread(), writer.thread(), second.thread());
        action.apply();
        await().atMost(LockPatient.SOON).until(action::claimHolds);
        awaitEnd(first, writer, second);
        assertEquals(1, victims(first, writer, second));
        assertFree(table.writeLock(), gate);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtualThreadsAreFreed() throws Throwable {
        ReentrantLock one = new ReentrantLock();
        ReentrantLock two = new ReentrantLock();
        CyclicBarrier bothHold = new CyclicBarrier(2);
        LockPatient a = LockPatient.startVirtual("a", () -> meet(bothHold), one, two);
        LockPatient b = LockPatient.startVirtual("", () -> meet(bothHold), two, one);
        Action action = awaitUnseen(a.thread(), b.thread());
        action.apply();
        await().atMost(LockPatient.SOON).until(action::claimHolds);
        awaitEnd(a, b);
        assertEquals(1, victims(a, b));
        assertFree(one, two);
    }

    /** A victim that catches the exception and keeps what it holds has not helped anybody. */
    @Test
    void aVictimThatKeepsItsLocksIsNoSuccess() throws Throwable {
        ReentrantLock one = new ReentrantLock();
        ReentrantLock two = new ReentrantLock();
        CyclicBarrier bothHold = new CyclicBarrier(2);
        LockPatient stubborn = LockPatient.start("stubborn", () -> {
            meet(bothHold);
            try {
                two.lock();
            } catch (RuntimeException e) {
                two.lock();
            }
            two.unlock();
        }, one);
        seen.put(stubborn.thread().getId(), stubborn.thread());
        LockPatient other = LockPatient.start("other", () -> meet(bothHold), two, one);
        Diagnosis diagnosis = Given.diagnosis(Fault.LOCK_DEADLOCK, CYCLE, Confidence.CERTAIN, List.of(),
                List.of(stubborn.thread().getId(), other.thread().getId()), Map.of("monitors", 0L));
        await().atMost(LockPatient.SOON).until(() -> LockCycle.resolved(diagnosis).isEmpty());

        // The other one of the cycle is not in the view, so this one is elected.
        Action action = Given.ready(remedy.prepare(diagnosis)).action();
        action.apply();
        stubborn.awaitWaiting(breaker);
        assertFalse(action.claimHolds());
        assertEquals(Optional.empty(), LockCycle.resolved(diagnosis));

        seen.put(other.thread().getId(), other.thread());
        Action second = Given.ready(remedy.prepare(diagnosis)).action();
        second.apply();
        await().atMost(LockPatient.SOON).until(second::claimHolds);
        awaitEnd(stubborn, other);
        assertTrue(other.isVictim(), "the one that was chosen before was chosen again");
        assertNull(stubborn.failure());
    }

    @Test
    void theOneWithoutAConnectionGivesWay() throws Throwable {
        FakePool pool = new FakePool(registry, "orders", 1);
        ReentrantLock one = new ReentrantLock();
        ReentrantLock two = new ReentrantLock();
        CyclicBarrier bothHold = new CyclicBarrier(2);
        LockPatient working = LockPatient.start("working", () -> {
            pool.borrow(pool);
            meet(bothHold);
        }, one, two);
        seen.put(working.thread().getId(), working.thread());
        LockPatient idle = patient("idle", bothHold, two, one);
        Diagnosis diagnosis = awaitDeadlock(working, idle);
        Action action = Given.ready(remedy.prepare(diagnosis)).action();
        action.apply();
        await().atMost(LockPatient.SOON).until(action::claimHolds);
        awaitEnd(working, idle);
        assertTrue(idle.isVictim());
        assertNull(working.failure());
    }

    @Test
    void monitorsAreNeverFreed() {
        Diagnosis diagnosis = Given.diagnosis(Fault.LOCK_DEADLOCK, CYCLE, Confidence.CERTAIN, List.of(), List.of(1L, 2L),
                Map.of("monitors", 2L));
        assertEquals("lock:cycle-1: all of its 2 threads wait for monitors, and such a wait cannot be ended; only a restart"
                + " helps", Given.impossible(remedy.prepare(diagnosis)));
    }

    @Test
    void aLockWhoseOwnerHasEndedIsNotTakenAway() {
        ReentrantLock lost = new ReentrantLock();
        Thread owner = new Thread(lost::lock, "gone");
        owner.start();
        await().atMost(LockPatient.SOON).until(() -> !owner.isAlive());
        LockPatient waiting = LockPatient.start("waiting", () -> { }, Lock::lockInterruptibly, lost);
        seen.put(waiting.thread().getId(), waiting.thread());
        waiting.awaitWaiting(breaker);
        String reason = Given.impossible(remedy.prepare(deadlock(waiting)));
        assertTrue(reason.endsWith("is held by gone, which has ended; what it guards may be half done, so it is not taken"
                + " away"), reason);
        waiting.thread().interrupt();
        waiting.awaitEnd();
    }

    @Test
    void waitsThatCannotBeEndedAreNamed() throws Exception {
        ReentrantLock one = new ReentrantLock();
        ReentrantLock two = new ReentrantLock();
        CyclicBarrier bothHold = new CyclicBarrier(3);
        LockPatient a = polite("a", bothHold, one, two);
        LockPatient b = polite("b", bothHold, two, one);
        a.awaitHolding(one);
        b.awaitHolding(two);
        LockPatient queuedForOne = LockPatient.start("x", () -> { }, one);
        LockPatient queuedForTwo = LockPatient.start("y", () -> { }, two);
        queuedForOne.awaitWaiting(breaker);
        queuedForTwo.awaitWaiting(breaker);
        meet(bothHold);
        Diagnosis diagnosis = awaitDeadlock(a, b);
        assertEquals("lock:cycle-1: none of its waits can be ended: a waits interruptibly behind others; b waits"
                + " interruptibly behind others", Given.impossible(remedy.prepare(diagnosis)));
        a.thread().interrupt();
        awaitEnd(a, b, queuedForOne, queuedForTwo);
    }

    private LockPatient polite(String name, CyclicBarrier allHold, Lock... locks) {
        LockPatient patient = LockPatient.start(name, () -> meet(allHold), Lock::lockInterruptibly, locks);
        seen.put(patient.thread().getId(), patient.thread());
        return patient;
    }

    @Test
    void nothingIsDoneWhereTheCycleIsGone() throws Exception {
        LockPatient done = patient("done", new CyclicBarrier(1), new ReentrantLock());
        done.awaitEnd();
        assertEquals("lock:cycle-1: its threads are not deadlocked any more", Given.impossible(remedy.prepare(deadlock(done))));
    }
}
