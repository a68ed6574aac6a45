package io.jvmmedic.core.resource;

import java.util.List;

/** A JDBC connection pool. */
public interface PoolHandle extends ResourceHandle {

    /**
     * Counters of the pool, read without its locks; they need not add up.
     *
     * @param max slots allowed
     * @param waiting threads waiting for a slot, by the pool's own count
     */
    record State(int active, int idle, int total, int max, int waiting) {
    }

    /** Never throws; {@code null} when the pool is gone. */
    State state();

    /** Whether this entry is borrowed right now, by the pool's own word. */
    boolean inUse(Object entry);

    /** The pool's own records of borrowed slots, those borrowed before a hot attach included; empty if it cannot tell. */
    List<Object> entriesInUse();

    /** Destroys one borrowed slot through the pool's own path, by its entry, so that its counters stay right. */
    Lever<Object> closeEntry();

    /** Destroys one borrowed slot by the live handle of its borrower. */
    Lever<Object> evictHandle();

    /** Lets go of all slots as they come back, and of the idle ones at once. */
    Lever<Void> softEvict();

    /** Sets the maximum. Serves nobody who waits already, on no pool: pull {@link #kick()} after it. */
    Lever<Integer> resize();

    /** Makes the pool look at its waiters again; the argument is how many new slots are wanted. */
    Lever<Integer> kick();
}
