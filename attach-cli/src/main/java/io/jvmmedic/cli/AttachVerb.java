package io.jvmmedic.cli;

import com.google.gson.JsonObject;
import io.jvmmedic.cli.attach.Agent;
import io.jvmmedic.cli.attach.Attachment;
import io.jvmmedic.cli.attach.Jvm;
import io.jvmmedic.cli.attach.Jvms;
import io.jvmmedic.cli.text.Terminal;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "attach", description = "Start the agent in a running JVM.")
final class AttachVerb extends Verb {

    /** From this release on the JVM warns about agents loaded at run time (JEP 451). */
    private static final int WARNS_FROM = 21;

    @Parameters(index = "0", paramLabel = "pid|name", description = "The JVM: its pid, or a part of its main class or jar.")
    private String target;

    @Option(names = "--options", paramLabel = "k=v,...", defaultValue = "",
            description = "Agent options, as after -javaagent:jvm-medic-agent.jar=.")
    private String options;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "20",
            description = "How long to wait until the agent runs, 20 by default.")
    private int timeoutSeconds;

    AttachVerb(Terminal terminal) {
        super(terminal);
    }

    @Override
    void run() throws Failure {
        Jvm jvm = Jvms.find(target);
        try (Attachment attachment = Attachment.to(jvm)) {
            boolean started = Agent.start(attachment, options, Duration.ofSeconds(Math.max(1, timeoutSeconds)));
            String version = attachment.agentVersion().orElse("");
            if (json()) {
                JsonObject result = new JsonObject();
                result.addProperty("pid", jvm.pid());
                result.addProperty("agent", version);
                result.addProperty("started", started);
                OutputOptions.print(terminal(), result);
            } else if (started) {
                terminal().say("Agent " + version + " runs in " + jvm + ". See 'jvm-medic status " + jvm.pid() + "'.");
                if (feature(attachment) >= WARNS_FROM) {
                    terminal().say("The JVM prints a warning about it on its stderr; -XX:+EnableDynamicAgentLoading hides that.");
                }
            } else {
                terminal().say("Agent " + version + " runs in " + jvm + " already; nothing was changed"
                        + (options.isEmpty() ? "." : ", and the options were not used. The mode can be set with 'jvm-medic mode'."));
            }
        }
    }

    private static int feature(Attachment attachment) throws Failure {
        String specification = attachment.systemProperty("java.specification.version").orElse("");
        return specification.matches("\\d{1,4}") ? Integer.parseInt(specification) : 0;
    }
}
