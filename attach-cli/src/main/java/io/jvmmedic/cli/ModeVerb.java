package io.jvmmedic.cli;

import io.jvmmedic.cli.text.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "mode", description = "Set the mode until the JVM ends: off, observe or heal.")
final class ModeVerb extends SubjectVerb {

    @Parameters(index = "0", paramLabel = "mode", description = "off, observe (find and plan) or heal (act on proof).")
    private String mode;

    ModeVerb(Terminal terminal) {
        super(terminal, "mode", "mode");
    }

    @Override
    String subject() {
        return mode;
    }

    @Override
    void show(Answer answer) {
        boolean same = answer.text("before").equals(answer.text("mode"));
        terminal().say("Mode of " + answer.jvm() + (same ? " is " + answer.text("mode") + " already."
                : " is now " + answer.text("mode") + ", it was " + answer.text("before") + "."));
    }
}
