package io.jvmmedic.core.signal;

import java.util.Arrays;

/**
 * How long looking for deadlocks rests after a look, so that it takes a fixed share of one core. The cheapest of the last
 * looks counts: what a look takes contains the time for which a busy machine, or a container that has used up its share of
 * the processors, held it up, and just there a deadlock must not stay unseen. A limit keeps it from being blind for long.
 */
final class LookRest {

    /** The pause until the next look is so many times its cost. */
    private static final int FACTOR = 500;
    private static final long MIN_MILLIS = 900;
    /** Two looks of 80 ms, made while twenty threads wanted two processors, once cost forty seconds of blindness. */
    private static final long MAX_MILLIS = 5_000;
    private static final int LOOKS = 4;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final long[] costs = new long[LOOKS];
    private int next;

    /** @param cost of the look just made, ns */
    long millisAfter(long cost) {
        costs[next] = cost;
        next = (next + 1) % LOOKS;
        long cheapest = Arrays.stream(costs).min().orElseThrow();
        return Math.min(Math.max(MIN_MILLIS, cheapest * FACTOR / NANOS_PER_MILLI), MAX_MILLIS);
    }
}
