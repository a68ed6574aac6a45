package io.jvmmedic.cli;

import io.jvmmedic.cli.text.Terminal;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "dump", description = "Write threads and recording of this moment to the agent's folder.")
final class DumpVerb extends TargetVerb {

    @Option(names = "--full", description = "All threads, not only those that hold or wait.")
    private boolean full;

    DumpVerb(Terminal terminal) {
        super(terminal, "dump");
    }

    @Override
    Map<String, String> arguments() {
        return Map.of("full", Boolean.toString(full));
    }

    @Override
    void show(Answer answer) {
        terminal().say("Written:");
        answer.texts("files").forEach(terminal()::line);
    }
}
