package io.jvmmedic.it.patients;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Locks that are fought over, held long, waited for in cycles that resolve: nobody is ever deadlocked. */
public final class ContendedLocksPatient extends Patient {

    private static final long SECONDS = 12;
    private static final int RIVALS = 6;

    private final Zoo zoo = new Zoo();

    public static void main(String[] arguments) throws Exception {
        new ContendedLocksPatient().serve();
    }

    @Override
    protected void open() {
        Garbage.produce();
        on("begin", ignored -> {
            begin();
            return "";
        });
        on("zoo", ignored -> zoo.status());
    }

    private void begin() {
        ReentrantLock[] ring = {new ReentrantLock(), new ReentrantLock(), new ReentrantLock(true)};
        for (int i = 0; i < ring.length; i++) {
            Lock first = ring[i];
            Lock second = ring[(i + 1) % ring.length];
            zoo.keep("ring-" + i, () -> tryInACircle(first, second));
        }
        compete("unfair", new ReentrantLock(), new ReentrantLock());
        compete("fair", new ReentrantLock(true), new ReentrantLock(true));
        compete("write", new ReentrantReadWriteLock().writeLock(), new ReentrantReadWriteLock(true).writeLock());
        ReentrantReadWriteLock table = new ReentrantReadWriteLock();
        zoo.keep("writer", () -> hold(table.writeLock(), 400));
        for (int i = 0; i < RIVALS; i++) {
            zoo.keep("reader-" + i, () -> hold(table.readLock(), 150));
        }
        ReentrantLock slow = new ReentrantLock();
        zoo.keep("long-holder", () -> hold(slow, SECONDS * 400));
        zoo.keep("patient-waiter", () -> hold(slow, 10));
        zoo.keep("bounded-buffer", ContendedLocksPatient::pingPong);
    }

    /** Each holds one and wants the next, for a second at a time: a cycle as in a text-book, and it lets go. */
    private static void tryInACircle(Lock first, Lock second) throws InterruptedException {
        for (long end = end(); System.nanoTime() < end; ) {
            first.lock();
            try {
                rest(30);
                if (second.tryLock(1_100, TimeUnit.MILLISECONDS)) {
                    second.unlock();
                }
            } finally {
                first.unlock();
            }
            rest(10);
        }
    }

    private void compete(String name, Lock outer, Lock inner) {
        for (int i = 0; i < RIVALS; i++) {
            zoo.keep(name + "-" + i, () -> {
                for (long end = end(); System.nanoTime() < end; ) {
                    outer.lock();
                    try {
                        inner.lock();
                        try {
                            rest(1);
                        } finally {
                            inner.unlock();
                        }
                    } finally {
                        outer.unlock();
                    }
                }
            });
        }
    }

    private static void hold(Lock lock, long millis) {
        for (long end = end(); System.nanoTime() < end; ) {
            lock.lock();
            try {
                rest(millis);
            } finally {
                lock.unlock();
            }
            rest(5);
        }
    }

    private static void pingPong() throws InterruptedException {
        ReentrantLock lock = new ReentrantLock();
        Condition turned = lock.newCondition();
        boolean[] ping = {true};
        boolean[] over = {false};
        Thread other = daemon("pong", () -> {
            lock.lock();
            try {
                while (!over[0]) {
                    ping[0] = true;
                    turned.signal();
                    turned.awaitUninterruptibly();
                }
            } finally {
                lock.unlock();
            }
        });
        lock.lock();
        try {
            for (long end = end(); System.nanoTime() < end; ) {
                while (!ping[0]) {
                    turned.await();
                }
                ping[0] = false;
                rest(20);
                turned.signal();
            }
            over[0] = true;
            turned.signal();
        } finally {
            lock.unlock();
        }
        other.join();
    }

    private static long end() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    }

    private static void rest(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
