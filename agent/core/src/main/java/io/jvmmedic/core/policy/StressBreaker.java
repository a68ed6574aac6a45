package io.jvmmedic.core.policy;

import java.util.Locale;
import java.util.Optional;

/**
 * Opens when either measure is bad and closes only when both are good for some ticks (the hysteresis of Elastic's
 * circuit breaker): a JVM that is just coming up for air must not be operated on. Belongs to the engine's thread.
 */
final class StressBreaker {

    static final long LATE_MILLIS = 1_000;
    static final long RELIEVED_LATE_MILLIS = 250;
    static final double GC_SHARE = 0.5;
    static final double RELIEVED_GC_SHARE = 0.2;
    static final int RELIEVED_TICKS = 3;

    private String reason;
    private int relieved;

    void observe(Stress stress) {
        if (stress.latenessMillis() >= LATE_MILLIS || stress.gcShare() >= GC_SHARE) {
            relieved = 0;
            reason = describe(stress);
        } else if (stress.latenessMillis() <= RELIEVED_LATE_MILLIS && stress.gcShare() <= RELIEVED_GC_SHARE) {
            if (++relieved >= RELIEVED_TICKS) {
                reason = null;
            }
        } else {
            relieved = 0;
        }
    }

    /** Why nothing may be done; empty when all is well. */
    Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    private static String describe(Stress stress) {
        return String.format(Locale.ROOT, "last tick %d ms late, %.0f %% of the time in GC",
                stress.latenessMillis(), 100 * stress.gcShare());
    }
}
