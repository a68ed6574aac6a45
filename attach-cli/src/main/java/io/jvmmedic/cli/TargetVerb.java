package io.jvmmedic.cli;

import io.jvmmedic.cli.text.Terminal;
import picocli.CommandLine.Parameters;

/** An agent verb whose only parameter is the JVM. */
abstract class TargetVerb extends AgentVerb {

    @Parameters(index = "0", arity = "0..1", paramLabel = "pid|name",
            description = "The JVM: its pid, or a part of its main class or jar. May be left out while one JVM runs the agent.")
    private String target;

    TargetVerb(Terminal terminal, String verb) {
        super(terminal, verb);
    }

    @Override
    final String target() {
        return target;
    }
}
