package io.jvmmedic.core.model;

import java.util.List;
import java.util.Map;

/**
 * All signals of one sampling round, as the detectors see them.
 *
 * @param tick number of the round; rounds may be missing, never repeated
 * @param millis wall-clock time of the round, ms since the epoch
 * @param late true when the sampler was late by more than half a period: nobody was looking, so nothing that needs an
 *     unbroken history may be concluded from this round
 * @param signals by {@link Signal#type()}
 */
public record Round(long tick, long millis, boolean late, Map<String, List<Signal>> signals) {

    public Round {
        signals = Map.copyOf(signals);
    }

    /** Signals of one type; never {@code null}. */
    public List<Signal> of(String type) {
        return signals.getOrDefault(type, List.of());
    }

    /** Signals of one type about one resource. */
    public List<Signal> of(String type, ResourceId resource) {
        String name = resource.toString();
        return of(type).stream().filter(signal -> signal.text("resource").equals(name)).toList();
    }
}
