package io.jvmmedic.core.remedy;

import java.util.Optional;

/** Something lent to the host that is given back once it is no longer needed. */
public interface Loan {

    /** For people, as it stands now: {@code maximum 10 -> 12}, and what became of it once that is known. */
    String text();

    /** True when right now it is not needed; it is given back after this stayed true for the clean time. */
    boolean unneeded();

    /**
     * True when there is nothing left to give back: the thing lent to is gone, somebody else has changed what was lent,
     * or another loan on the same thing has given back both.
     */
    boolean moot();

    /**
     * Why it helps nobody, for instance because the database refuses to fill it; it is given back at once then, whoever
     * waits. Empty while it may help.
     */
    default Optional<String> useless() {
        return Optional.empty();
    }

    void giveBack() throws Throwable;
}
