package io.jvmmedic.cli;

import io.jvmmedic.cli.text.Terminal;
import java.util.Map;
import picocli.CommandLine.Parameters;

/** An agent verb about one thing, then maybe the JVM. */
abstract class SubjectVerb extends AgentVerb {

    @Parameters(index = "1", arity = "0..1", paramLabel = "pid|name",
            description = "The JVM: its pid, or a part of its main class or jar. May be left out while one JVM runs the agent.")
    private String target;

    private final String argument;

    SubjectVerb(Terminal terminal, String verb, String argument) {
        super(terminal, verb);
        this.argument = argument;
    }

    abstract String subject();

    @Override
    final String target() {
        return target;
    }

    @Override
    final Map<String, String> arguments() {
        return Map.of(argument, subject());
    }
}
