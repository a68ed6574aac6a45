package com.acme.locks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Two accounts that are locked in both orders, in one way or another. {@link #ab} and {@link #ba} end in a deadlock when
 * both have taken their first lock. Each test loads classes of its own.
 */
public interface Ailing {

    /** Takes one lock, runs {@code between}, takes the other one. */
    void ab(Runnable between);

    void ba(Runnable between);

    /** Increments made under both locks. */
    long count();

    /** Synchronized blocks, one below the other. */
    final class Blocks implements Ailing {
        private final Object a = new Object();
        private final Object b = new Object();
        long count;

        @Override
        public void ab(Runnable between) {
            synchronized (a) {
                between.run();
                synchronized (b) {
                    count++;
                }
            }
        }

        @Override
        public void ba(Runnable between) {
            synchronized (b) {
                between.run();
                synchronized (a) {
                    count++;
                }
            }
        }

        @Override
        public long count() {
            return count;
        }
    }

    /** Synchronized methods of two objects that call each other. */
    final class Methods implements Ailing {
        private final Account a = new Account();
        private final Account b = new Account();

        static final class Account {
            long count;

            synchronized void give(Account other, Runnable between) {
                between.run();
                other.take();
            }

            synchronized void take() {
                count++;
            }
        }

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
            synchronized (a) {
                synchronized (b) {
                    return a.count + b.count;
                }
            }
        }
    }

    /** One method, both orders: the same place in both threads. */
    final class Symmetric implements Ailing {
        private final Object a = new Object();
        private final Object b = new Object();
        long count;

        private void transfer(Object from, Object to, Runnable between) {
            synchronized (from) {
                between.run();
                synchronized (to) {
                    count++;
                }
            }
        }

        @Override
        public void ab(Runnable between) {
            transfer(a, b, between);
        }

        @Override
        public void ba(Runnable between) {
            transfer(b, a, between);
        }

        @Override
        public long count() {
            return count;
        }
    }

    /** Locks in the way that everybody writes. */
    final class Locks implements Ailing {
        private final ReentrantLock a = new ReentrantLock();
        private final Lock b = new ReentrantLock(true);
        long count;

        @Override
        public void ab(Runnable between) {
            a.lock();
            try {
                between.run();
                b.lock();
                try {
                    count++;
                } finally {
                    b.unlock();
                }
            } finally {
                a.unlock();
            }
        }

        @Override
        public void ba(Runnable between) {
            b.lock();
            try {
                between.run();
                a.lock();
                try {
                    count++;
                } finally {
                    a.unlock();
                }
            } finally {
                b.unlock();
            }
        }

        @Override
        public long count() {
            return count;
        }
    }

    /** Write locks, one of them tried with patience first. */
    final class WriteLocks implements Ailing {
        private final ReentrantReadWriteLock a = new ReentrantReadWriteLock();
        private final ReentrantReadWriteLock b = new ReentrantReadWriteLock();
        long count;

        @Override
        public void ab(Runnable between) {
            try {
                while (!a.writeLock().tryLock(1, TimeUnit.SECONDS)) {
                    Thread.onSpinWait();
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            try {
                between.run();
                b.writeLock().lock();
                count++;
                b.writeLock().unlock();
            } finally {
                a.writeLock().unlock();
            }
        }

        @Override
        public void ba(Runnable between) {
            b.writeLock().lock();
            try {
                between.run();
                a.writeLock().lock();
                count++;
                a.writeLock().unlock();
            } finally {
                b.writeLock().unlock();
            }
        }

        @Override
        public long count() {
            return count;
        }
    }

    /** A monitor on one side, a lock on the other. */
    final class Mixed implements Ailing {
        private final Object a = new Object();
        private final ReentrantLock b = new ReentrantLock();
        long count;

        @Override
        public void ab(Runnable between) {
            synchronized (a) {
                between.run();
                b.lock();
                try {
                    count++;
                } finally {
                    b.unlock();
                }
            }
        }

        @Override
        public void ba(Runnable between) {
            b.lock();
            try {
                between.run();
                synchronized (a) {
                    count++;
                }
            } finally {
                b.unlock();
            }
        }

        @Override
        public long count() {
            return count;
        }
    }

    /** Monitors that are taken inside the JDK. */
    final class Buffers implements Ailing {
        private final StringBuffer a = new StringBuffer("a");
        private final StringBuffer b = new StringBuffer("b");
        long count;

        /** Its characters are asked for while the one who appends holds a buffer. */
        final class Nested implements CharSequence {
            private final StringBuffer inner;
            private final Runnable between;
            private boolean asked;

            Nested(StringBuffer inner, Runnable between) {
                this.inner = inner;
                this.between = between;
            }

            @Override
            public int length() {
                if (!asked) {
                    asked = true;
                    between.run();
                    synchronized (inner) {
                        count++;
                    }
                }
                return 0;
            }

            @Override
            public char charAt(int index) {
                return 'x';
            }

            @Override
            public CharSequence subSequence(int start, int end) {
                return this;
            }
        }

        @Override
        public void ab(Runnable between) {
            a.append(new Nested(b, between));
        }

        @Override
        public void ba(Runnable between) {
            b.append(new Nested(a, between));
        }

        @Override
        public long count() {
            return count;
        }
    }

    /** Locks in between that have nothing to do with it, in the same methods and around them. */
    final class Layers implements Ailing {
        private final Object a = new Object();
        private final Object b = new Object();
        private final Object other = new Object();
        private final Object another = new Object();

        private void outer(Runnable between) {
            synchronized (other) {
                synchronized (another) {
                    Thread.onSpinWait();
                }
                synchronized (a) {
                    synchronized (another) {
                        between.run();
                        inner();
                    }
                }
            }
        }

        private void inner() {
            synchronized (b) {
                Thread.onSpinWait();
            }
        }

        @Override
        public void ab(Runnable between) {
            outer(between);
        }

        @Override
        public void ba(Runnable between) {
            synchronized (b) {
                between.run();
                synchronized (a) {
                    Thread.onSpinWait();
                }
            }
        }

        @Override
        public long count() {
            return 0;
        }
    }

    /** Locks that are taken and given back by methods which have returned meanwhile. */
    final class Helpers implements Ailing {
        private final ReentrantLock a = new ReentrantLock();
        private final ReentrantLock b = new ReentrantLock();

        private static void take(Lock lock) {
            lock.lock();
        }

        private static void giveBack(Lock lock) {
            lock.unlock();
        }

        @Override
        public void ab(Runnable between) {
            take(a);
            between.run();
            take(b);
            giveBack(b);
            giveBack(a);
        }

        @Override
        public void ba(Runnable between) {
            take(b);
            between.run();
            take(a);
            giveBack(a);
            giveBack(b);
        }

        @Override
        public long count() {
            return 0;
        }
    }
}
