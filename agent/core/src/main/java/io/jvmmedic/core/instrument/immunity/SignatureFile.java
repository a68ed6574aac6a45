package io.jvmmedic.core.instrument.immunity;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.jvmmedic.core.util.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The signatures of one application, as JSON that may be read, copied to other instances and cut by hand. Nothing in it is
 * believed: what does not read as a signature is refused here, and what does not fit the application where it is used.
 *
 * <p>Not thread-safe. Two instances that write at once may lose one signature; the deadlock would have to come again.
 */
final class SignatureFile {

    static final int FORMAT = 1;
    /** Newest are kept; each costs a gate. */
    static final int MAX_SIGNATURES = 64;
    private static final long MAX_BYTES = 1_000_000;
    private static final int MAX_INDEX = 65_535;
    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private final Path file;
    private final Consumer<String> warnings;

    /** @param warnings gets one sentence for each thing that is refused */
    SignatureFile(Path file, Consumer<String> warnings) {
        this.file = file;
        this.warnings = warnings;
    }

    /** All signatures that can be read, oldest first; never throws. */
    List<Signature> read() {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                warnings.accept(file + ": refused, it is longer than " + MAX_BYTES + " bytes");
                return List.of();
            }
            JsonObject content = JsonParser.parseString(Files.readString(file, StandardCharsets.UTF_8)).getAsJsonObject();
            int format = content.get("format").getAsInt();
            if (format != FORMAT) {
                warnings.accept(file + ": refused, it is of format " + format + " and this agent reads format " + FORMAT);
                return List.of();
            }
            Map<String, Signature> signatures = new LinkedHashMap<>();
            for (JsonElement each : content.getAsJsonArray("signatures")) {
                signature(each).ifPresent(signature -> signatures.put(signature.id(), signature));
            }
            return newest(signatures);
        } catch (IOException | RuntimeException e) {
            warnings.accept(file + ": refused, it cannot be read as a file of signatures (" + e + ")");
            return List.of();
        }
    }

    /** Adds one and keeps what others have written meanwhile. */
    void add(Signature signature) throws IOException {
        change(signatures -> signatures.put(signature.id(), signature));
    }

    /** Takes one out and keeps the others. */
    void remove(Signature signature) throws IOException {
        change(signatures -> signatures.remove(signature.id()));
    }

    private void change(Consumer<Map<String, Signature>> change) throws IOException {
        Map<String, Signature> signatures = new LinkedHashMap<>();
        read().forEach(known -> signatures.put(known.id(), known));
        change.accept(signatures);
        JsonObject content = new JsonObject();
        content.addProperty("format", FORMAT);
        JsonArray array = new JsonArray();
        newest(signatures).forEach(each -> array.add(json(each)));
        content.add("signatures", array);
        AtomicFiles.write(file, GSON.toJson(content).getBytes(StandardCharsets.UTF_8));
    }

    private static List<Signature> newest(Map<String, Signature> signatures) {
        List<Signature> all = new ArrayList<>(signatures.values());
        return List.copyOf(all.subList(Math.max(0, all.size() - MAX_SIGNATURES), all.size()));
    }

    private Optional<Signature> signature(JsonElement element) {
        String id = "without an id";
        try {
            JsonObject json = element.getAsJsonObject();
            id = json.get("id").getAsString();
            List<Position> positions = new ArrayList<>();
            for (JsonElement each : json.getAsJsonArray("positions")) {
                positions.add(position(each.getAsJsonObject()));
            }
            List<String> initialize = new ArrayList<>();
            for (JsonElement each : json.getAsJsonArray("initialize")) {
                initialize.add(each.getAsString());
            }
            Signature signature = new Signature(json.get("recorded").getAsString(), positions, initialize);
            if (!signature.id().equals(id)) {
                return refused(id, "it was changed after it was written");
            }
            if (positions.isEmpty() == initialize.isEmpty()
                    || Math.max(positions.size(), initialize.size()) > Signature.MAX_THREADS) {
                return refused(id, "a deadlock is of 1 to " + Signature.MAX_THREADS + " places or classes");
            }
            return Optional.of(signature);
        } catch (RuntimeException e) {
            return refused(id, "it cannot be read (" + e + ")");
        }
    }

    private Optional<Signature> refused(String id, String why) {
        warnings.accept(file + ": signature " + id + " is refused, " + why);
        return Optional.empty();
    }

    private static Position position(JsonObject json) {
        return new Position(Position.Kind.valueOf(json.get("kind").getAsString()), place(json),
                json.has("caller") ? Optional.of(place(json.getAsJsonObject("caller"))) : Optional.empty());
    }

    private static Place place(JsonObject json) {
        int index = json.get("index").getAsInt();
        if (index < 0 || index > MAX_INDEX) {
            throw new JsonParseException("no method has an instruction " + index);
        }
        return new Place(json.get("class").getAsString(), json.get("method").getAsString(),
                json.get("descriptor").getAsString(), index, json.get("line").getAsInt(), json.get("hash").getAsString());
    }

    private static JsonObject json(Signature signature) {
        JsonObject json = new JsonObject();
        json.addProperty("id", signature.id());
        json.addProperty("recorded", signature.recorded());
        JsonArray positions = new JsonArray();
        for (Position position : signature.positions()) {
            JsonObject each = new JsonObject();
            each.addProperty("kind", position.kind().name());
            addTo(each, position.place());
            position.caller().ifPresent(caller -> {
                JsonObject call = new JsonObject();
                addTo(call, caller);
                each.add("caller", call);
            });
            positions.add(each);
        }
        json.add("positions", positions);
        JsonArray initialize = new JsonArray();
        signature.initialize().forEach(initialize::add);
        json.add("initialize", initialize);
        return json;
    }

    private static void addTo(JsonObject json, Place place) {
        json.addProperty("class", place.type());
        json.addProperty("method", place.method());
        json.addProperty("descriptor", place.descriptor());
        json.addProperty("index", place.index());
        json.addProperty("line", place.line());
        json.addProperty("hash", place.hash());
    }
}
