package io.jvmmedic.it.patients;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Two accounts, each with its lock. After {@code break} two threads transfer in opposite directions and wait for each
 * other for ever, and all later requests queue up behind them. {@code wedge} adds a shutdown hook that never ends.
 * Argument: {@code monitors} or {@code locks}.
 */
public final class DeadlockPatient extends Patient {

    /** Runs work while holding two locks, taken in the given order; {@code between} runs once the first is held. */
    private interface Locking {
        void both(int first, int second, Runnable between);
    }

    private final CountDownLatch firstHoldsOne = new CountDownLatch(1);
    private final CountDownLatch bothHoldOne = new CountDownLatch(2);
    private final Locking locking;
    private Load load;

    private DeadlockPatient(Locking locking) {
        this.locking = locking;
    }

    public static void main(String[] arguments) throws Exception {
        new DeadlockPatient(arguments[0].equals("locks") ? reentrantLocks() : monitors()).serve();
    }

    @Override
    protected void open() {
        load = new Load("teller", 2, 20, () -> locking.both(0, 1, () -> { }));
        Garbage.produce();
        on("status", ignored -> load.status());
        on("break", ignored -> {
            daemon("transfer-ab", () -> locking.both(0, 1, this::meet));
            // Else a teller might take the first account and wait for the second, and the one who comes late meets nobody.
            firstHoldsOne.await();
            daemon("transfer-ba", () -> locking.both(1, 0, this::meet));
            return "";
        });
        on("wedge", ignored -> {
            Runtime.getRuntime().addShutdownHook(new Thread(DeadlockPatient::waitForEver, "wedged-hook"));
            return "";
        });
    }

    @Override
    protected void close() {
        load.stop();
    }

    private void meet() {
        firstHoldsOne.countDown();
        bothHoldOne.countDown();
        try {
            bothHoldOne.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void waitForEver() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Locking monitors() {
        Object[] accounts = {new Object(), new Object()};
        return (first, second, between) -> {
            synchronized (accounts[first]) {
                between.run();
                synchronized (accounts[second]) {
                    Thread.onSpinWait();
                }
            }
        };
    }

    private static Locking reentrantLocks() {
        ReentrantLock[] accounts = {new ReentrantLock(), new ReentrantLock()};
        return (first, second, between) -> {
            accounts[first].lock();
            try {
                between.run();
                accounts[second].lock();
                accounts[second].unlock();
            } finally {
                accounts[first].unlock();
            }
        };
    }
}
