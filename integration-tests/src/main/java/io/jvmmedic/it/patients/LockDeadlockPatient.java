package io.jvmmedic.it.patients;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Two accounts behind locks of {@code java.util.concurrent}, tellers who need both, and two threads that come to wait for
 * each other. First argument: the kind of lock, {@code lock}, {@code fair}, {@code write}, {@code read} (the first one is
 * only read), or {@code virtual}, a lock and two virtual threads. Second: {@code live}, the
 * deadlock forms upon {@code break}; {@code formed}, it is there before the patient is ready; {@code queued}, like
 * {@code formed}, and in each queue somebody stands before the thread of the cycle.
 */
public final class LockDeadlockPatient extends Patient {

    private final List<Lock> first;
    private final List<Lock> second;
    private final boolean virtual;
    private final String moment;
    private final CountDownLatch firstHoldsOne = new CountDownLatch(1);
    private final CyclicBarrier bothHoldOne = new CyclicBarrier(2);
    private final CountDownLatch othersQueued = new CountDownLatch(1);
    private final List<String> ends = new CopyOnWriteArrayList<>();
    private Load load;

    private LockDeadlockPatient(List<Lock> first, List<Lock> second, boolean virtual, String moment) {
        this.first = first;
        this.second = second;
        this.virtual = virtual;
        this.moment = moment;
    }

    public static void main(String[] arguments) throws Exception {
        List<ReentrantReadWriteLock> tables = List.of(new ReentrantReadWriteLock(), new ReentrantReadWriteLock());
        List<Lock> writing = tables.stream().<Lock>map(ReentrantReadWriteLock::writeLock).toList();
        List<Lock> first = switch (arguments[0]) {
            case "lock", "virtual" -> List.of(new ReentrantLock(), new ReentrantLock());
            case "fair" -> List.of(new ReentrantLock(true), new ReentrantLock(true));
            case "write" -> writing;
            case "read" -> tables.stream().<Lock>map(ReentrantReadWriteLock::readLock).toList();
            default -> throw new IllegalArgumentException("no kind of lock: " + arguments[0]);
        };
        List<Lock> second = arguments[0].equals("read") ? writing : first;
        new LockDeadlockPatient(first, second, arguments[0].equals("virtual"), arguments[1]).serve();
    }

    @Override
    protected void open() throws Exception {
        if (!moment.equals("live")) {
            lockUp();
        }
        load = new Load("teller", 2, 20, () -> both(0, 1, () -> { }));
        Garbage.produce();
        on("status", ignored -> load.status());
        on("ends", ignored -> ends.toString());
        on("break", ignored -> {
            lockUp();
            return "";
        });
    }

    @Override
    protected void close() {
        load.stop();
    }

    private void lockUp() throws InterruptedException {
        Thread there = transfer("transfer-ab", 0, 1);
        // Else a teller might take the first account and wait for the second, and the one who comes late meets nobody.
        firstHoldsOne.await();
        Thread back = transfer("transfer-ba", 1, 0);
        if (moment.equals("queued")) {
            awaitParked(there);
            awaitParked(back);
            awaitParked(daemon("bystander-a", () -> take(0)));
            awaitParked(daemon("bystander-b", () -> take(1)));
        }
        othersQueued.countDown();
        awaitParked(there);
        awaitParked(back);
    }

    /** By reflection: this is compiled for 17. */
    private Thread start(String name, Runnable work) {
        if (!virtual) {
            return daemon(name, work);
        }
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Class<?> type = Class.forName("java.lang.Thread$Builder");
            type.getMethod("name", String.class).invoke(builder, name);
            return (Thread) type.getMethod("start", Runnable.class).invoke(builder, work);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private Thread transfer(String name, int from, int to) {
        return start(name, () -> {
            try {
                both(from, to, this::meet);
                ends.add(name + " did it");
            } catch (RuntimeException e) {
                ends.add(name + " failed: " + e);
            }
        });
    }

    private void take(int account) {
        second.get(account).lock();
        second.get(account).unlock();
    }

    /** For the tellers the accounts have an order, so they are never part of it. */
    private void both(int from, int to, Runnable between) {
        first.get(from).lock();
        try {
            between.run();
            second.get(to).lock();
            second.get(to).unlock();
        } finally {
            first.get(from).unlock();
        }
    }

    private void meet() {
        firstHoldsOne.countDown();
        try {
            bothHoldOne.await();
            othersQueued.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Or until it has ended: on a busy machine the deadlock may be broken before anybody looks here. */
    private static void awaitParked(Thread thread) throws InterruptedException {
        while (thread.isAlive() && thread.getState() != Thread.State.WAITING) {
            Thread.sleep(5);
        }
    }
}
