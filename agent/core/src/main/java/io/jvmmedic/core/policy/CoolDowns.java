package io.jvmmedic.core.policy;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.model.Outcome;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.util.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** How long resources rest after a treatment. Belongs to the engine's thread. */
final class CoolDowns {

    private final Map<ResourceId, Long> restsUntil = new HashMap<>();
    private final Duration afterSuccess;
    private final Duration afterFailure;
    private final Clock clock;

    CoolDowns(MedicConfig config, Clock clock) {
        this.afterSuccess = config.get(Options.COOL_DOWN);
        this.afterFailure = config.get(Options.COOL_DOWN_AFTER_FAILURE);
        this.clock = clock;
    }

    void ended(ResourceId resource, Outcome outcome) {
        switch (outcome) {
            case HEALED -> rest(resource, afterSuccess);
            case FAILED, STUCK, GIVEN_UP -> rest(resource, afterFailure);
            // INEFFECTIVE goes on to the next rung at once or ends as GIVEN_UP; RETRACTED did nothing; RESTARTING is the end.
            case INEFFECTIVE, RETRACTED, RESTARTING -> {
            }
        }
    }

    Duration left(ResourceId resource) {
        long now = clock.monotonicMillis();
        return Duration.ofMillis(Math.max(0, restsUntil.getOrDefault(resource, now) - now));
    }

    private void rest(ResourceId resource, Duration duration) {
        long now = clock.monotonicMillis();
        restsUntil.values().removeIf(until -> until <= now);
        restsUntil.merge(resource, now + duration.toMillis(), Math::max);
    }
}
