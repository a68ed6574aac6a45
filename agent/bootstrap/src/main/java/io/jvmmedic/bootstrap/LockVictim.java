package io.jvmmedic.bootstrap;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One thread's wait for one lock of {@code java.util.concurrent} that is to end. While a deadlock is being broken, and at
 * no other time, {@code tryAcquire} of the lock classes concerned calls {@link #check} first: a waiter calls it afresh
 * at each wake-up, and the JDK takes a waiter whose call throws out of the queue properly, its interrupt status kept.
 *
 * <p>At most one is elected at any time, in the whole JVM.
 */
public final class LockVictim {

    private enum State { NEW, ELECTED, TAKEN, WITHDRAWN }

    private static final AtomicReference<LockVictim> ELECTED = new AtomicReference<>();

    private final Thread thread;
    private final Object synchronizer;
    private final Object node;
    private final VarHandle waiter;
    private final VarHandle previous;
    private final Object predecessor;
    private final String message;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);

    /**
     * @param node of the thread in the synchronizer's queue; a later wait of the same thread has another one
     * @param waiter the field of a node that names its thread while the wait lasts
     * @param previous the field of a node that names the one before it
     * @param predecessor the one before it; put back there if that field was emptied to have the thread try at once
     */
    public LockVictim(Thread thread, Object synchronizer, Object node, VarHandle waiter, VarHandle previous,
            Object predecessor, String message) {
        this.thread = thread;
        this.synchronizer = synchronizer;
        this.node = node;
        this.waiter = waiter;
        this.previous = previous;
        this.predecessor = predecessor;
        this.message = message;
    }

    /** Makes it the one that is looked for; false while another one is. */
    public boolean elect() {
        return ELECTED.compareAndSet(null, this) && state.compareAndSet(State.NEW, State.ELECTED);
    }

    /** Lets the thread wait on; false when its wait was ended already. */
    public boolean withdraw() {
        return state.compareAndSet(State.ELECTED, State.WITHDRAWN);
    }

    /** Makes room for the next; to be called when the thread is known not to come, or to have been. */
    public void forget() {
        ELECTED.compareAndSet(this, null);
    }

    /** Whether its wait was ended by the exception. */
    public boolean isTaken() {
        return state.get() == State.TAKEN;
    }

    /** Called by patched {@code tryAcquire} methods; returns at once but for the elected thread in exactly that wait. */
    public static void check(Object synchronizer) {
        LockVictim victim = ELECTED.get();
        if (victim != null && victim.synchronizer == synchronizer && victim.thread == Thread.currentThread()) {
            victim.end();
        }
    }

    private void end() {
        Object waiting = waiter.get(node);
        if (waiting == thread && state.compareAndSet(State.ELECTED, State.TAKEN)) {
            // First of all, and without allocating: the JDK's own cleaning needs a queue that is whole.
            previous.compareAndSet(node, null, predecessor);
            throw new DeadlockVictimException(message);
        }
    }
}
