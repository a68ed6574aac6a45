package io.jvmmedic.core.resource;

import java.util.List;

/** Cycles of threads that wait for each other's locks, beyond those that the JVM reports by itself. */
@FunctionalInterface
public interface LockCycles {

    /** Finds none. */
    LockCycles NONE = List::of;

    /** Waits for a monitor. */
    String MONITOR = "MONITOR";
    /** Waits for a lock of {@code java.util.concurrent} that one thread holds. */
    String SYNCHRONIZER = "SYNCHRONIZER";
    /** Waits for a read-write lock that readers hold, or stands in its queue behind one who waits for them. */
    String READ_LOCK = "READ_LOCK";

    /**
     * One thread of a cycle; the next member, after the last the first, is whom it waits for.
     *
     * @param threadId negative for a virtual thread
     * @param lock class and identity of the lock it waits for
     * @param kind one of the constants above
     * @param timed the wait ends by itself
     * @param site frame that waits
     * @param holdsAt frame that took the lock which the member before wants; empty if unknown
     */
    record Member(long threadId, String thread, String lock, String kind, boolean timed, String site, String holdsAt) {
    }

    /**
     * The cycles that stand now, each proven for one moment: all of its waits lasted while all of its holds were read. A
     * cycle always begins at the same member. May be called on any thread.
     */
    List<List<Member>> cycles();
}
