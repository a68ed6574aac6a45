package io.jvmmedic.cli.report;

import io.jvmmedic.cli.text.Words;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** A story for a ticket or a wiki. */
public final class MarkdownReport {

    private static final String SPECIAL = "\\`*_[]<>#|";

    private MarkdownReport() {
    }

    /** Lines. */
    public static List<String> of(Story story, ZoneId zone) {
        List<String> lines = new ArrayList<>(List.of("# JVM Medic report", "", "| | |", "|---|---|"));
        Summary.of(story, zone).forEach(line -> lines.add("| " + line.label() + " | " + plain(line.text()) + " |"));
        story.warnings().forEach(warning -> lines.add("| warning | " + plain(warning) + " |"));
        int number = 1;
        for (IncidentStory incident : story.incidents()) {
            String fault = incident.fault().isEmpty() ? "fault not in this recording" : Words.constant(incident.fault());
            lines.addAll(List.of("", "## " + number++ + ". " + fault + " on " + plain(incident.resource()), "",
                    "**" + plain(incident.conclusion()) + "** Incident " + plain(incident.id()) + ".", ""));
            Step before = null;
            for (Step step : incident.steps()) {
                StepText text = StepText.of(step, before);
                lines.add("- " + Times.clock(step.at(), zone) + " **" + step.kind().word() + "** " + plain(text.line()));
                text.details().forEach(detail -> lines.add("  - " + detail.label() + ": " + plain(detail.text())));
                before = step.kind() == Step.Kind.FOUND ? step : before;
            }
        }
        if (!story.notes().isEmpty()) {
            lines.addAll(List.of("", "## Notes", ""));
            story.notes().forEach(note -> lines.add("- " + Times.clock(note.at(), zone) + " " + plain(note.text())));
        }
        return lines;
    }

    /** Text that stays text, also inside a table. */
    private static String plain(String text) {
        StringBuilder plain = new StringBuilder();
        for (char c : Words.clean(text).toCharArray()) {
            plain.append(SPECIAL.indexOf(c) >= 0 ? "\\" : "").append(c);
        }
        return plain.toString();
    }
}
