package io.jvmmedic.benchmarks;

import java.util.concurrent.locks.ReentrantLock;

/** What {@link Crossing} does, as somebody would write it who knew: both locks always in one order, so no gate is there. */
abstract class Ordered {

    abstract void both(Runnable work);

    static Ordered of(String kind) {
        return kind.equals("blocks") ? new Blocks() : new Locks();
    }

    static final class Blocks extends Ordered {
        private final Object a = new Object();
        private final Object b = new Object();

        @Override
        void both(Runnable work) {
            synchronized (a) {
                synchronized (b) {
                    work.run();
                }
            }
        }
    }

    static final class Locks extends Ordered {
        private final ReentrantLock a = new ReentrantLock();
        private final ReentrantLock b = new ReentrantLock();

        @Override
        void both(Runnable work) {
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
    }
}
