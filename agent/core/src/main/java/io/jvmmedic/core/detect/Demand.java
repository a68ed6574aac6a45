package io.jvmmedic.core.detect;

import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;

/**
 * How many borrowers come to a pool while all is well, so that a flood can be told from a pool that is too small. The
 * highest rate is kept and fades slowly: what was normal at noon must not be a flood in the evening.
 */
final class Demand {

    /** Fewer calm rounds teach nothing. */
    private static final int WARM_UP_ROUNDS = 60;
    private static final double FLOOD_FACTOR = 3;
    /** Fewer borrowers per second are no flood, whatever came before. */
    private static final double FLOOD_MIN = 5;
    /** Half of it is forgotten in about two hours. */
    private static final double FADING = 0.9999;

    /** @param highest borrows per second */
    private record Calm(int rounds, double highest, long millis, long borrows) {
    }

    private final History<String, Calm> calm = History.learned();

    void open(Round round) {
        calm.open(round);
    }

    /** Once per pool and round. */
    void observe(Signal pool, long millis) {
        String resource = pool.text("resource");
        Calm before = calm.get(resource);
        long borrows = pool.number("borrows");
        boolean learns = before != null && pool.number("waiting") <= 0 && millis > before.millis();
        double rate = learns ? Math.max(0, borrows - before.borrows()) * 1_000.0 / (millis - before.millis()) : 0;
        calm.put(resource, before == null ? new Calm(0, 0, millis, borrows) : new Calm(before.rounds() + (learns ? 1 : 0),
                Math.max(rate, before.highest() * FADING), millis, borrows));
    }

    /** Borrows per second, the highest while nobody waited; -1 when not learned. */
    double highest(String resource) {
        Calm known = calm.get(resource);
        return known == null || known.rounds() < WARM_UP_ROUNDS ? -1 : known.highest();
    }

    /** Whether far more borrowers come now than ever came while all was well. */
    boolean isFlood(String resource, Pressure pressure) {
        double highest = highest(resource);
        return highest >= 0 && pressure.arrivals() >= Math.max(FLOOD_MIN, FLOOD_FACTOR * highest);
    }
}
