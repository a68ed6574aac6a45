package io.jvmmedic.cli.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** A story for programs; times in UTC, durations in ms. */
public final class JsonReport {

    private JsonReport() {
    }

    public static JsonElement of(Story story) {
        JsonObject report = new JsonObject();
        report.add("read", texts(story.sources().stream().map(Object::toString).toList()));
        if (story.span() != null) {
            report.addProperty("from", story.span().from().toString());
            report.addProperty("to", story.span().to().toString());
        }
        report.addProperty("unfinished", story.unfinished());
        report.add("jvms", texts(story.jvms()));
        report.add("agent", agent(story.health()));
        report.add("found", counts(story.faults()));
        report.add("done", counts(story.outcomes()));
        report.add("notDone", counts(story.stopped()));
        report.add("loans", counts(story.loans()));
        report.add("shadowScores", counts(story.scores()));
        report.add("warnings", texts(story.warnings()));
        JsonArray incidents = new JsonArray();
        story.incidents().forEach(incident -> incidents.add(incident(incident)));
        report.add("incidents", incidents);
        JsonArray notes = new JsonArray();
        story.notes().forEach(note -> {
            JsonObject json = new JsonObject();
            json.addProperty("at", note.at().toString());
            json.addProperty("text", note.text());
            notes.add(json);
        });
        report.add("notes", notes);
        return report;
    }

    private static JsonObject agent(Story.Health health) {
        JsonObject json = new JsonObject();
        json.addProperty("rounds", health.rounds());
        json.add("modes", texts(health.modes()));
        json.addProperty("adviceFailures", health.adviceFailures());
        json.addProperty("dropped", health.dropped());
        return json;
    }

    private static JsonObject incident(IncidentStory incident) {
        JsonObject json = new JsonObject();
        json.addProperty("id", incident.id());
        json.addProperty("resource", incident.resource());
        json.addProperty("fault", incident.fault());
        json.addProperty("confidence", incident.confidence());
        json.addProperty("result", incident.result().name());
        json.addProperty("conclusion", incident.conclusion());
        JsonArray steps = new JsonArray();
        incident.steps().forEach(step -> steps.add(step(step)));
        json.add("steps", steps);
        return json;
    }

    private static JsonObject step(Step step) {
        JsonObject json = new JsonObject();
        json.addProperty("at", step.at().toString());
        json.addProperty("kind", step.kind().name());
        json.addProperty("lastedMillis", step.lasted().toMillis());
        json.addProperty("source", step.fromJournal() ? "journal" : "recording");
        step.fields().forEach(json::addProperty);
        return json;
    }

    private static JsonArray texts(Collection<String> texts) {
        JsonArray array = new JsonArray();
        List.copyOf(texts).forEach(text -> array.add(new JsonPrimitive(text)));
        return array;
    }

    private static JsonObject counts(Map<String, Long> counts) {
        JsonObject json = new JsonObject();
        counts.forEach(json::addProperty);
        return json;
    }
}
