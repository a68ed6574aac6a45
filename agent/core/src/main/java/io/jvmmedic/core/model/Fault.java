package io.jvmmedic.core.model;

/** Classes of fault a detector can report; the key of the remedy ladders. */
public enum Fault {
    CONNECTION_LEAK, POOL_EXHAUSTION, NESTED_BORROW,
    STALE_SESSIONS, DEAD_PEER, POOL_CREATOR,
    EXECUTOR_SELF_STARVATION, EXECUTOR_STALLED,
    LOCK_DEADLOCK, LOST_LOCK, WAIT_KNOT,
    HTTP_LEAK, HTTP_POOL_EXHAUSTION
}
