package com.acme.locks;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;

/** Two classes that need each other to be initialized. Two threads that begin with one each wait for ever. */
public final class Circle {

    /** Set by a test that wants both to have begun. */
    public static volatile CyclicBarrier meet;
    public static final List<String> INITIALIZED = new CopyOnWriteArrayList<>();

    private Circle() {
    }

    static void initialized(String name) {
        CyclicBarrier barrier = meet;
        if (barrier != null) {
            try {
                barrier.await();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        INITIALIZED.add(name + " by " + Thread.currentThread().getName().replaceAll("\\d+", "N"));
    }

    public static final class A {
        static {
            initialized("A");
            B.touch();
        }

        public static void touch() {
        }
    }

    /** Needs what main does first. */
    public static final class Failing {
        static {
            if (INITIALIZED != null) {
                throw new IllegalStateException("not configured yet");
            }
        }
    }

    public static final class B {
        static {
            initialized("B");
            A.touch();
        }

        public static void touch() {
        }
    }
}
