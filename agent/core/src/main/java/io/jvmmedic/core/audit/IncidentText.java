package io.jvmmedic.core.audit;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.util.Phrases;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/** An incident as Markdown for people and as JSON for tools; both redacted. */
public final class IncidentText {

    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private IncidentText() {
    }

    /** @param files names of the files beside it */
    public static String markdown(Incident incident, Collection<String> files) {
        Finding finding = incident.diagnosis().primary();
        Evidence evidence = finding.evidence();
        StringBuilder text = new StringBuilder();
        text.append("# ").append(finding.summary()).append("\n\n");
        row(text, "Incident", incident.id());
        row(text, "Resource", finding.resource().toString());
        row(text, "Fault", finding.fault() + ", " + finding.confidence());
        row(text, "Since", Instant.ofEpochMilli(incident.openedMillis()).toString());
        row(text, "Until", incident.isOpen() ? "it lasts" : Instant.ofEpochMilli(incident.closedMillis()) + ", after "
                + Phrases.duration(incident.closedMillis() - incident.openedMillis()));
        row(text, "Met", incident.recurrence() == 1 ? "for the first time since the agent started"
                : incident.recurrence() + " times on this resource since the agent started");
        section(text, "Cause", finding.cause());
        section(text, "Victims", finding.victims());
        section(text, "Proof", evidence.proof());
        evidence.facts().forEach(fact -> text.append("- ").append(fact).append('\n'));
        section(text, "Numbers in force", measures(evidence));
        section(text, "What was done", steps(incident));
        section(text, "Wait-for graph", indented(incident.diagnosis().waitForGraph()));
        section(text, "What to fix in the code", finding.advice());
        section(text, "Also found", others(incident.diagnosis().others()));
        section(text, "Beside this file", files(files));
        return Redactor.redact(text.toString());
    }

    /** The same as {@link #markdown}, member by member. */
    public static JsonObject json(Incident incident) {
        JsonObject json = new JsonObject();
        json.addProperty("id", incident.id());
        json.addProperty("opened", Instant.ofEpochMilli(incident.openedMillis()).toString());
        json.addProperty("closed", incident.isOpen() ? "" : Instant.ofEpochMilli(incident.closedMillis()).toString());
        json.addProperty("recurrence", incident.recurrence());
        json.add("finding", finding(incident.diagnosis().primary()));
        JsonArray others = new JsonArray();
        incident.diagnosis().others().forEach(other -> others.add(finding(other)));
        json.add("others", others);
        json.addProperty("waitForGraph", incident.diagnosis().waitForGraph());
        JsonArray entries = new JsonArray();
        incident.entries().forEach(entry -> entries.add(Journal.json(entry)));
        json.add("entries", entries);
        json.addProperty("entriesLeftOut", incident.leftOut());
        return Redactor.redact(json).getAsJsonObject();
    }

    static String jsonText(Incident incident) {
        return GSON.toJson(json(incident)) + "\n";
    }

    private static JsonObject finding(Finding finding) {
        JsonObject json = new JsonObject();
        json.addProperty("resource", finding.resource().toString());
        json.addProperty("fault", finding.fault().name());
        json.addProperty("confidence", finding.confidence().name());
        json.addProperty("detector", finding.detector());
        json.addProperty("summary", finding.summary());
        json.addProperty("cause", finding.cause());
        json.addProperty("victims", finding.victims());
        json.addProperty("proof", finding.evidence().proof());
        JsonArray facts = new JsonArray();
        finding.evidence().facts().forEach(facts::add);
        json.add("facts", facts);
        JsonObject measures = new JsonObject();
        new TreeMap<>(finding.evidence().measures()).forEach(measures::addProperty);
        json.add("measures", measures);
        json.addProperty("advice", finding.advice());
        return json;
    }

    private static void row(StringBuilder text, String name, String value) {
        text.append("- ").append(name).append(": ").append(value).append('\n');
    }

    private static void section(StringBuilder text, String title, String body) {
        if (!body.isBlank()) {
            text.append("\n## ").append(title).append("\n\n").append(body.stripTrailing()).append('\n');
        }
    }

    private static String measures(Evidence evidence) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(evidence.measures()).forEach((name, value) -> row(text, name, Long.toString(value)));
        return text.toString();
    }

    private static String steps(Incident incident) {
        StringBuilder text = new StringBuilder();
        int number = 0;
        for (Entry entry : incident.entries()) {
            if (incident.leftOut() > 0 && number++ == Incident.FIRST_KEPT) {
                text.append("- (").append(incident.leftOut()).append(" steps left out)\n");
            }
            text.append("- ").append(entry.at()).append(' ').append(entry.kind())
                    .append(entry.remedy().isEmpty() ? "" : " " + entry.remedy()).append(": ").append(entry.text()).append('\n');
            entry.details().forEach((name, value) ->
                    text.append("  - ").append(name).append(": ").append(value).append('\n'));
        }
        return text.toString();
    }

    /** Four spaces make a code block that no thread name can end. */
    private static String indented(String graph) {
        return graph.isBlank() ? "" : "    " + graph.strip().replace("\n", "\n    ");
    }

    private static String others(List<Finding> others) {
        StringBuilder text = new StringBuilder();
        others.forEach(other -> row(text, other.fault() + ", " + other.confidence(), other.summary()));
        return text.toString();
    }

    private static String files(Collection<String> names) {
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            text.append("- `").append(name).append('`');
            if (name.endsWith(".jfr")) {
                text.append(": read it with `jfr print --events 'jvmmedic.*' ").append(name).append('`');
            }
            text.append('\n');
        }
        return text.toString();
    }
}
