package io.jvmmedic.core.remedy;

import io.jvmmedic.core.instrument.lock.LockWait;
import java.util.List;
import java.util.Optional;

/** Live state of one diagnosed lock cycle, from whoever can see it. */
interface CycleView {

    /** Why the cycle does not stand any more; empty when it does. */
    Optional<String> resolved();

    /** The waits of it that are for locks of {@code java.util.concurrent}, as far as their threads are seen. */
    List<LockWait> waits();

    /** The wait for what this thread of the cycle holds; empty when it is for a monitor. */
    Optional<LockWait> waiterFor(Thread holder);

    /** How many of its threads are deadlocked now. */
    int deadlocked();

    /**
     * Whether the others are free of a victim whose wait has ended: nobody waits for it as before, and nobody is deadlocked,
     * not in a new cycle either. Those who wait for a lock that another of the old cycle now holds and uses are not stuck.
     */
    boolean isFreeOf(LockWait victim);
}
