package io.jvmmedic.cli.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A step in words: one line, and labelled lines below it.
 *
 * @param tone the outcome or verdict that colours the line; may be empty
 */
record StepText(String line, String tone, List<Detail> details) {

    record Detail(String label, String text) {
    }

    /** @param before the finding told last in this incident, whose texts are not repeated; {@code null} for none */
    static StepText of(Step step, Step before) {
        return switch (step.kind()) {
            case FOUND -> new StepText(step.field("confidence") + ", " + step.field("summary"), "",
                    details(step, before, "proof", "proof", "cause", "cause", "victims", "victims", "fix", "advice"));
            case DECIDED -> new StepText(step.field("verdict") + " " + step.remedy() + risk(step) + gate(step) + ": "
                    + step.field("reason"), step.field("verdict"), List.of());
            case IMPOSSIBLE -> new StepText((step.remedy().isEmpty() ? "" : step.remedy() + ": ") + step.field("reason"), "",
                    List.of());
            case ACTED -> new StepText(step.field("outcome") + " " + step.remedy() + " in " + Times.duration(step.lasted())
                    + (step.field("problem").isEmpty() ? "" : ": " + step.field("problem")), step.field("outcome"),
                    details(step, null, "claim", "claim", "before", "before", "after", "after", "undo", "undo"));
            case BEGAN -> new StepText(step.remedy() + ", and no outcome is known", "UNKNOWN",
                    details(step, null, "claim", "claim", "undo", "undo"));
            case CHECKED -> new StepText("claim " + (step.field("held").equals("true") ? "held" : "did not hold")
                    + (step.field("observed").isEmpty() ? "" : ": " + step.field("observed")),
                    step.field("held").equals("true") ? "HEALED" : "FAILED", List.of());
            case UNDONE -> new StepText(step.field("outcome") + " " + step.field("loan") + ": " + step.field("reason"),
                    step.field("outcome"), List.of());
            case SCORED -> new StepText(step.remedy() + " would have been " + step.field("score") + ": " + step.field("reason"),
                    step.field("score"), List.of());
            case CLOSED -> new StepText(step.field("reason"), "", List.of());
        };
    }

    private static String risk(Step step) {
        return step.field("risk").isEmpty() ? "" : " (" + step.field("risk") + ")";
    }

    private static String gate(Step step) {
        return step.field("gate").isEmpty() ? "" : " by the gate '" + step.field("gate") + "'";
    }

    private static List<Detail> details(Step step, Step before, String... labelsAndFields) {
        List<Detail> details = new ArrayList<>();
        for (int i = 0; i < labelsAndFields.length; i += 2) {
            String text = step.field(labelsAndFields[i + 1]);
            if (!text.isEmpty() && (before == null || !text.equals(before.field(labelsAndFields[i + 1])))) {
                details.add(new Detail(labelsAndFields[i], text));
            }
        }
        return details;
    }
}
