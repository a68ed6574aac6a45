package io.jvmmedic.cli;

import io.jvmmedic.cli.text.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What all verbs share. */
abstract class Verb implements Callable<Integer> {

    @Mixin
    private OutputOptions output;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    private final Terminal terminal;

    Verb(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Carries the verb out; what it returns is printed already. */
    abstract void run() throws Failure;

    @Override
    public final Integer call() throws Failure {
        run();
        return ExitCode.OK.number();
    }

    final Terminal terminal() {
        return terminal;
    }

    final boolean json() {
        return output.json();
    }
}
