package io.jvmmedic.core.resource;

import java.util.Collection;
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

    /** The queued tasks at this moment, to look up what threads wait for; the handle of an executor without a queue has none. */
    default Queue queue() {
        return blocker -> -1;
    }

    /** What these threads, its workers or not, are parked on, and where in its queue that is; others are left out. */
    default List<Blocked> parked(Collection<Thread> threads) {
        return List.of();
    }

    /** What a queue holds. Reads tasks by identity and field, calls none of their methods. */
    @FunctionalInterface
    interface Queue {

        /** Place of the queued task that alone can complete what a thread is parked on; -1 if there is none. */
        int position(Object blocker);

        /**
         * Place of the first queued task that refers to the latch, barrier or future a thread is parked on; -1 if there is
         * none. It may be what ends that wait, or not.
         */
        default int reference(Object blocker) {
            return -1;
        }
    }

    /** Raises core and maximum to the given number of workers where they are below it, and starts them; for a loan. */
    Lever<Integer> grow();

    /** Sets core and maximum back; never interrupts a running task. */
    Lever<Size> restore();

    /** What {@link #restore()} sets. */
    record Size(int core, int max) {
    }
}
