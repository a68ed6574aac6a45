package io.jvmmedic.cli;

import io.jvmmedic.cli.text.Style;
import io.jvmmedic.cli.text.Terminal;
import io.jvmmedic.cli.text.Words;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

@Command(name = "incidents", description = "What was found lately, newest first.")
final class IncidentsVerb extends TargetVerb {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    IncidentsVerb(Terminal terminal) {
        super(terminal, "incidents");
    }

    @Override
    void show(Answer answer) {
        List<Answer> incidents = answer.rows();
        if (incidents.isEmpty()) {
            terminal().say("The agent in " + answer.jvm() + " has found nothing.");
            return;
        }
        incidents.forEach(incident -> head(terminal(), incident));
    }

    /** The lines that stand for an incident here and in {@code explain}. */
    static void head(Terminal terminal, Answer incident) {
        terminal.heading(incident.text("id") + "  " + Words.constant(incident.text("fault")) + " on " + incident.text("resource"));
        String state = incident.text("state").equals("open") ? "open since " : "lasted ";
        terminal.field(2, 6, "when", time(incident.number("openedMillis")) + ", " + state
                + Words.millis(incident.number("lastedMillis")));
        terminal.field(2, 6, "what", incident.text("confidence") + ", " + incident.text("summary"));
        String remedy = incident.text("remedy");
        String result = incident.text("result");
        terminal.field(2, 6, "done", remedy.isEmpty() ? "nothing" : remedy + (result.isEmpty() ? ", under way" : " " + result),
                Style.of(result));
    }

    static String time(long millis) {
        return TIME.format(Instant.ofEpochMilli(millis).atZone(ZoneId.systemDefault()));
    }
}
