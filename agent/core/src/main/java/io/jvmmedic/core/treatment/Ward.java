package io.jvmmedic.core.treatment;

import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.remedy.Remedy;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which remedies there are for which fault.
 *
 * @param evidence looked at once per case, before anything is done
 * @param repairs the ladder, gentlest first
 */
public record Ward(Map<Fault, List<Remedy>> evidence, Map<Fault, List<Remedy>> repairs) {

    public Ward {
        evidence = Map.copyOf(evidence);
        repairs = Map.copyOf(repairs);
    }

    List<Remedy> evidenceFor(Fault fault) {
        return evidence.getOrDefault(fault, List.of());
    }

    /** The ladder by names. */
    Map<Fault, List<String>> rungs() {
        return repairs.entrySet().stream().collect(Collectors.toMap(
                Map.Entry::getKey, entry -> entry.getValue().stream().map(Remedy::name).toList()));
    }

    boolean canRepair(Fault fault) {
        return !repairs.getOrDefault(fault, List.of()).isEmpty();
    }

    Remedy remedy(String name) {
        return repairs.values().stream().flatMap(List::stream)
                .filter(remedy -> remedy.name().equals(name)).findFirst().orElseThrow();
    }
}
