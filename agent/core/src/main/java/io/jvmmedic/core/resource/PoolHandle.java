package io.jvmmedic.core.resource;

import java.sql.Connection;
import java.util.List;
import java.util.function.Consumer;

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

    /**
     * Whether a class of this name, on the stack between a driver and its caller, says that the call came through a connection
     * of this library: one of its wrappers of connections and statements, or the pool itself, which tests one.
     */
    boolean wraps(String type);

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

    /**
     * What makes new connections for the pool.
     *
     * @param wanted whether the pool wants one now: somebody waits and there is room, or it is below its minimum
     * @param dead whether nothing is left that could make one, so that the want will never be met
     * @param worker the thread that is at it right now; {@code null} when none is, or when borrowers do it themselves
     */
    record Creator(boolean wanted, boolean dead, Thread worker) {
        /** For pools whose borrowers create, and for those that do not tell. */
        public static final Creator BORROWERS = new Creator(false, false, null);
    }

    /**
     * Whether the pool itself keeps the handle of a borrowed connection reachable, so that the garbage collector can never
     * prove a leak; never throws.
     */
    default boolean keepsHandles() {
        return false;
    }

    /**
     * A slot is borrowed for the first time; called by the borrowing thread, so no blocking and no host locks.
     *
     * @return whether the lease must keep the entry reachable while it is out, because the pool counts the slot without
     *     holding on to anything of it: else an entry that leaks would go from our books together with its handle
     */
    default boolean adopt(Object entry, Object handle) {
        return false;
    }

    /** Whether a distributed transaction keeps this slot until its end, whoever let go of the handle; never throws. */
    default boolean enlisted(Object entry) {
        return false;
    }

    /** Never throws. */
    default Creator creator() {
        return Creator.BORROWERS;
    }

    /** Executors that are a part of the pool, not those that the application lent it; never throws. */
    default List<Object> executors() {
        return List.of();
    }

    /** The driver's own connection in a slot; never throws, {@code null} when it is not known or gone. */
    default Connection physical(Object entry) {
        return null;
    }

    /**
     * Opens a connection the way the pool does, outside of its count, gives it to the argument and closes it: the proof
     * that the service behind the pool can be reached, and the measure of how its sessions ought to look.
     */
    default Lever<Consumer<Connection>> connect() {
        return Lever.absent("how " + library() + " connects is not known");
    }

    /**
     * Borrows a session as the application does, gives it to the argument and returns it: what a borrower would get now.
     * Not while somebody waits.
     */
    default Lever<Consumer<Connection>> borrow() {
        return Lever.absent("how one borrows from " + library() + " is not known");
    }

    /** Has the pool make connections again after its creator has died or hangs for ever. */
    default Lever<Void> revive() {
        return Lever.absent("borrowers of " + library() + " make connections themselves; nothing is there to be revived");
    }

    /** The last rung: lets go of everything, whoever uses it, and starts over behind the same data source. */
    default Lever<Void> reset() {
        return Lever.absent(library() + " cannot be reset behind its data source");
    }
}
