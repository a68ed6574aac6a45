package io.jvmmedic.core.instrument.immunity;

import java.util.concurrent.atomic.AtomicReference;

/** A thread in front of a gate. */
final class Waiter {

    private enum State { WAITING, ADMITTED, GONE }

    private final Thread thread;
    private final int position;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private volatile boolean awoken;

    Waiter(Thread thread, int position) {
        this.thread = thread;
        this.position = position;
    }

    Thread thread() {
        return thread;
    }

    int position() {
        return position;
    }

    /** By another thread, which counts it as inside before; false when it does not wait any more. */
    boolean admit() {
        return state.compareAndSet(State.WAITING, State.ADMITTED);
    }

    boolean isAdmitted() {
        return state.get() == State.ADMITTED;
    }

    /** By itself, to go on without being admitted; false when it was admitted just now. */
    boolean goAway() {
        return state.compareAndSet(State.WAITING, State.GONE);
    }

    boolean isGone() {
        return state.get() == State.GONE;
    }

    /** Whether somebody woke it up to try for itself and it has not tried yet. */
    boolean isAwoken() {
        return awoken;
    }

    void awoken(boolean value) {
        awoken = value;
    }
}
