package io.jvmmedic.core.resource;

import io.jvmmedic.core.util.CoarseClock;
import org.HdrHistogram.Histogram;

/**
 * Learned hold times of one borrow site. About 2.5 kB each (auto-resizing, 2 significant digits), and the book of sites
 * is bounded.
 */
public final class SiteStatistics {

    /** Fewer holds than this teach nothing: the site is still warming up. */
    private static final int WARM_UP = 50;
    private static final double PERCENTILE = 99.9;

    private final String site;
    private final Histogram holds = new Histogram(2);

    SiteStatistics(String site) {
        this.site = site;
    }

    public String site() {
        return site;
    }

    synchronized void held(long millis) {
        holds.recordValue(Math.max(0, millis));
    }

    /** 99.9th percentile of hold times, ms, not below one tick of the clock; -1 while warming up. */
    public synchronized long typicalMillis() {
        return holds.getTotalCount() < WARM_UP ? -1
                : Math.max(CoarseClock.TICK_MILLIS, holds.getValueAtPercentile(PERCENTILE));
    }
}
