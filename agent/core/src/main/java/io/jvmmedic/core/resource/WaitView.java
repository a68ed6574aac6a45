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
     * @param jammed executors and pools that are full while somebody waits for them
     */
    List<ThreadWait> of(Collection<? extends ResourceHandle> jammed);
}
