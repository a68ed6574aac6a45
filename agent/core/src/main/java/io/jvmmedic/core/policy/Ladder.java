package io.jvmmedic.core.policy;

import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.ResourceId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which remedy is to be tried for a fault, gentlest first, and how far each open incident has climbed. A rung is left
 * for good until the incident ends: try a few times, then escalate, never loop. Belongs to the engine's thread.
 */
public final class Ladder {

    private record Incident(ResourceId resource, Fault fault) {
    }

    private final Map<Fault, List<String>> rungs;
    private final Map<Incident, Integer> climbed = new HashMap<>();

    /** @param rungs names of remedies, gentlest first; a fault without any is only reported */
    public Ladder(Map<Fault, List<String>> rungs) {
        this.rungs = Map.copyOf(rungs);
    }

    /** The remedy whose turn it is; empty when none is left. */
    public Optional<String> current(ResourceId resource, Fault fault) {
        return rung(fault, climbed.getOrDefault(new Incident(resource, fault), 0));
    }

    /**
     * Leaves the current rung: its remedy was ineffective, failed, is impossible here, or its budget is spent.
     *
     * @return the next remedy; empty when none is left
     */
    public Optional<String> next(ResourceId resource, Fault fault) {
        int rung = climbed.merge(new Incident(resource, fault), 1, (old, one) -> Math.min(old + one, size(fault)));
        return rung(fault, rung);
    }

    /** Whether everything before this remedy was left behind, which is what a DRASTIC one needs. */
    public boolean reached(ResourceId resource, Fault fault, String remedy) {
        int rung = rungs.getOrDefault(fault, List.of()).indexOf(remedy);
        return rung >= 0 && climbed.getOrDefault(new Incident(resource, fault), 0) >= rung;
    }

    /** The incident is over; the next one starts at the bottom. */
    public void reset(ResourceId resource, Fault fault) {
        climbed.remove(new Incident(resource, fault));
    }

    private Optional<String> rung(Fault fault, int rung) {
        return rung < size(fault) ? Optional.of(rungs.get(fault).get(rung)) : Optional.empty();
    }

    private int size(Fault fault) {
        return rungs.getOrDefault(fault, List.of()).size();
    }
}
