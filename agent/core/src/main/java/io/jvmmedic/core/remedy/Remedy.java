package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Risk;
import java.time.Duration;

/**
 * One kind of repair. Says what it would do and can do it; whether it may is not its business. No sleep, retry, logging
 * or policy inside.
 */
public interface Remedy {

    /** {@code reclaim-leaked-connection}. */
    String name();

    Risk risk();

    /** How long {@link Action#apply()} may take before its thread is given up. */
    default Duration deadline() {
        return Duration.ofSeconds(10);
    }

    /** False for a belief that has a better remedy: this rung is then passed over without a word. */
    default boolean isMeantFor(Diagnosis diagnosis) {
        return true;
    }

    /** Prepares a repair of what was diagnosed, from live state. Cheap; changes nothing. */
    Preparation prepare(Diagnosis diagnosis);
}
