package com.acme.locks;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Ways of taking locks that occur in programs. Each takes one lock, runs some work under it and tells how that went. */
public class Habits {

    public final ReentrantLock lock = new ReentrantLock();
    public final ReadWriteLock readWrite = new ReentrantReadWriteLock();
    private final Condition changed = lock.newCondition();
    private final Object monitor = new Object();

    public Object block(Callable<?> work) throws Exception {
        synchronized (monitor) {
            return work.call();
        }
    }

    public Object nullMonitor(Callable<?> after) throws Exception {
        Object nothing = null;
        try {
            synchronized (nothing) {
                return "impossible";
            }
        } catch (NullPointerException e) {
            return after.call();
        }
    }

    public synchronized Object method(Callable<?> work) throws Exception {
        return work.call();
    }

    public static synchronized Object staticMethod(Callable<?> work) throws Exception {
        return work.call();
    }

    /** All kinds of values that a method can return, early and late, from within loops and handlers. */
    public synchronized long returning(int how, Callable<?> work) throws Exception {
        for (int i = 0; i < 3; i++) {
            try {
                if (how == i) {
                    return (long) work.call();
                }
            } catch (IllegalStateException e) {
                return -1;
            } finally {
                if (how == 7) {
                    return -7;
                }
            }
        }
        double rest = how * 2.0;
        return (long) rest;
    }

    public Object locked(Callable<?> work) throws Exception {
        lock.lock();
        try {
            return work.call();
        } finally {
            lock.unlock();
        }
    }

    public Object tried(Callable<?> work) throws Exception {
        if (lock.tryLock()) {
            try {
                return work.call();
            } finally {
                lock.unlock();
            }
        }
        return work.call();
    }

    public Object triedForAWhile(long millis, Callable<?> work) throws Exception {
        String name = "x" + millis;
        if (lock.tryLock(millis, TimeUnit.MILLISECONDS)) {
            try {
                return work.call();
            } finally {
                lock.unlock();
            }
        }
        return name + work.call();
    }

    public Object politely(Callable<?> after) throws Exception {
        Object result = "locked";
        try {
            lock.lockInterruptibly();
            lock.unlock();
        } catch (InterruptedException e) {
            result = after.call();
        }
        return result;
    }

    /** The one that is taken inside is given back first. */
    public Object nested(Lock inner, Callable<?> between) throws Exception {
        lock.lock();
        inner.lock();
        inner.unlock();
        Object result = between.call();
        lock.unlock();
        return result;
    }

    /** Somebody else gives it back. */
    public void taken() {
        lock.lock();
    }

    public Object reading(Callable<?> work) throws Exception {
        readWrite.readLock().lock();
        try {
            return work.call();
        } finally {
            readWrite.readLock().unlock();
        }
    }

    public Object awaiting(Callable<?> before) throws Exception {
        lock.lock();
        try {
            Object result = before.call();
            changed.await(1, TimeUnit.MINUTES);
            return result;
        } finally {
            lock.unlock();
        }
    }

    public Object waiting(Callable<?> before) throws Exception {
        synchronized (monitor) {
            Object result = before.call();
            monitor.wait(60_000);
            return result;
        }
    }

    public void wake() {
        lock.lock();
        changed.signalAll();
        lock.unlock();
        synchronized (monitor) {
            monitor.notifyAll();
        }
    }
}
