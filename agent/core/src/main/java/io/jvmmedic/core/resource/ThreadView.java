package io.jvmmedic.core.resource;

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

    /** Live platform threads at the last look. */
    int count();
}
