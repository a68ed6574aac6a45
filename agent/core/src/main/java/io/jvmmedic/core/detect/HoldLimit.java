package io.jvmmedic.core.detect;

/**
 * How long a connection may lie unused before anybody wonders: far beyond what its borrow site ever took and came back
 * from. Long-lived holders teach it by their first use after a pause.
 */
final class HoldLimit {

    private static final int LEARNED_FACTOR = 4;
    private static final int PAUSE_FACTOR = 2;
    private static final long UNLEARNED_MILLIS = 30_000;

    private final long suspectAfter;

    /** @param suspectAfter the least, ms */
    HoldLimit(long suspectAfter) {
        this.suspectAfter = suspectAfter;
    }

    long millis(Holder holder) {
        long learned = holder.typicalHold() < 0 ? UNLEARNED_MILLIS : LEARNED_FACTOR * holder.typicalHold();
        return Math.max(suspectAfter, Math.max(learned, PAUSE_FACTOR * holder.longestPause()));
    }
}
