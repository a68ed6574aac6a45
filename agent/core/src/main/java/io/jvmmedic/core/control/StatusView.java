package io.jvmmedic.core.control;

import java.util.List;
import java.util.Map;

/**
 * Everything about the agent itself.
 *
 * @param application name under which budgets are kept
 * @param uptimeMillis of the agent, not of the JVM
 * @param mode in force: {@code off}, {@code observe} or {@code heal}
 * @param paused no new treatment begins
 * @param attached {@code premain} or {@code hot attach}
 * @param recording {@code streaming}, or {@code degraded: why}
 * @param folder incidents and journal; empty if none could be made
 * @param adviceFailures errors inside our own hooks, swallowed; above 0 is a defect of the agent
 * @param firstAdviceFailure empty for none
 * @param droppedRounds rounds the engine could not take
 * @param resources number of watched resources by kind: {@code pool}, {@code executor}, {@code http}
 * @param settings only those that are not at their default
 */
public record StatusView(
        String version, long pid, String application, long uptimeMillis, String mode, boolean paused, String attached,
        String recording, String folder, long adviceFailures, String firstAdviceFailure, long droppedRounds,
        Map<String, Integer> resources, List<Part> integrations, List<Part> detectors, List<Part> remedies,
        List<Signature> signatures, List<BudgetLeft> budgets, List<Treatment> treatments, List<Shadow> shadows, List<Setting> settings,
        List<String> warnings) {

    public StatusView {
        resources = Map.copyOf(resources);
        integrations = List.copyOf(integrations);
        detectors = List.copyOf(detectors);
        remedies = List.copyOf(remedies);
        signatures = List.copyOf(signatures);
        budgets = List.copyOf(budgets);
        treatments = List.copyOf(treatments);
        shadows = List.copyOf(shadows);
        settings = List.copyOf(settings);
        warnings = List.copyOf(warnings);
    }

    /**
     * A part of the agent and whether it works.
     *
     * @param state {@code APPLIED} or {@code NOT APPLIED} for an integration, {@code READY} or {@code NA} for a
     *     detector, the risk for a remedy, {@code DISABLED} for any
     * @param reason why not; for a remedy the faults it treats; may be empty
     */
    public record Part(String name, String state, String reason) {
    }

    /**
     * A deadlock that was suffered, and what its gate does and costs.
     *
     * @param state {@code RECORDED}, {@code NOT SEEN}, {@code PARTLY}, {@code GATED}, {@code INITIALIZED}, {@code OPEN},
     *     {@code REFUSED} or {@code WITHDRAWN}
     * @param places where its threads took their locks
     * @param passes acquisitions that came through the gate
     * @param waits those of them that waited, for {@code waitedMillis} together
     * @param bypasses those whose time limit ran out
     * @param asides those that went on because who was inside waited there for something else
     * @param reason why it is not in force; may be empty
     */
    public record Signature(String id, String recorded, String state, String places, long passes, long waits,
            long waitedMillis, long bypasses, long asides, String reason) {
    }

    /**
     * @param left times it may still be used in the period that ends now
     * @param nextInMillis until one more comes free; 0 while some are left
     */
    public record BudgetLeft(String name, int left, int times, long periodMillis, long nextInMillis) {
    }

    /** A treatment under way. */
    public record Treatment(
            String incidentId, String resource, String fault, String state, String remedy, long sinceMillis) {
    }

    /** How often acting on a plan that was only shadowed would have been right. */
    public record Shadow(String remedy, String resource, int right, int wrong, int unknown) {
    }

    /** @param source {@code property}, {@code argument}, {@code environment}, {@code file} or {@code command} */
    public record Setting(String key, String value, String source) {
    }
}
