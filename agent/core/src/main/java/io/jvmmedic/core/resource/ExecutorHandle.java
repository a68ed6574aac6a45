package io.jvmmedic.core.resource;

import java.util.List;

/** An executor with worker threads. */
public interface ExecutorHandle extends ResourceHandle {

    /**
     * Counters of the executor.
     *
     * @param completed tasks completed since it exists
     */
    record State(int active, int size, int core, int max, int queued, long completed, boolean shutdown) {
    }

    /**
     * A worker that waits inside its task.
     *
     * @param waitsFor class and identity of what it waits for
     * @param queuePosition place of the awaited task in this executor's own queue; -1 when it is not queued there
     */
    record Blocked(Thread worker, String waitsFor, int queuePosition) {
    }

    /** Never throws; {@code null} when the executor is gone. */
    State state();

    /** Live worker threads as last seen by the census; a snapshot. */
    List<Thread> workers();

    /** Workers that wait for something, with an exact edge where the awaited task sits in this executor's queue. */
    List<Blocked> blockedWorkers();

    /**
     * Whether its own classes tell that a connection pool made it for its own work; {@link ResourceRegistry#isOfPool} asks
     * the pools too. Never throws.
     */
    default boolean ofPool() {
        return false;
    }

    /** Raises core and maximum to the given number of workers where they are below it, and starts them; for a loan. */
    Lever<Integer> grow();

    /** Sets core and maximum back; never interrupts a running task. */
    Lever<Size> restore();

    /** What {@link #restore()} sets. */
    record Size(int core, int max) {
    }
}
