package io.jvmmedic.core.model;

import java.util.Objects;

/**
 * What one detector believes about one resource in one round. Level-triggered: a detector repeats it each round while
 * it is true, and stops when it is not.
 *
 * @param detector name of the detector, {@code leaked-connection}
 * @param summary one sentence, resource first
 * @param cause who causes it, with the code site; empty if unknown
 * @param victims who suffers; empty if nobody
 * @param advice what to fix in the code
 */
public record Finding(
        String detector,
        Fault fault,
        ResourceId resource,
        Confidence confidence,
        String summary,
        String cause,
        String victims,
        String advice,
        Evidence evidence) {

    public Finding {
        Objects.requireNonNull(fault);
        Objects.requireNonNull(resource);
        Objects.requireNonNull(confidence);
        Objects.requireNonNull(evidence);
    }
}
