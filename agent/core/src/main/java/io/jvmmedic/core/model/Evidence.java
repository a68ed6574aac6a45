package io.jvmmedic.core.model;

import java.util.List;
import java.util.Map;

/**
 * What a finding rests on.
 *
 * @param proof one sentence: why it is believed
 * @param facts further sentences, one per holder, waiter or lock, resource first
 * @param leases numbers of the leases concerned; what a reclaim may touch, nothing else
 * @param threads ids of the threads concerned
 * @param measures numbers in force, name to value, settings included (the habit of JMC's {@code IResult})
 */
public record Evidence(
        String proof, List<String> facts, List<Long> leases, List<Long> threads, Map<String, Long> measures) {

    public Evidence {
        facts = List.copyOf(facts);
        leases = List.copyOf(leases);
        threads = List.copyOf(threads);
        measures = Map.copyOf(measures);
    }

    public static Evidence of(String proof) {
        return new Evidence(proof, List.of(), List.of(), List.of(), Map.of());
    }

    /** A measure; 0 when absent. */
    public long measure(String name) {
        return measures.getOrDefault(name, 0L);
    }
}
