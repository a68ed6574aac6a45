package io.jvmmedic.core.resource;

import io.jvmmedic.core.model.ResourceId;
import java.util.List;

/** The live platform threads as of the last look; taken once per sampling round without any stack. */
public interface ThreadView {

    /** The thread with this id, or {@code null} when it is dead, virtual, or younger than the last look. */
    Thread byId(long id);

    /**
     * Tasks this worker of an executor has completed; -1 when it is none or does not tell. A task that runs now is not
     * counted, so a number that has grown proves that the task seen before is over.
     */
    default long tasksDone(Thread thread) {
        return -1;
    }

    /** All of them; empty where nobody looks. */
    default List<Thread> all() {
        return List.of();
    }

    /** Live platform threads at the last look. */
    int count();

    /**
     * Threads whose names differ in numbers only.
     *
     * @param name of the threads, # for each number in it
     * @param ended how many have ended so far
     * @param executors how many executors they work for
     * @param executor the one that all of them work for; {@code null} when there is none, or more than one
     */
    record Family(String name, int alive, long ended, int executors, ResourceId executor, Thread youngest) {
    }

    /** The larger families at the last look. */
    default List<Family> families() {
        return List.of();
    }
}
