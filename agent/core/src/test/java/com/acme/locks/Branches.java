package com.acme.locks;

import java.util.function.BiConsumer;

/** Accounts whose synchronized method is called from many classes, of which two deadlock in it. */
public final class Branches implements Ailing {

    /** What some callers know of an account. */
    public interface Giver {
        void give(Account other, Runnable between);
    }

    public static class Account implements Giver {
        long count;

        @Override
        public synchronized void give(Account other, Runnable between) {
            between.run();
            other.take();
        }

        synchronized void take() {
            count++;
        }
    }

    /** Has the method from above. */
    public static final class Heir extends Account {
    }

    /** Has one of its own, which takes the lock of the one above only by its call of it. */
    public static final class Special extends Account {
        @Override
        public void give(Account other, Runnable between) {
            between.run();
            super.give(other, between);
        }
    }

    /** Has nothing to do with accounts. */
    public static final class Stranger implements Giver {
        @Override
        public synchronized void give(Account other, Runnable between) {
            between.run();
        }
    }

    private final Account a = new Account();
    private final Account b = new Account();

    @Override
    public void ab(Runnable between) {
        a.give(b, between);
    }

    @Override
    public void ba(Runnable between) {
        b.give(a, between);
    }

    @Override
    public long count() {
        return a.count + b.count;
    }

    /** In one of the ways below, by its simple name, whose class is loaded now; nobody has called by it before. */
    public Ailing by(String way) throws ReflectiveOperationException {
        return (Ailing) Class.forName(getClass().getName() + "$" + way, true, getClass().getClassLoader())
                .getDeclaredConstructor().newInstance();
    }

    /** Another class. */
    public static final class Elsewhere implements Ailing {
        private final Account a = new Account();
        private final Account b = new Account();

        @Override
        public void ab(Runnable between) {
            a.give(b, between);
        }

        @Override
        public void ba(Runnable between) {
            b.give(a, between);
        }

        @Override
        public long count() {
            return a.count + b.count;
        }
    }

    /** The receiver is known by an interface only, and the call is made while more is on the stack. */
    public static final class Abroad implements Ailing {
        private final Account a = new Account();
        private final Account b = new Heir();

        @Override
        public void ab(Runnable between) {
            give(a, b, between);
        }

        @Override
        public void ba(Runnable between) {
            give(b, a, between);
        }

        public static void give(Giver from, Account to, Runnable between) {
            from.give(to, between);
        }

        @Override
        public long count() {
            return a.count + b.count;
        }
    }

    /** By a method reference, which no instruction of the class calls. */
    public static final class Referring {
        public static final BiConsumer<Account, Runnable> GIVE = new Account()::give;
    }
}
