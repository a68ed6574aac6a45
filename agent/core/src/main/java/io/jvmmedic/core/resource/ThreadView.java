package io.jvmmedic.core.resource;

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
}
