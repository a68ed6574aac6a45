package io.jvmmedic.cli;

import io.jvmmedic.cli.text.Terminal;
import picocli.CommandLine.Command;

@Command(name = "resume", description = "The reverse of pause.")
final class ResumeVerb extends TargetVerb {

    ResumeVerb(Terminal terminal) {
        super(terminal, "resume");
    }

    @Override
    void show(Answer answer) {
        terminal().say("Treatments in " + answer.jvm() + (answer.flag("changed") ? " go on." : " were not paused."));
    }
}
