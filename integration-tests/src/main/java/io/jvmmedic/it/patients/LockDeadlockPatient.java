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
 * each other. First argument: the kind of lock, {@code lock}, {@code fair}, {@code write}. Second: {@code live}, the
 * deadlock forms upon {@code break}; {@code formed}, it is there before the patient is ready; {@code queued}, like
 * {@code formed}, and in each queue somebody stands before the thread of the cycle.
 */
public final class LockDeadlockPatient extends Patient {

    private final List<Lock> accounts;
    private final String moment;
    private final CyclicBarrier bothHoldOne = new CyclicBarrier(2);
    private final CountDownLatch othersQueued = new CountDownLatch(1);
    private final List<String> ends = new CopyOnWriteArrayList<>();
    private Load load;

    private LockDeadlockPatient(List<Lock> accounts, String moment) {
        this.accounts = accounts;
        this.moment = moment;
    }

    public static void main(String[] arguments) throws Exception {
        List<Lock> accounts = switch (arguments[0]) {
            case "lock" -> List.of(new ReentrantLock(), new ReentrantLock());
            case "fair" -> List.of(new ReentrantLock(true), new ReentrantLock(true));
            case "write" -> List.of(new ReentrantReadWriteLock().writeLock(), new ReentrantReadWriteLock().writeLock());
            default -> throw new IllegalArgumentException("no kind of lock: " + arguments[0]);
        };
        new LockDeadlockPatient(accounts, arguments[1]).serve();
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

    private Thread transfer(String name, int first, int second) {
        return daemon(name, () -> {
            try {
                both(first, second, this::meet);
                ends.add(name + " did it");
            } catch (RuntimeException e) {
                ends.add(name + " failed: " + e);
            }
        });
    }

    private void take(int account) {
        accounts.get(account).lock();
        accounts.get(account).unlock();
    }

    /** For the tellers the accounts have an order, so they are never part of it. */
    private void both(int first, int second, Runnable between) {
        accounts.get(first).lock();
        try {
            between.run();
            accounts.get(second).lock();
            accounts.get(second).unlock();
        } finally {
            accounts.get(first).unlock();
        }
    }

    private void meet() {
        try {
            bothHoldOne.await();
            othersQueued.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitParked(Thread thread) throws InterruptedException {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.sleep(5);
        }
    }
}
