package io.jvmmedic.core.model;

/** How a treatment ended. */
public enum Outcome {
    /** The claim came true on live state. */
    HEALED,
    /** Done, but the claim did not come true in time. */
    INEFFECTIVE,
    /** The act threw. */
    FAILED,
    /** The act did not return before its deadline; its thread is abandoned. */
    STUCK,
    /** No rung left. */
    GIVEN_UP,
    /** The fault was gone before the act. */
    RETRACTED,
    /** The JVM ends by the act; whether it helped shows in the next one. */
    RESTARTING
}
