package io.jvmmedic.it.patients;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Tellers that move money between few accounts without a pause, each locking the one it takes from before the one it gives
 * to. Left alone they wait for each other for ever within a second or two. Now and then they do with one account what
 * programs do under a lock: wait to be notified, be interrupted at that, fail, come in again. Argument: {@code methods},
 * {@code blocks} or {@code locks}. After {@code go} they work, {@code status} tells how often, after {@code rest} they end.
 */
public final class TransferPatient extends Patient {

    private static final int TELLERS = 6;
    private static final int ACCOUNTS = 3;
    private static final int START = 1_000;
    private static final int HABITS_ONE_IN = 500;

    /** Gives the lock back until it is notified, or for a moment. */
    private interface Pause {
        void forAMoment() throws InterruptedException;
    }

    /** Money that is guarded by its own monitor or lock. */
    private static final class Account {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private long money = START;

        synchronized void give(Account other) {
            if (!isHabit(this::give, this::pause)) {
                money--;
                other.take();
            }
        }

        /** Whether something else was done instead of a transfer, with this account alone. */
        private boolean isHabit(Consumer<Account> again, Pause pause) {
            switch (ThreadLocalRandom.current().nextInt(HABITS_ONE_IN)) {
                case 0 -> pauseFor(pause);
                case 1 -> {
                    Thread.currentThread().interrupt();
                    pauseFor(pause);
                }
                case 2 -> again.accept(this);
                case 3 -> throw new IllegalStateException("overdrawn");
                default -> {
                    return false;
                }
            }
            return true;
        }

        private void pauseFor(Pause pause) {
            try {
                pause.forAMoment();
            } catch (InterruptedException e) {
                // As asked for, and over with it.
            }
        }

        private void pause() throws InterruptedException {
            wait(1);
        }

        private void pauseUnderLock() throws InterruptedException {
            changed.await(1, TimeUnit.MILLISECONDS);
        }

        synchronized void take() {
            money++;
        }
    }

    private final Account[] accounts = new Account[ACCOUNTS];
    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final BiConsumer<Account, Account> transfer;
    private volatile boolean resting;

    private TransferPatient(String how) {
        transfer = switch (how) {
            // Called through a method reference, so that no call site of it is in sight.
            case "methods" -> Account::give;
            case "blocks" -> TransferPatient::inBlocks;
            default -> TransferPatient::underLocks;
        };
        for (int i = 0; i < ACCOUNTS; i++) {
            accounts[i] = new Account();
        }
    }

    public static void main(String[] arguments) throws Exception {
        new TransferPatient(arguments[0]).serve();
    }

    @Override
    protected void open() {
        on("go", ignored -> {
            for (int i = 0; i < TELLERS; i++) {
                daemon("teller-" + i, this::work);
            }
            return "";
        });
        on("rest", ignored -> {
            resting = true;
            return "";
        });
        on("status", ignored -> "done=" + done.sum() + " failed=" + failed.sum());
    }

    private void work() {
        while (!resting) {
            int from = ThreadLocalRandom.current().nextInt(ACCOUNTS);
            int to = (from + 1 + ThreadLocalRandom.current().nextInt(ACCOUNTS - 1)) % ACCOUNTS;
            try {
                transfer.accept(accounts[from], accounts[to]);
                done.increment();
            } catch (RuntimeException e) {
                failed.increment();
            }
        }
    }

    private static void inBlocks(Account from, Account to) {
        synchronized (from) {
            if (from.isHabit(same -> inBlocks(same, same), from::pause)) {
                return;
            }
            from.money--;
            synchronized (to) {
                to.money++;
            }
        }
    }

    private static void underLocks(Account from, Account to) {
        from.lock.lock();
        try {
            if (from.isHabit(same -> underLocks(same, same), from::pauseUnderLock)) {
                return;
            }
            to.lock.lock();
            try {
                from.money--;
                to.money++;
            } finally {
                to.lock.unlock();
            }
        } finally {
            from.lock.unlock();
        }
    }
}
