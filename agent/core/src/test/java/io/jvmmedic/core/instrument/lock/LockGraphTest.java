package io.jvmmedic.core.instrument.lock;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.resource.LockCycles;
import io.jvmmedic.core.resource.LockCycles.Member;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RecursiveAction;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Cycles that the JVM does not report; each test leaves none behind. */
class LockGraphTest {

    private final DeadlockBreaker breaker = BootBridge.breaker();
    private final LockGraph graph = BootBridge.graph();

    private static Runnable meeting(CyclicBarrier all) {
        return () -> {
            try {
                all.await(30, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
    }

    private void free(LockPatient... members) {
        for (LockPatient member : members) {
            member.thread().interrupt();
            member.awaitEnd();
        }
        assertEquals(List.of(), graph.cycles());
    }

    @Test
    void tellsWhoWaitsForWhichLockAndWhere() {
        ReentrantReadWriteLock one = new ReentrantReadWriteLock();
        ReentrantReadWriteLock two = new ReentrantReadWriteLock();
        CyclicBarrier bothHold = new CyclicBarrier(2);
        LockPatient a = LockPatient.start("a", meeting(bothHold), Lock::lockInterruptibly, one.readLock(), two.writeLock());
        LockPatient b = LockPatient.start("b", meeting(bothHold), Lock::lockInterruptibly, two.readLock(), one.writeLock());
        List<List<Member>> cycles = await().atMost(LockPatient.SOON).until(graph::cycles, found -> !found.isEmpty());
        assertEquals(1, cycles.size());
        List<Member> cycle = cycles.get(0);
        assertEquals(List.of(a.thread().getId(), b.thread().getId()), cycle.stream().map(Member::threadId).toList());
        for (Member member : cycle) {
            assertEquals("READ_LOCK", member.kind());
            assertTrue(member.lock().startsWith("java.util.concurrent.locks.ReentrantReadWriteLock$NonfairSync@"));
            assertFalse(member.site().isEmpty());
            assertFalse(member.timed());
        }
        free(a, b);
    }

    @Test
    void aLimitIsTold() {
        ReentrantReadWriteLock table = new ReentrantReadWriteLock();
        LockPatient a = LockPatient.start("a", () -> { }, lock -> lock.tryLock(1, TimeUnit.HOURS), table.readLock(),
                table.writeLock());
        List<List<Member>> cycles = await().atMost(LockPatient.SOON).until(graph::cycles, found -> !found.isEmpty());
        assertTrue(cycles.get(0).get(0).timed());
        free(a);
    }

    @Test
    void whatTheJvmReportsIsLeftToIt() {
        ReentrantLock one = new ReentrantLock();
        ReentrantLock two = new ReentrantLock();
        CyclicBarrier bothHold = new CyclicBarrier(2);
        LockPatient a = LockPatient.start("a", meeting(bothHold), Lock::lockInterruptibly, one, two);
        LockPatient b = LockPatient.start("b", meeting(bothHold), Lock::lockInterruptibly, two, one);
        a.awaitWaiting(breaker);
        b.awaitWaiting(breaker);
        assertEquals(List.of(), graph.cycles());
        free(a, b);
    }

    /** Readers, writers, latches and semaphores with queues behind them, and nobody waits for itself. */
    @Test
    void contentionIsNoCycle() throws InterruptedException {
        ReentrantReadWriteLock table = new ReentrantReadWriteLock();
        CountDownLatch done = new CountDownLatch(1);
        Semaphore permits = new Semaphore(0);
        Runnable hold = () -> {
            try {
                done.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        LockPatient reader = LockPatient.start("reader", hold, table.readLock());
        reader.awaitHolding(table.readLock());
        // Reads twice: its holds are counted in a thread-local, for the first reader is another.
        LockPatient twice = LockPatient.start("twice", hold, table.readLock(), table.readLock());
        twice.awaitHolding(table.readLock());
        LockPatient writer = LockPatient.start("writer", () -> { }, table.writeLock());
        writer.awaitWaiting(breaker);
        LockPatient late = LockPatient.start("late", () -> { }, table.readLock());
        late.awaitWaiting(breaker);
        LockPatient acquiring = LockPatient.start("acquiring", () -> { }, lock -> {
            permits.acquire();
            lock.lock();
        }, new ReentrantLock());
        acquiring.awaitWaiting(breaker);
        for (int i = 0; i < 20; i++) {
            assertEquals(List.of(), graph.cycles());
        }
        done.countDown();
        permits.release();
        for (LockPatient patient : List.of(reader, twice, writer, late, acquiring)) {
            patient.awaitEnd();
            assertNull(patient.failure());
        }
    }

    private static void awaitFree(LockGraph graph, String thread) {
        await().atMost(LockPatient.SOON).until(() -> graph.cycles().stream().flatMap(List::stream)
                .noneMatch(member -> member.thread().equals(thread)));
    }

    private List<Member> awaitCycleOf(String thread) {
        return await().atMost(LockPatient.SOON).until(() -> graph.cycles().stream()
                .filter(cycle -> cycle.stream().anyMatch(member -> member.thread().equals(thread))).findFirst().orElse(null),
                cycle -> cycle != null);
    }

    @Test
    void theHolderOfALockAndTheTaskItWaitsFor() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        FutureTask<Integer> task = new FutureTask<>(() -> {
            lock.lockInterruptibly();
            lock.unlock();
            return 1;
        });
        Thread holder = new Thread(() -> {
            lock.lock();
            try {
                Thread runner = new Thread(task, "runner");
                runner.setDaemon(true);
                runner.start();
                task.get();
            } catch (Exception freed) {
                Thread.currentThread().interrupt();
            } finally {
                lock.unlock();
            }
        }, "holder");
        holder.start();
        List<Member> cycle = awaitCycleOf("holder");
        assertEquals(Set.of("holder TASK", "runner SYNCHRONIZER"),
                cycle.stream().map(member -> member.thread() + " " + member.kind()).collect(Collectors.toSet()));
        task.cancel(true);
        holder.join();
        awaitFree(graph, "holder");
    }

    @Test
    void aMonitorHeldByOneWhoWaitsForATask() throws Exception {
        Object monitor = new Object();
        FutureTask<Integer> task = new FutureTask<>(() -> {
            synchronized (monitor) {
                return 1;
            }
        });
        Thread owner = new Thread(() -> {
            synchronized (monitor) {
                Thread runner = new Thread(task, "blocked-runner");
                runner.setDaemon(true);
                runner.start();
                try {
                    task.get();
                } catch (Exception freed) {
                    Thread.currentThread().interrupt();
                }
            }
        }, "owner");
        owner.start();
        List<Member> cycle = awaitCycleOf("owner");
        assertEquals(Set.of("owner TASK", "blocked-runner MONITOR"),
                cycle.stream().map(member -> member.thread() + " " + member.kind()).collect(Collectors.toSet()));
        task.cancel(false);
        owner.join();
        awaitFree(graph, "owner");
    }

    private static void lockAndUnlock(Lock lock, AtomicReference<Thread> by) {
        by.set(Thread.currentThread());
        try {
            lock.lockInterruptibly();
            lock.unlock();
        } catch (InterruptedException freed) {
            throw new CancellationException();
        }
    }

    /** The caller takes part in its stream until a worker has taken an element and waits for the lock. */
    @Test
    void aParallelStreamUnderALockThatItsElementsWant() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        AtomicReference<Thread> worker = new AtomicReference<>();
        Thread caller = start("stream-caller", () -> {
            lock.lock();
            try {
                IntStream.range(0, 64).parallel().forEach(i -> {
                    if (lock.isHeldByCurrentThread()) {
                        await().atMost(LockPatient.SOON).until(() -> worker.get() != null);
                    } else {
                        lockAndUnlock(lock, worker);
                    }
                });
            } finally {
                lock.unlock();
            }
            return null;
        });
        List<Member> cycle = awaitCycleOf("stream-caller");
        assertEquals(2, cycle.size());
        assertTrue(kinds(cycle).contains("stream-caller TASK"));
        assertTrue(kinds(cycle).contains(worker.get().getName() + " SYNCHRONIZER"));
        // Any further one that has taken an element waits for the same lock.
        await().atMost(LockPatient.SOON).until(() -> {
            worker.get().interrupt();
            return !caller.isAlive();
        });
        awaitFree(graph, "stream-caller");
    }

    @Test
    void aWorkerThatWaitsForAPartOfItsTaskIsInACycleOnlyOnceNobodyElseCanRunIt() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        AtomicReference<Thread> holder = new AtomicReference<>();
        AtomicReference<Thread> worker = new AtomicReference<>();
        ForkJoinPool pool = new ForkJoinPool(3);
        ForkJoinTask<?> whole = pool.submit(() -> {
            holder.set(Thread.currentThread());
            lock.lock();
            try {
                ForkJoinTask<?> wants = new Part(() -> lockAndUnlock(lock, worker)).fork();
                new Part(() -> {
                    busy.countDown();
                    end.await();
                }).fork();
                await().atMost(LockPatient.SOON).until(() -> lock.hasQueuedThreads() && busy.getCount() == 0);
                wants.join();
            } finally {
                lock.unlock();
            }
        });
        await().atMost(LockPatient.SOON).until(() -> holder.get() != null
                && LockSupport.getBlocker(holder.get()) instanceof ForkJoinTask);
        for (int i = 0; i < 20; i++) {
            assertEquals(List.of(), graph.cycles(), "the other worker may run it next");
        }
        end.countDown();
        List<Member> cycle = awaitCycleOf(holder.get().getName());
        assertEquals(Set.of(holder.get().getName() + " TASK", worker.get().getName() + " SYNCHRONIZER"), kinds(cycle));
        worker.get().interrupt();
        await().atMost(LockPatient.SOON).until(whole::isDone);
        pool.shutdownNow();
        awaitFree(graph, holder.get().getName());
    }

    /** A worker may hand a task to another pool, and that pool's workers then complete it. */
    @Test
    void aWorkerThatWaitsForATaskOfAnotherPoolIsInNoCycleWithItsNeighbours() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        AtomicReference<Thread> holder = new AtomicReference<>();
        AtomicReference<Thread> neighbour = new AtomicReference<>();
        ForkJoinPool pool = new ForkJoinPool(2);
        ForkJoinPool other = new ForkJoinPool(1);
        ForkJoinTask<?> whole = pool.submit(() -> {
            holder.set(Thread.currentThread());
            lock.lock();
            try {
                other.invoke(new Part(() -> {
                    begun.countDown();
                    end.await();
                }));
            } finally {
                lock.unlock();
            }
        });
        assertTrue(begun.await(60, TimeUnit.SECONDS));
        ForkJoinTask<?> wants = pool.submit(() -> lockAndUnlock(lock, neighbour));
        await().atMost(LockPatient.SOON).until(() -> lock.hasQueuedThreads()
                && LockSupport.getBlocker(holder.get()) instanceof ForkJoinTask);
        for (int i = 0; i < 20; i++) {
            assertEquals(List.of(), graph.cycles(), "the other pool's worker goes on");
        }
        end.countDown();
        whole.get(60, TimeUnit.SECONDS);
        wants.get(60, TimeUnit.SECONDS);
        pool.shutdownNow();
        other.shutdownNow();
    }

    private interface Body {
        void run() throws InterruptedException;
    }

    private static final class Part extends RecursiveAction {

        private static final long serialVersionUID = 1;
        private final transient Body body;

        Part(Body body) {
            this.body = body;
        }

        @Override
        protected void compute() {
            try {
                body.run();
            } catch (InterruptedException freed) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Thread start(String name, Callable<?> work) {
        Thread thread = new Thread(() -> {
            try {
                work.call();
            } catch (Exception freed) {
                Thread.currentThread().interrupt();
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static Set<String> kinds(List<Member> cycle) {
        return cycle.stream().map(member -> member.thread() + " " + member.kind()).collect(Collectors.toSet());
    }

    @Test
    void aMonitorHeldByOneWhoJoinsAThreadThatWantsIt() throws Exception {
        Object monitor = new Object();
        Thread parent = start("parent", () -> {
            synchronized (monitor) {
                Thread child = start("child", () -> {
                    synchronized (monitor) {
                        return 1;
                    }
                });
                child.join();
                return child;
            }
        });
        List<Member> cycle = awaitCycleOf("parent");
        assertEquals(Set.of("parent JOIN", "child MONITOR"), kinds(cycle));
        Member joining = cycle.stream().filter(member -> member.thread().equals("parent")).findFirst().orElseThrow();
        assertTrue(joining.lock().startsWith("java.lang.Thread@"), joining.lock());
        assertFalse(joining.timed());
        parent.interrupt();
        parent.join();
        awaitFree(graph, "parent");
    }

    @Test
    void threadsThatJoinEachOther() throws Exception {
        AtomicReference<Thread> other = new AtomicReference<>();
        CountDownLatch known = new CountDownLatch(1);
        Thread one = start("one", () -> {
            known.await();
            other.get().join();
            return 1;
        });
        // A subclass, so that the JVM calls the object by another name.
        Thread two = new Thread("two") {
            @Override
            public void run() {
                try {
                    one.join();
                } catch (InterruptedException freed) {
                    interrupt();
                }
            }
        };
        two.setDaemon(true);
        two.start();
        other.set(two);
        known.countDown();
        assertEquals(Set.of("one JOIN", "two JOIN"), kinds(awaitCycleOf("one")));
        one.interrupt();
        two.join();
        awaitFree(graph, "one");
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void aVirtualThreadIsJoinedByTheHolderOfItsLock() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch held = new CountDownLatch(1);
        FutureTask<Integer> work = new FutureTask<>(() -> {
            held.await();
            lock.lockInterruptibly();
            lock.unlock();
            return 1;
        });
        Thread virtual = (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, work);
        Thread joining = start("joins-virtual", () -> {
            lock.lock();
            try {
                held.countDown();
                virtual.join();
            } finally {
                lock.unlock();
            }
            return 1;
        });
        List<Member> cycle = awaitCycleOf("joins-virtual");
        assertEquals(Set.of("JOIN", "SYNCHRONIZER"), cycle.stream().map(Member::kind).collect(Collectors.toSet()));
        joining.interrupt();
        joining.join();
        awaitFree(graph, "joins-virtual");
    }

    /** A {@code main} that stays by joining itself, a parent whose child is busy, and a wait on a thread that is no join. */
    @Test
    void joinsThatEndOrAreMeantToLastAreNoCycle() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Thread child = start("busy-child", () -> {
            end.await();
            return 1;
        });
        Thread parent = start("patient-parent", () -> {
            child.join();
            return 1;
        });
        Thread self = start("stays", () -> {
            Thread.currentThread().join();
            return 1;
        });
        AtomicReference<Thread> waiter = new AtomicReference<>();
        Thread notified = start("notified", () -> {
            while (waiter.get() == null) {
                Thread.onSpinWait();
            }
            waiter.get().join();
            return 1;
        });
        waiter.set(start("waits-on-a-thread", () -> {
            synchronized (notified) {
                notified.wait();
            }
            return 1;
        }));
        await().atMost(LockPatient.SOON).until(() -> Stream.of(child, parent, self, notified, waiter.get())
                .allMatch(thread -> thread.getState() == Thread.State.WAITING));
        for (int i = 0; i < 20; i++) {
            assertEquals(List.of(), graph.cycles());
        }
        end.countDown();
        parent.join();
        self.interrupt();
        self.join();
        // The one who waits on it may have been on its way there.
        await().atMost(LockPatient.SOON).until(() -> {
            synchronized (notified) {
                notified.notifyAll();
            }
            return !notified.isAlive();
        });
    }

    @Test
    void aLockWhoseOwnerHasEnded() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        Thread loser = new Thread(lock::lock, "loser");
        loser.start();
        loser.join();
        LockPatient finder = LockPatient.start("finder", () -> { }, Lock::lockInterruptibly, lock);
        finder.awaitWaiting(breaker);
        LockCycles.Lost lost = await().atMost(LockPatient.SOON).until(() -> graph.look().lost().stream()
                .filter(one -> one.owner().equals("loser")).findFirst().orElse(null), one -> one != null);
        assertEquals(loser.getId(), lost.ownerId());
        assertEquals(List.of("finder"), lost.waiters().stream().map(Member::thread).toList());
        finder.thread().interrupt();
        finder.awaitEnd();
        assertEquals(List.of(), graph.look().lost());
    }
}
