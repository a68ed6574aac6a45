package io.jvmmedic.core.instrument.immunity;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One thread's hold of one position of a gate. The thread takes it and frees it. When the method that took the lock ends
 * with the lock still held, the hold is kept, and whoever finds that the lock was given back clears it away.
 */
final class Slot {

    private static final VarHandle THREAD = field("thread", Thread.class);
    private static final VarHandle KEPT = field("kept", boolean.class);
    private static final VarHandle HOLDS = field("holds", long.class);

    private volatile Thread thread;
    private volatile boolean kept;
    private volatile long holds;
    private int position;
    private Object lock;
    /** Neighbours are taken by threads that were started together, and would else fight for cache lines. */
    @SuppressWarnings("unused")
    private long pad1, pad2, pad3, pad4, pad5, pad6;

    private static VarHandle field(String name, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(Slot.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    boolean take(Thread taker, int at, Object what) {
        if (thread != null || !THREAD.compareAndSet(this, (Thread) null, taker)) {
            return false;
        }
        position = at;
        lock = what;
        HOLDS.setRelease(this, (long) HOLDS.get(this) + 1);
        return true;
    }

    /** By the thread that took it; false when it is not that thread's any more. */
    boolean free(Thread holder) {
        if (thread != holder || kept) {
            return false;
        }
        lock = null;
        THREAD.setRelease(this, (Thread) null);
        return true;
    }

    /** By the thread that took it. */
    void keep() {
        kept = true;
    }

    /** Frees a hold that was kept; false when somebody else did. */
    boolean clear() {
        if (!KEPT.compareAndSet(this, true, false)) {
            return false;
        }
        lock = null;
        THREAD.setRelease(this, (Thread) null);
        return true;
    }

    /** Who holds; {@code null} for nobody. */
    Thread thread() {
        return thread;
    }

    boolean isKept() {
        return kept;
    }

    int position() {
        return position;
    }

    Object lock() {
        return lock;
    }

    /** Number of holds so far: the same number twice is the same hold. */
    long holds() {
        return holds;
    }
}
