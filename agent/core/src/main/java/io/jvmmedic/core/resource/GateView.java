package io.jvmmedic.core.resource;

import java.util.List;

/** The deadlocks that were suffered, and what keeps each from coming again. */
@FunctionalInterface
public interface GateView {

    /** Nothing was suffered. */
    GateView NONE = List::of;

    /** One row per signature that is known. */
    List<Row> rows();

    /**
     * What became of one signature, with figures since the agent started.
     *
     * @param state {@code RECORDED} (nothing is made of it yet), {@code NOT SEEN} (no class of it is loaded), {@code PARTLY}
     *     (some are), {@code INITIALIZED} (its classes were, before main), {@code GATED}, {@code OPEN} (the mode is not
     *     heal), {@code REFUSED}, {@code WITHDRAWN}
     * @param places where its threads took their locks
     * @param passes acquisitions that came through its gate
     * @param waits those of them that had to wait
     * @param bypasses those whose time limit ran out
     * @param asides those that went on because who was inside waited there
     * @param reason why it is not in force, or what is missing; of one that is, which calls of its synchronized methods pass
     *     it and which do not, empty when that does not matter
     */
    record Row(String id, String recorded, String state, String places, long passes, long waits, long waitedMillis,
            long bypasses, long asides, String reason) {
    }
}
