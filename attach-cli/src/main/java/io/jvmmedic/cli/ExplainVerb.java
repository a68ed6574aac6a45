package io.jvmmedic.cli;

import io.jvmmedic.cli.text.Terminal;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "explain", description = "The whole story of one incident.")
final class ExplainVerb extends SubjectVerb {

    private static final int LABEL = 8;
    private static final int STEP_LABEL = 10;

    @Parameters(index = "0", paramLabel = "id", description = "Of an incident, or the start of it.")
    private String id;

    ExplainVerb(Terminal terminal) {
        super(terminal, "explain", "id");
    }

    @Override
    String subject() {
        return id;
    }

    @Override
    void show(Answer story) {
        IncidentsVerb.head(terminal(), story.part("incident"));
        terminal().line("");
        terminal().field(0, LABEL, "proof", story.text("proof"));
        story.texts("facts").forEach(fact -> terminal().field(0, LABEL, "", fact));
        terminal().field(0, LABEL, "cause", story.text("cause"));
        terminal().field(0, LABEL, "victims", story.text("victims"));
        terminal().field(0, LABEL, "fix", story.text("advice"));
        terminal().field(0, LABEL, "folder", story.text("folder"));
        if (!story.text("waitForGraph").isBlank()) {
            terminal().line("");
            terminal().heading("Who waits for whom");
            story.text("waitForGraph").lines().forEach(edge -> terminal().field(2, 1, "-", edge));
        }
        List<Answer> steps = story.rows("steps");
        if (!steps.isEmpty()) {
            terminal().line("");
            terminal().heading("What happened");
            steps.forEach(step -> terminal().field(2, 19 + 1 + STEP_LABEL,
                    IncidentsVerb.time(step.number("millis")) + " " + step.text("what"), step.text("text")));
        }
    }
}
