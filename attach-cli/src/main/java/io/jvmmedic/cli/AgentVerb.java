package io.jvmmedic.cli;

import com.google.gson.JsonElement;
import io.jvmmedic.cli.attach.Agent;
import io.jvmmedic.cli.text.Terminal;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Option;

/** A verb that asks the agent of one JVM. */
abstract class AgentVerb extends Verb {

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "10",
            description = "How long to wait for the agent, 10 by default.")
    private int timeoutSeconds;

    private final String verb;

    AgentVerb(Terminal terminal, String verb) {
        super(terminal);
        this.verb = verb;
    }

    /** The JVM asked for; {@code null} for the only one that runs the agent. */
    abstract String target();

    Map<String, String> arguments() {
        return Map.of();
    }

    /** Shows the answer to people. */
    abstract void show(Answer answer) throws Failure;

    /** Called with the agent still open, before anything is shown. */
    void after(Agent agent, Duration timeout) throws Failure {
    }

    @Override
    final void run() throws Failure {
        Duration timeout = Duration.ofSeconds(Math.max(1, timeoutSeconds));
        try (Agent agent = Agent.open(target())) {
            JsonElement data = agent.ask(verb, arguments(), timeout);
            after(agent, timeout);
            if (json()) {
                OutputOptions.print(terminal(), data);
            } else {
                show(new Answer(agent.jvm(), data));
            }
        }
    }
}
