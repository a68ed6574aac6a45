package io.jvmmedic.cli;

import io.jvmmedic.cli.report.JsonReport;
import io.jvmmedic.cli.report.MarkdownReport;
import io.jvmmedic.cli.report.Sources;
import io.jvmmedic.cli.report.Story;
import io.jvmmedic.cli.report.TextReport;
import io.jvmmedic.cli.text.Terminal;
import java.nio.file.Path;
import java.time.ZoneId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "report", description = "What was found and done, out of a recording or a folder.")
final class ReportVerb extends Verb {

    @Parameters(index = "0", paramLabel = "file|folder",
            description = "A recording, a journal, an incident folder, the agent's folder, or a repository of Flight Recorder. "
                    + "Recordings of a killed JVM and cut-off ones are read as far as they go.")
    private Path source;

    @Option(names = "--markdown", description = "Print Markdown.")
    private boolean markdown;

    ReportVerb(Terminal terminal) {
        super(terminal);
    }

    @Override
    void run() throws Failure {
        Story story = Sources.read(source);
        if (json()) {
            OutputOptions.print(terminal(), JsonReport.of(story));
        } else if (markdown) {
            MarkdownReport.of(story, ZoneId.systemDefault()).forEach(terminal()::line);
        } else {
            new TextReport(terminal(), ZoneId.systemDefault()).print(story);
        }
    }
}
