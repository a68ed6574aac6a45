package io.jvmmedic.cli.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the agent's journal, one JSON object a line. It is written before and after each act, so it knows the last
 * second of a killed JVM, which the recording does not.
 */
final class JournalReader {

    private final List<Step> steps = new ArrayList<>();
    private final List<Story.Note> notes = new ArrayList<>();
    /** Acts that have begun and not ended, by incident and remedy. */
    private final Map<String, Step> begun = new HashMap<>();
    private Story.Span span;
    private int lines;
    private int skipped;

    private JournalReader() {
    }

    /**
     * What journals tell.
     *
     * @param lines that were understood
     * @param skipped lines that were not: the last one of a killed JVM may be cut off
     */
    record Content(List<Step> steps, List<Story.Note> notes, Story.Span span, int lines, int skipped) {
    }

    /** @param files of one JVM, the older first: an act may begin in one and end in the next */
    static Content read(List<Path> files) throws IOException {
        JournalReader reader = new JournalReader();
        for (Path file : files) {
            try (BufferedReader in = new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    reader.line(line);
                }
            }
        }
        return reader.content();
    }

    /** @param file {@code incident.json} of an incident folder: the same entries, in one object */
    static Content readIncident(Path file) throws IOException {
        JournalReader reader = new JournalReader();
        try {
            JsonObject incident = JsonParser.parseString(Files.readString(file, StandardCharsets.UTF_8)).getAsJsonObject();
            incident.getAsJsonArray("entries").forEach(entry -> reader.object(entry.getAsJsonObject()));
        } catch (JsonParseException | IllegalStateException | ClassCastException | NullPointerException e) {
            reader.skipped++;
        }
        return reader.content();
    }

    private Content content() {
        steps.addAll(begun.values());
        return new Content(steps, notes, span, lines, skipped);
    }

    private void line(String line) {
        if (line.isBlank()) {
            return;
        }
        try {
            object(JsonParser.parseString(line).getAsJsonObject());
        } catch (JsonParseException | IllegalStateException e) {
            skipped++;
        }
    }

    private void object(JsonObject json) {
        try {
            Map<String, String> details = new LinkedHashMap<>();
            if (json.get("details") instanceof JsonObject object) {
                object.entrySet().forEach(detail -> details.put(detail.getKey(), detail.getValue().getAsString()));
            }
            entry(Instant.ofEpochMilli(json.get("millis").getAsLong()), text(json, "kind"), text(json, "incident"),
                    text(json, "resource"), text(json, "remedy"), text(json, "text"), details);
            lines++;
        } catch (RuntimeException e) {
            // Of a later version, or not ours; Gson throws several kinds for a field of another type.
            skipped++;
        }
    }

    private void entry(Instant at, String kind, String incident, String resource, String remedy, String text,
            Map<String, String> fields) {
        span = Story.Span.join(span, new Story.Span(at, at));
        fields.put("remedy", remedy);
        switch (kind) {
            case "NOTE" -> notes.add(new Story.Note(at, text));
            case "OPENED", "RENEWED" -> add(incident, resource, at, Step.Kind.FOUND, "summary", text, fields);
            case "DECIDED" -> {
                fields.put("verdict", firstWord(text));
                add(incident, resource, at, Step.Kind.DECIDED, "reason", rest(text), fields);
            }
            case "IMPOSSIBLE" -> add(incident, resource, at, Step.Kind.IMPOSSIBLE, "reason", text, fields);
            case "BEGINS" -> {
                fields.put("claim", text);
                begun.put(incident + "/" + remedy,
                        new Step(incident, resource, at, Step.Kind.BEGAN, Duration.ZERO, fields, true));
            }
            case "ENDED" -> ended(incident, resource, at, remedy, text, fields);
            case "UNDONE" -> {
                fields.put("outcome", firstWord(text));
                add(incident, resource, at, Step.Kind.UNDONE, "reason", rest(text), fields);
            }
            case "SCORED" -> {
                fields.put("score", firstWord(text));
                add(incident, resource, at, Step.Kind.SCORED, "reason", rest(text), fields);
            }
            case "CLOSED" -> add(incident, resource, at, Step.Kind.CLOSED, "reason", text, fields);
            default -> throw new IllegalArgumentException("a kind of a later version: " + kind);
        }
    }

    private void ended(String incident, String resource, Instant at, String remedy, String text, Map<String, String> fields) {
        Step start = begun.remove(incident + "/" + remedy);
        Map<String, String> all = new LinkedHashMap<>(start == null ? Map.of() : start.fields());
        all.putAll(fields);
        all.put("outcome", firstWord(text));
        all.put("problem", rest(text));
        Instant from = start == null ? at : start.at();
        steps.add(new Step(incident, resource, from, Step.Kind.ACTED, Duration.between(from, at), all, true));
    }

    private void add(String incident, String resource, Instant at, Step.Kind kind, String name, String text,
            Map<String, String> fields) {
        fields.put(name, text);
        steps.add(new Step(incident, resource, at, kind, Duration.ZERO, fields, true));
    }

    /** The agent writes {@code HEALED, why}. */
    private static String firstWord(String text) {
        int comma = text.indexOf(", ");
        return comma < 0 ? text : text.substring(0, comma);
    }

    private static String rest(String text) {
        int comma = text.indexOf(", ");
        return comma < 0 ? "" : text.substring(comma + 2);
    }

    private static String text(JsonObject json, String name) {
        JsonElement value = json.get(name);
        return value == null ? "" : value.getAsString();
    }
}
