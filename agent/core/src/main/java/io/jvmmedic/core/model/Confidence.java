package io.jvmmedic.core.model;

/** How sure a finding is: proof, then zero progress, then age. "Busy" alone is never a finding. */
public enum Confidence {
    /** A pattern. */
    HINT,
    /** Beyond the learned baseline, held for the confirm time. */
    SUSPECTED,
    /** A proof: the leased handle is unreachable, a cycle is closed, every waiter is itself a holder. */
    CERTAIN;

    public boolean atLeast(Confidence other) {
        return compareTo(other) >= 0;
    }
}
