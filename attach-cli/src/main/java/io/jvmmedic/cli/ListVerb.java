package io.jvmmedic.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.jvmmedic.cli.attach.Agent;
import io.jvmmedic.cli.text.Table;
import io.jvmmedic.cli.text.Terminal;
import io.jvmmedic.cli.text.Words;
import java.util.List;
import picocli.CommandLine.Command;

@Command(name = "list", description = "JVMs that can be attached to, and whether the agent runs in them.")
final class ListVerb extends Verb {

    ListVerb(Terminal terminal) {
        super(terminal);
    }

    @Override
    void run() throws Failure {
        List<Agent.Seen> seen = Agent.look();
        if (json()) {
            JsonArray rows = new JsonArray();
            seen.forEach(one -> rows.add(json(one)));
            OutputOptions.print(terminal(), rows);
            return;
        }
        if (seen.isEmpty()) {
            terminal().say("No JVM of this user runs that can be attached to.");
            return;
        }
        Table table = new Table(">PID", "AGENT", "JAVA", "MAIN CLASS OR JAR*");
        for (Agent.Seen one : seen) {
            String agent = !one.problem().isEmpty() ? "?" : one.version().isEmpty() ? "-" : one.version();
            table.row(one.jvm().pid(), agent, one.java().isEmpty() ? "?" : one.java(), one.jvm().main());
        }
        table.print(terminal());
        seen.stream().filter(one -> !one.problem().isEmpty())
                .forEach(one -> terminal().say("? " + Words.clean(one.problem())));
    }

    private static JsonObject json(Agent.Seen seen) {
        JsonObject row = new JsonObject();
        row.addProperty("pid", seen.jvm().pid());
        row.addProperty("main", seen.jvm().main());
        row.addProperty("agent", seen.version());
        row.addProperty("java", seen.java());
        row.addProperty("problem", seen.problem());
        return row;
    }
}
