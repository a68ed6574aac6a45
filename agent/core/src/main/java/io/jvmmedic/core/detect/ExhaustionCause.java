package io.jvmmedic.core.detect;

import io.jvmmedic.core.model.Evidence;
import java.util.Locale;

/**
 * Why a pool is exhausted, by what its holders do. A verdict for people and for the choice of a remedy; never a reason to
 * take a connection from anybody.
 */
public enum ExhaustionCause {
    /** Holders that nobody can return, or whose borrower is gone. */
    LEAK("leaked"),
    /** Holders whose work is over, though not for so long that they must have been leaked. */
    LEFT_BEHIND("left behind by work that is over"),
    /** Holders that do something else than use what they hold. */
    HELD_ACROSS_IO("held across other work"),
    /** Holders that wait for another slot of the same pool. */
    NESTED_BORROW("held while waiting for a second one"),
    /** Holders inside the driver. */
    SLOW_STATEMENTS("in slow statements"),
    /** Holders inside the driver, whose sessions wait for a lock inside the database. */
    LOCK_WAIT("waiting for locks inside the database"),
    /** No connection to the database can be had: holders wait for it, or there are none to hold. */
    DATABASE_UNREACHABLE("out of service, the database cannot be reached"),
    /** The database is there and has no session to spare. */
    DATABASE_FULL("missing, the database has no session to spare"),
    /** The pool has room, and what makes its connections is dead. */
    CREATOR_DEAD("missing, what makes them is dead"),
    /** The pool has room, connections can be had, and what makes them hangs or has lost the demand. */
    CREATOR_STUCK("missing, what makes them is stuck"),
    /** Holders of an HTTP connection that wait for the other side. */
    SLOW_PEER("waiting for the other side"),
    /** Holders blocked on a lock. */
    BLOCKED_ON_LOCK("held by threads blocked on a lock"),
    /** Holders come and go quickly: there are just more borrowers than slots. */
    TOO_SMALL("turned over quickly, there are more borrowers than slots"),
    /** The same, because far more borrowers come than ever came while all was well. */
    RUNAWAY_DEMAND("turned over quickly, far more borrowers come than ever"),
    /** Holders cannot be seen, or do many different things. */
    UNKNOWN("held for no common reason");

    private static final String MEASURE = "cause.";

    private final String words;

    ExhaustionCause(String words) {
        this.words = words;
    }

    /** How slots of this cause are held, in words. */
    public String words() {
        return words;
    }

    /** Whether it could not be told from this side alone: it comes later than the first belief, and is the better one. */
    public boolean isTheServersWord() {
        return switch (this) {
            case LOCK_WAIT, DATABASE_UNREACHABLE, DATABASE_FULL, CREATOR_DEAD, CREATOR_STUCK -> true;
            default -> false;
        };
    }

    /** Name of the measure that counts the slots of this cause. */
    String measure() {
        return MEASURE + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The verdict that an exhaustion finding carries; {@link #UNKNOWN} when it carries none. */
    public static ExhaustionCause of(Evidence evidence) {
        for (ExhaustionCause cause : values()) {
            if (evidence.measures().containsKey(cause.measure())) {
                return cause;
            }
        }
        return UNKNOWN;
    }
}
