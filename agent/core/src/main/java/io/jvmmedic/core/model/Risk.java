package io.jvmmedic.core.model;

/** What a remedy can break. */
public enum Risk {
    /** Looks only: dumps, more attention. */
    NONE,
    /** Lends and gives back: growing within a cap, evicting what is idle. */
    GENTLE,
    /** Takes something from one borrower or thread. */
    FORCEFUL,
    /** Hits everybody: hard reset, restart. */
    DRASTIC
}
