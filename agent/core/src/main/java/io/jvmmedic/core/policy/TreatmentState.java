package io.jvmmedic.core.policy;

import java.util.EnumSet;
import java.util.Set;

/** Where a treatment stands. Only the transitions listed here exist. */
public enum TreatmentState {
    /** Found, not yet held for the confirm time. */
    SUSPECTED,
    CONFIRMED,
    /** A remedy was prepared; the gates are being asked. */
    PLANNED,
    REFUSED,
    SHADOWED,
    /** The shadow met its outcome. */
    SCORED,
    APPLYING,
    VERIFYING,
    HEALED,
    /** The loan is given back. */
    UNDONE,
    FAILED,
    STUCK,
    INEFFECTIVE,
    GIVEN_UP,
    /** The fault disappeared before anything was done. */
    RETRACTED;

    /** The states that may follow; empty for an end. */
    public Set<TreatmentState> next() {
        return switch (this) {
            case SUSPECTED -> EnumSet.of(CONFIRMED, RETRACTED);
            case CONFIRMED -> EnumSet.of(PLANNED, RETRACTED);
            case PLANNED -> EnumSet.of(REFUSED, SHADOWED, APPLYING, RETRACTED);
            case SHADOWED -> EnumSet.of(SCORED);
            case APPLYING -> EnumSet.of(VERIFYING, FAILED, STUCK);
            case VERIFYING -> EnumSet.of(HEALED, INEFFECTIVE);
            case HEALED -> EnumSet.of(UNDONE);
            case INEFFECTIVE -> EnumSet.of(PLANNED, GIVEN_UP);
            case REFUSED, SCORED, UNDONE, FAILED, STUCK, GIVEN_UP, RETRACTED -> EnumSet.noneOf(TreatmentState.class);
        };
    }

    /** The new state; throws {@code IllegalStateException} naming both when there is no such transition. */
    public TreatmentState to(TreatmentState state) {
        if (!next().contains(state)) {
            throw new IllegalStateException("a treatment cannot go from " + this + " to " + state);
        }
        return state;
    }
}
