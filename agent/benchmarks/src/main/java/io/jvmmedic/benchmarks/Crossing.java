package io.jvmmedic.benchmarks;

import java.util.concurrent.locks.ReentrantLock;

/** Two locks that are taken in both orders, which ends in a deadlock unless something prevents it. */
abstract class Crossing {

    abstract void ab(Runnable work);

    abstract void ba(Runnable work);

    static Crossing of(String kind) {
        return kind.equals("blocks") ? new Blocks() : new Locks();
    }

    static final class Blocks extends Crossing {
        private final Object a = new Object();
        private final Object b = new Object();

        @Override
        void ab(Runnable work) {
            synchronized (a) {
                synchronized (b) {
                    work.run();
                }
            }
        }

        @Override
        void ba(Runnable work) {
            synchronized (b) {
                synchronized (a) {
                    work.run();
                }
            }
        }
    }

    static final class Locks extends Crossing {
        private final ReentrantLock a = new ReentrantLock();
        private final ReentrantLock b = new ReentrantLock();

        @Override
        void ab(Runnable work) {
            a.lock();
            try {
                b.lock();
                try {
                    work.run();
                } finally {
                    b.unlock();
                }
            } finally {
                a.unlock();
            }
        }

        @Override
        void ba(Runnable work) {
            b.lock();
            try {
                a.lock();
                try {
                    work.run();
                } finally {
                    a.unlock();
                }
            } finally {
                b.unlock();
            }
        }
    }
}
