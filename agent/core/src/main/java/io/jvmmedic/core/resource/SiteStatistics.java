package io.jvmmedic.core.resource;

import io.jvmmedic.core.util.CoarseClock;
import org.HdrHistogram.IntCountsHistogram;

/**
 * Learned habits of one borrow site, in ticks of the coarse clock. Two generations of holds, of which the older is
 * forgotten after some thousand borrows, so that a habit can change; about 2 kB, at most 4 kB.
 */
public final class SiteStatistics {

    /** Fewer holds than this teach nothing: the site is still warming up. */
    private static final int WARM_UP = 50;
    private static final double PERCENTILE = 99.9;
    /** Enough for a percentile of 99.9, and far from the largest count of a cell. */
    private static final int GENERATION = 10_000;
    /** About nine hours; a longer hold is as long as this. */
    private static final int MAX_TICKS = (1 << 17) - 1;
    /** Exact up to 8 s, within 6 % above; two digits would take eight times the heap. */
    private static final int DIGITS = 1;

    private final String site;
    private IntCountsHistogram holds = histogram();
    /** The generation before; {@code null} while there was none. */
    private IntCountsHistogram before;
    private IntCountsHistogram calm = histogram();
    private int longestPause;

    SiteStatistics(String site) {
        this.site = site;
    }

    private static IntCountsHistogram histogram() {
        // Grows with the longest hold it sees.
        return new IntCountsHistogram(DIGITS);
    }

    public String site() {
        return site;
    }

    /** @param whileCalm nobody waited when it was given back: what is held in a jam is the jam's doing, not a habit */
    synchronized void held(int ticks, boolean whileCalm) {
        int value = Math.max(0, Math.min(ticks, MAX_TICKS));
        if (holds.getTotalCount() >= GENERATION) {
            before = holds;
            holds = histogram();
        }
        holds.recordValue(value);
        if (whileCalm) {
            if (calm.getTotalCount() >= GENERATION) {
                calm = histogram();
            }
            calm.recordValue(value);
        }
    }

    /** A connection of this site lay unused for so long, and was then used or given back all the same. */
    synchronized void paused(int ticks) {
        longestPause = Math.max(longestPause, ticks);
    }

    /** 99.9th percentile of hold times, ms, not below one tick of the clock; -1 while warming up. */
    public synchronized long typicalMillis() {
        long count = holds.getTotalCount() + (before == null ? 0 : before.getTotalCount());
        return count < WARM_UP ? -1 : millis(Math.max(percentile(holds), before == null ? 0 : percentile(before)));
    }

    /** As {@link #typicalMillis()}, of those given back while nobody waited. */
    public synchronized long calmMillis() {
        return calm.getTotalCount() < WARM_UP ? -1 : millis(percentile(calm));
    }

    /** The longest time a connection of this site lay unused before it was used or given back, ms; -1 when never for long. */
    public synchronized long longestPauseMillis() {
        return longestPause == 0 ? -1 : (long) longestPause * CoarseClock.TICK_MILLIS;
    }

    private static long percentile(IntCountsHistogram histogram) {
        return histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(PERCENTILE);
    }

    private static long millis(long ticks) {
        return Math.max(1, ticks) * CoarseClock.TICK_MILLIS;
    }
}
