package io.jvmmedic.cli.report;

import io.jvmmedic.cli.text.Style;
import io.jvmmedic.cli.text.Terminal;
import io.jvmmedic.cli.text.Words;
import java.time.ZoneId;

/** A story for a terminal. */
public final class TextReport {

    private static final int HEAD_LABEL = 9;
    private static final int INDENT = 3;
    private static final int CLOCK = 12;
    private static final int WORD = 10;

    private final Terminal terminal;
    private final ZoneId zone;

    /** @param zone in which times are shown */
    public TextReport(Terminal terminal, ZoneId zone) {
        this.terminal = terminal;
        this.zone = zone;
    }

    public void print(Story story) {
        terminal.heading("JVM Medic report");
        Summary.of(story, zone).forEach(line -> terminal.field(0, HEAD_LABEL, line.label(), line.text()));
        story.warnings().forEach(warning -> terminal.field(0, HEAD_LABEL, "warning", warning, Style.UNSURE));
        int number = 1;
        for (IncidentStory incident : story.incidents()) {
            print(number++, incident);
        }
        if (!story.notes().isEmpty()) {
            terminal.line("");
            terminal.heading("Notes");
            story.notes().forEach(note -> terminal.field(INDENT, CLOCK, Times.clock(note.at(), zone), note.text()));
        }
    }

    private void print(int number, IncidentStory incident) {
        terminal.line("");
        String fault = incident.fault().isEmpty() ? "fault not in this recording" : Words.constant(incident.fault());
        String confidence = incident.confidence().isEmpty() ? "" : ", " + incident.confidence();
        terminal.heading(number + ". " + fault + " on " + incident.resource() + confidence);
        terminal.field(0, INDENT - 1, "", "incident " + incident.id(), Style.DIM);
        terminal.field(0, INDENT - 1, "", incident.conclusion(), switch (incident.result()) {
            case REPAIRED -> Style.GOOD;
            case NOT_REPAIRED -> Style.BAD;
            case UNKNOWN, NOTHING_DONE -> Style.UNSURE;
        });
        Step before = null;
        for (Step step : incident.steps()) {
            StepText text = StepText.of(step, before);
            String head = Times.clock(step.at(), zone) + " " + step.kind().word();
            terminal.field(INDENT, CLOCK + WORD, head, text.line(), Style.of(text.tone()));
            text.details().forEach(detail ->
                    terminal.field(INDENT + CLOCK + 1, WORD - 1, detail.label(), detail.text()));
            before = step.kind() == Step.Kind.FOUND ? step : before;
        }
    }
}
