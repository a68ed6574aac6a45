package io.jvmmedic.core.control;

import java.util.List;

/**
 * The whole story of one incident.
 *
 * @param facts one sentence per holder, waiter or lock
 * @param waitForGraph one edge a line; empty if nothing waits
 * @param steps oldest first
 * @param folder where the evidence is; empty if none could be written
 */
public record ExplanationView(
        IncidentView incident, String proof, List<String> facts, String cause, String victims, String advice,
        String waitForGraph, List<Step> steps, String folder) {

    public ExplanationView {
        facts = List.copyOf(facts);
        steps = List.copyOf(steps);
    }

    /**
     * @param millis ms since the epoch
     * @param what {@code found}, {@code decided}, {@code began}, {@code ended}, {@code undone}, {@code scored}, ...
     */
    public record Step(long millis, String what, String text) {
    }
}
