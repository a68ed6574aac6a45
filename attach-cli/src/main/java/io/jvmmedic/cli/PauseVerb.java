package io.jvmmedic.cli;

import io.jvmmedic.cli.text.Terminal;
import picocli.CommandLine.Command;

@Command(name = "pause", description = "Begin no new treatment; finding and recording go on.")
final class PauseVerb extends TargetVerb {

    PauseVerb(Terminal terminal) {
        super(terminal, "pause");
    }

    @Override
    void show(Answer answer) {
        terminal().say("Treatments in " + answer.jvm() + (answer.flag("changed") ? " are paused" : " were paused already")
                + "; 'jvm-medic resume " + answer.jvm().pid() + "' lets them go on.");
    }
}
