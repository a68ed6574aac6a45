package io.jvmmedic.cli;

import com.google.gson.JsonObject;
import io.jvmmedic.cli.text.Terminal;
import io.jvmmedic.cli.text.Words;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Entry point of {@code jvm-medic.jar}. */
@Command(name = "jvm-medic", versionProvider = JvmMedic.Version.class,
        synopsisHeading = "Usage: ", customSynopsis = "jvm-medic <verb> [options] [pid|name]",
        description = {"", "Finds and repairs run-time faults of a JVM from inside it."},
        commandListHeading = "%nVerbs:%n", optionListHeading = "%nOptions:%n")
public final class JvmMedic implements Runnable {

    private static final List<String> EXAMPLES = List.of(
            "jvm-medic attach orders.jar --options mode=observe",
            "jvm-medic holders pool:orders",
            "jvm-medic report recording.jfr");

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = JvmMedic.class.getPackage().getImplementationVersion();
            return new String[] {"jvm-medic " + (version == null ? "(not packaged)" : version)};
        }
    }

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show help; 'jvm-medic <verb> --help' has more.")
    private boolean help;

    @Option(names = {"-V", "--version"}, versionHelp = true, description = "Show the version.")
    private boolean version;

    @Spec
    private CommandSpec spec;

    private JvmMedic() {
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out, System.err, System.getenv()));
    }

    /** As {@link #main}, without ending the process; returns the exit code. */
    static int run(String[] arguments, PrintStream out, PrintStream err, Map<String, String> environment) {
        Terminal terminal = Terminal.of(out, err, environment);
        int code = commandLine(terminal, arguments, environment)
                .setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(arguments);
        out.flush();
        return code;
    }

    /** Called without a verb. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do, for example 'jvm-medic list'.");
    }

    private static CommandLine commandLine(Terminal terminal, String[] arguments, Map<String, String> environment) {
        CommandLine root = new CommandLine(new JvmMedic());
        for (Verb verb : new Verb[] {new ListVerb(terminal), new AttachVerb(terminal), new StatusVerb(terminal),
            new PoolsVerb(terminal), new HoldersVerb(terminal), new IncidentsVerb(terminal), new ExplainVerb(terminal),
            new ModeVerb(terminal), new PauseVerb(terminal), new ResumeVerb(terminal), new DumpVerb(terminal),
            new DetachVerb(terminal), new ReportVerb(terminal)}) {
            root.addSubcommand(verb);
        }
        root.getCommandSpec().usageMessage().footer(footer(terminal.width()));
        boolean json = Arrays.asList(arguments).contains("--json");
        return root.setUsageHelpWidth(Math.max(55, terminal.width()))
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF))
                .setParameterExceptionHandler((e, all) -> {
                    String help = "jvm-medic" + (e.getCommandLine().getParent() == null ? "" : " " + e.getCommandLine().getCommandName());
                    return complain(terminal, json, new Failure(ExitCode.USAGE, sentence(e) + " See '" + help + " --help'."));
                })
                .setExecutionExceptionHandler((e, at, parsed) -> {
                    if (e instanceof Failure failure) {
                        return complain(terminal, json, failure);
                    }
                    if (!environment.getOrDefault("JVMMEDIC_DEBUG", "").isEmpty()) {
                        e.printStackTrace();
                    }
                    return complain(terminal, json, new Failure(ExitCode.INTERNAL_ERROR, "This is a defect of jvm-medic: " + e
                            + "; please report it with what JVMMEDIC_DEBUG=1 prints.", e));
                });
    }

    private static String[] footer(int width) {
        String codes = "Exit codes: " + Arrays.stream(ExitCode.values()).map(code -> code.number() + " " + code.meaning())
                .collect(Collectors.joining(", ")) + ".";
        return Stream.of(Stream.of(""), Words.wrap(codes, width - 1).stream(), Stream.of("", "Examples:"),
                EXAMPLES.stream().map(example -> "  " + example)).flatMap(lines -> lines).toArray(String[]::new);
    }

    private static String sentence(ParameterException e) {
        String message = String.valueOf(e.getMessage()).replaceAll("\\s+", " ").trim();
        return message.matches(".*[.;:!?]$") ? message : message + ".";
    }

    private static int complain(Terminal terminal, boolean json, Failure failure) {
        String[] lines = failure.getMessage().split("\n");
        terminal.complain(lines[0]);
        Arrays.stream(lines).skip(1).forEach(terminal::complainMore);
        if (json) {
            JsonObject error = new JsonObject();
            error.addProperty("error", failure.getMessage());
            error.addProperty("code", failure.code().number());
            OutputOptions.print(terminal, error);
        }
        return failure.code().number();
    }
}
