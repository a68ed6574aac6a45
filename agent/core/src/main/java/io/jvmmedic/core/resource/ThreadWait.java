package io.jvmmedic.core.resource;

import java.util.List;

/**
 * One thread that waits, and what stands in its way, read at one moment. Holds host objects: for the moment of a look only.
 *
 * @param waitsFor class and identity of what it waits for, or the name of a pool; two looks that agree on it saw one wait
 *     or several for the same thing
 * @param worksFor the executor the thread is a worker of; {@code null} for none that is known
 * @param slotOf the executor or pool of which one slot must come free first; {@code null} where it is none
 * @param queuePosition place of the awaited task in the queue of that executor; -1 when it is not queued, and where a
 *     queued task only reaches what is waited for through other objects
 * @param holders threads that stand in its way and must all give way; empty where nobody is known to
 * @param proven only that can end the wait; else it is a guess, worth a suspicion
 * @param timed the wait ends by itself
 */
public record ThreadWait(Thread thread, Kind kind, String waitsFor, ResourceHandle worksFor, ResourceHandle slotOf,
        int queuePosition, List<Thread> holders, boolean proven, boolean timed) {

    /** What is waited for. */
    public enum Kind {
        /** A task that stands in the queue of an executor. */
        QUEUED_TASK,
        /** A task that another thread runs. */
        RUNNING_TASK,
        /** The end of another thread. */
        JOIN,
        /** A slot of a pool, or a connection of an HTTP client. */
        POOL,
        MONITOR,
        /** A lock of {@code java.util.concurrent} that one thread holds. */
        SYNCHRONIZER,
        /** A read-write lock that readers hold. */
        READ_LOCK,
        /** From here on nobody is known to hold what is waited for. */
        LATCH, SEMAPHORE, CONDITION, FUTURE, OTHER
    }

    public ThreadWait {
        holders = List.copyOf(holders);
    }
}
