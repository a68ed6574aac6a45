package io.jvmmedic.core.resource;

import java.util.Collection;
import java.util.List;

/** Who waits for whom, beyond what a single executor or pool can tell. */
@FunctionalInterface
public interface WaitView {

    /** Sees nothing. */
    WaitView NONE = jammed -> List.of();

    /**
     * What the workers of these executors and the holders and borrowers of these pools wait for, and those who stand in
     * their way, and so on. A thread that goes on by itself is left out. Takes no stack and no pause, bounded; on the
     * sampler's thread.
     *
     * @param jammed executors, pools and HTTP clients that are full while somebody waits for them
     */
    List<ThreadWait> of(Collection<? extends ResourceHandle> jammed);

    /** The live threads with these ids, virtual ones, whose ids are negative, as far as they can be seen; from any thread. */
    default List<Thread> threads(Collection<Long> ids) {
        return List.of();
    }
}
