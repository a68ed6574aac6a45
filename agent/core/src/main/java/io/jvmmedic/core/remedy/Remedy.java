package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Risk;

/**
 * One kind of repair. Says what it would do and can do it; whether it may is not its business. No sleep, retry, logging
 * or policy inside.
 */
public interface Remedy {

    /** {@code reclaim-leaked-connection}. */
    String name();

    Risk risk();

    /** Prepares a repair of what was diagnosed, from live state. Cheap; changes nothing. */
    Preparation prepare(Diagnosis diagnosis);
}
