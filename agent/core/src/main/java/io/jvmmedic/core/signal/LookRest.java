package io.jvmmedic.core.signal;

/**
 * How long looking for deadlocks rests after a look, so that it takes a fixed share of one core. One dear look among cheap
 * ones, as the first is, or one that a busy machine held up, does not blind it for long: the cheaper of the last two counts.
 */
final class LookRest {

    /** The pause until the next look is so many times its cost. */
    private static final int FACTOR = 500;
    private static final long MIN_MILLIS = 900;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private long before;

    /** @param cost of the look just made, ns */
    long millisAfter(long cost) {
        long counts = Math.min(cost, before);
        before = cost;
        return Math.max(MIN_MILLIS, counts * FACTOR / NANOS_PER_MILLI);
    }
}
