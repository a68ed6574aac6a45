package io.jvmmedic.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.jvmmedic.cli.text.Style;
import io.jvmmedic.cli.text.Table;
import io.jvmmedic.cli.text.Terminal;
import io.jvmmedic.cli.text.Words;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

@Command(name = "status", description = "The agent itself: mode, what it watches, what it may still do.")
final class StatusVerb extends TargetVerb {

    private static final int LABEL = 11;

    StatusVerb(Terminal terminal) {
        super(terminal, "status");
    }

    @Override
    void show(Answer status) {
        Terminal terminal = terminal();
        terminal.heading("JVM Medic " + status.text("version") + " in process " + status.number("pid") + " ("
                + status.text("application") + ")");
        terminal.field(0, LABEL, "mode", status.text("mode") + (status.flag("paused") ? ", paused" : ""));
        terminal.field(0, LABEL, "running", Words.millis(status.number("uptimeMillis")) + ", " + status.text("attached"));
        terminal.field(0, LABEL, "recording", status.text("recording"));
        terminal.field(0, LABEL, "folder", status.text("folder").isEmpty() ? "none could be made" : status.text("folder"));
        terminal.field(0, LABEL, "watches", resources(status.part("resources")));
        health(status);
        parts("integrations", status.rows("integrations"));
        parts("detectors", status.rows("detectors"));
        parts("remedies", status.rows("remedies"));
        signatures(status.rows("signatures"));
        budgets(status.rows("budgets"));
        treatments(status.rows("treatments"));
        shadows(status.rows("shadows"));
        settings(status.rows("settings"));
        for (String warning : status.texts("warnings")) {
            terminal.field(0, LABEL, "warning", warning, Style.UNSURE);
        }
    }

    private void health(Answer status) {
        long failures = status.number("adviceFailures");
        if (failures > 0) {
            terminal().field(0, LABEL, "failures", failures + " errors inside the agent's own hooks, swallowed; please report: "
                    + status.text("firstAdviceFailure"), Style.BAD);
        }
        if (status.number("droppedRounds") > 0) {
            terminal().field(0, LABEL, "dropped", Words.count(status.number("droppedRounds"), "sampling round")
                    + " that the agent could not follow", Style.UNSURE);
        }
    }

    private static String resources(Answer resources) {
        if (!(resources.data() instanceof JsonObject counts) || counts.size() == 0) {
            return "nothing yet";
        }
        return counts.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .map((Map.Entry<String, JsonElement> entry) -> entry.getValue().getAsInt() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
    }

    private void parts(String title, List<Answer> parts) {
        if (parts.isEmpty()) {
            return;
        }
        terminal().line("");
        terminal().heading(title);
        int name = parts.stream().mapToInt(part -> part.text("name").length()).max().orElse(0);
        for (Answer part : parts) {
            String reason = part.text("reason").isEmpty() ? "" : ": " + part.text("reason");
            terminal().field(2, name, part.text("name"), part.text("state") + reason, Style.of(part.text("state")));
        }
    }

    private void signatures(List<Answer> signatures) {
        if (signatures.isEmpty()) {
            return;
        }
        terminal().line("");
        terminal().heading("deadlocks suffered");
        int id = signatures.stream().mapToInt(one -> one.text("id").length()).max().orElse(0);
        for (Answer one : signatures) {
            String gate = one.text("state") + (one.text("reason").isEmpty() ? "" : ": " + one.text("reason"));
            terminal().field(2, id, one.text("id"), gate, Style.of(one.text("state")));
            terminal().field(2, id, "", one.text("places"));
            if (one.number("passes") > 0) {
                terminal().field(2, id, "", Words.count(one.number("passes"), "acquisition") + ", "
                        + Words.count(one.number("waits"), "wait") + " of " + Words.millis(one.number("waitedMillis"))
                        + " together, " + one.number("bypasses") + " ran out of time, "
                        + one.number("asides") + " let by");
            }
        }
    }

    private void budgets(List<Answer> budgets) {
        if (budgets.isEmpty()) {
            return;
        }
        terminal().line("");
        Table table = new Table("BUDGET*", ">LEFT", ">OF", "IN", "NEXT IN");
        for (Answer budget : budgets) {
            table.row(budget.text("name"), budget.number("left"), budget.number("times"),
                    Words.millis(budget.number("periodMillis")),
                    budget.number("left") > 0 ? "" : Words.millis(budget.number("nextInMillis")));
        }
        table.print(terminal());
    }

    private void treatments(List<Answer> treatments) {
        if (treatments.isEmpty()) {
            return;
        }
        terminal().line("");
        Table table = new Table("UNDER WAY*", "FAULT", "STATE", "REMEDY*", ">SINCE");
        for (Answer treatment : treatments) {
            table.row(treatment.text("resource"), Words.constant(treatment.text("fault")), treatment.text("state"),
                    treatment.text("remedy"), Words.millis(treatment.number("sinceMillis")));
        }
        table.print(terminal());
    }

    private void shadows(List<Answer> shadows) {
        if (shadows.isEmpty()) {
            return;
        }
        terminal().line("");
        Table table = new Table("ONLY PLANNED*", "RESOURCE*", ">RIGHT", ">WRONG", ">UNKNOWN");
        for (Answer shadow : shadows) {
            table.row(shadow.text("remedy"), shadow.text("resource"), shadow.number("right"), shadow.number("wrong"),
                    shadow.number("unknown"));
        }
        table.print(terminal());
    }

    private void settings(List<Answer> settings) {
        if (settings.isEmpty()) {
            return;
        }
        terminal().line("");
        Table table = new Table("NOT AT DEFAULT*", "VALUE*", "FROM");
        settings.forEach(one -> table.row(one.text("key"), one.text("value"), one.text("source")));
        table.print(terminal());
    }
}
