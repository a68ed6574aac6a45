package io.jvmmedic.core.resource;

import java.util.List;

/** Cycles of threads that wait for each other, beyond those that the JVM reports by itself, and locks that nobody can release. */
@FunctionalInterface
public interface LockCycles {

    /** Finds none. */
    LockCycles NONE = () -> new Found(List.of(), List.of());

    /** Waits for a monitor. */
    String MONITOR = "MONITOR";
    /** Waits for a lock of {@code java.util.concurrent} that one thread holds. */
    String SYNCHRONIZER = "SYNCHRONIZER";
    /** Waits for a read-write lock that readers hold, or stands in its queue behind one who waits for them. */
    String READ_LOCK = "READ_LOCK";

    /** Stands at a class that another thread initializes. */
    String CLASS = "CLASS";
    /** Called {@code get} on a task that another thread runs. */
    String TASK = "TASK";
    /** Waits for another thread to end. */
    String JOIN = "JOIN";

    /**
     * One thread of a cycle; the next member, after the last the first, is whom it waits for.
     *
     * @param threadId negative for a virtual thread
     * @param lock class and identity of the lock it waits for; the name of the class where it is one
     * @param kind one of the constants above
     * @param timed the wait ends by itself
     * @param site frame that waits
     * @param through what that frame called, in which it waits; empty if it waits by itself
     * @param holdsAt frame that took the lock which the member before wants; empty if unknown
     */
    record Member(long threadId, String thread, String lock, String kind, boolean timed, String site, String through,
            String holdsAt) {
    }

    /**
     * A lock whose owner has ended without releasing it, which nobody else may.
     *
     * @param waiters who stand in its queue; they and no others will ever see it again
     */
    record Lost(String lock, String owner, long ownerId, List<Member> waiters) {
    }

    /** What one look found. */
    record Found(List<List<Member>> cycles, List<Lost> lost) {
    }

    /**
     * The cycles that stand now, each proven for one moment: all of its waits lasted while all of its holds were read; a cycle
     * always begins at the same member. And the locks that are lost. May be called on any thread.
     */
    Found look();

    /** The cycles alone. */
    default List<List<Member>> cycles() {
        return look().cycles();
    }
}
