package io.jvmmedic.core.resource;

/** The live platform threads as of the last look; taken once per sampling round without any stack. */
public interface ThreadView {

    /** The thread with this id, or {@code null} when it is dead, virtual, or younger than the last look. */
    Thread byId(long id);

    /** Live platform threads at the last look. */
    int count();
}
