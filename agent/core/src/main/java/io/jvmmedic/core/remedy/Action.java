package io.jvmmedic.core.remedy;

import java.util.Optional;

/**
 * The doing side of a plan. {@link #apply()} runs on a disposable thread with a deadline; the other methods only read
 * live state, run on such a thread too, and may be called any number of times.
 */
public interface Action {

    /** The live precondition, asked right before the act: empty when the fault still stands, else why it does not. */
    Optional<String> noLongerNeeded();

    /** State in one line, for the record before and after: {@code active=10 idle=0 max=10 waiting=4}. */
    String observe();

    void apply() throws Throwable;

    /** Whether the claim has come true on live state. */
    boolean claimHolds();

    /**
     * What was lent and must be given back; empty when there is nothing. Asked after {@link #apply()}, however that
     * ended: an act that threw or got stuck may have lent something all the same.
     */
    default Optional<Loan> loan() {
        return Optional.empty();
    }
}
