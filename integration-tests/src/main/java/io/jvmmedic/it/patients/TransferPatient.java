package io.jvmmedic.it.patients;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/**
 * Tellers that move money between few accounts without a pause, each locking the one it takes from before the one it gives
 * to. Left alone they wait for each other for ever within a second or two. Argument: {@code methods}, {@code blocks} or
 * {@code locks}. After {@code go} they work, and {@code status} tells how often.
 */
public final class TransferPatient extends Patient {

    private static final int TELLERS = 6;
    private static final int ACCOUNTS = 3;
    private static final int START = 1_000;

    /** Money that is guarded by its own monitor or lock. */
    private static final class Account {
        private final ReentrantLock lock = new ReentrantLock();
        private long money = START;

        synchronized void give(Account other) {
            money--;
            other.take();
        }

        synchronized void take() {
            money++;
        }
    }

    private final Account[] accounts = new Account[ACCOUNTS];
    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final BiConsumer<Account, Account> transfer;

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
        on("status", ignored -> "done=" + done.sum() + " failed=" + failed.sum());
    }

    private void work() {
        while (true) {
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
            from.money--;
            synchronized (to) {
                to.money++;
            }
        }
    }

    private static void underLocks(Account from, Account to) {
        from.lock.lock();
        try {
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
