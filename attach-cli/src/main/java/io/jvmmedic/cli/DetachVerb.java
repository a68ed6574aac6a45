package io.jvmmedic.cli;

import io.jvmmedic.cli.attach.Agent;
import io.jvmmedic.cli.text.Terminal;
import java.time.Duration;
import picocli.CommandLine.Command;

@Command(name = "detach", description = "Give loans back, restore every class, let go of the JVM.")
final class DetachVerb extends TargetVerb {

    DetachVerb(Terminal terminal) {
        super(terminal, "detach");
    }

    @Override
    void after(Agent agent, Duration timeout) throws Failure {
        agent.awaitGone(timeout);
    }

    @Override
    void show(Answer answer) {
        terminal().say("The agent has let go of " + answer.jvm() + ".");
    }
}
