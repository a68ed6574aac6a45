package io.jvmmedic.core.audit;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Append-only file of JSON lines, one per step, written before and after each act: the recording's last second is lost
 * with {@code kill -9}, this is not. Bounded by one rotation. Thread-safe; never throws.
 */
public final class Journal {

    /** Name of the file in the folder of the JVM. */
    public static final String NAME = "journal.jsonl";
    /** Size at which the file becomes the predecessor, bytes. */
    static final int ROTATE_BYTES = 4 << 20;
    private static final String PREDECESSOR = "journal.1.jsonl";
    private static final Set<OpenOption> APPEND = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE,
            StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);

    private final Path file;
    private final Consumer<String> warnings;
    private boolean endsWithinLine;
    private boolean failing;

    private Journal(Path file, Consumer<String> warnings) {
        this.file = file;
        this.warnings = warnings;
    }

    /**
     * @param folder of this JVM; what an earlier one of the same folder wrote stays
     * @param warnings gets one sentence when it cannot be written, and one more each time it could be in between
     */
    public static Journal in(Path folder, Consumer<String> warnings) {
        Journal journal = new Journal(folder.resolve(NAME), warnings);
        journal.endsWithinLine = !endsWithLine(journal.file);
        return journal;
    }

    /** The journal where there is no folder: keeps nothing. */
    public static Journal none() {
        return new Journal(null, sentence -> {
        });
    }

    /**
     * @param force brings it to the disk itself before returning, for what ends the JVM
     * @return whether it is written
     */
    public synchronized boolean write(Entry entry, boolean force) {
        if (file == null) {
            return false;
        }
        try {
            append(line(entry), force);
            failing = false;
            return true;
        } catch (IOException e) {
            endsWithinLine = true;
            if (!failing) {
                failing = true;
                warnings.accept("journal " + file + " cannot be written (" + e + "), the story is in the recording only");
            }
            return false;
        }
    }

    /**
     * Reads the journal of a folder, the predecessor first. Lines that are not whole, as the last one of a killed JVM may
     * be, are left out.
     */
    public static List<Entry> read(Path folder) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (String name : List.of(PREDECESSOR, NAME)) {
            Path file = folder.resolve(name);
            if (Files.exists(file)) {
                for (String line : new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n")) {
                    parse(line, entries);
                }
            }
        }
        return entries;
    }

    static JsonObject json(Entry entry) {
        JsonObject json = new JsonObject();
        json.addProperty("at", entry.at());
        json.addProperty("millis", entry.millis());
        json.addProperty("incident", entry.incident());
        json.addProperty("resource", entry.resource());
        json.addProperty("kind", entry.kind().name());
        json.addProperty("remedy", entry.remedy());
        json.addProperty("text", entry.text());
        JsonObject details = new JsonObject();
        entry.details().forEach(details::addProperty);
        json.add("details", details);
        return json;
    }

    private static void parse(String line, List<Entry> entries) {
        try {
            JsonObject json = JsonParser.parseString(line).getAsJsonObject();
            Map<String, String> details = new LinkedHashMap<>();
            for (Map.Entry<String, JsonElement> detail : json.getAsJsonObject("details").entrySet()) {
                details.put(detail.getKey(), detail.getValue().getAsString());
            }
            entries.add(new Entry(json.get("millis").getAsLong(), text(json, "incident"), text(json, "resource"),
                    Entry.Kind.valueOf(text(json, "kind")), text(json, "remedy"), text(json, "text"), details));
        } catch (RuntimeException e) {
            // Not a whole line of ours; Gson throws five kinds.
        }
    }

    private static String text(JsonObject json, String name) {
        return json.get(name).getAsString();
    }

    private static String line(Entry entry) {
        // Not by a Gson of its own: to make one takes a fifth of what is done before the host's main.
        return json(entry) + "\n";
    }

    private void append(String line, boolean force) throws IOException {
        byte[] bytes = ((endsWithinLine ? "\n" : "") + line).getBytes(StandardCharsets.UTF_8);
        if (Files.exists(file) && Files.size(file) + bytes.length > ROTATE_BYTES) {
            Files.move(file, file.resolveSibling(PREDECESSOR), StandardCopyOption.REPLACE_EXISTING);
        }
        // Opened each time: there are a few lines a minute, and a folder that was removed under us comes to light.
        try (FileChannel channel = FileChannel.open(file, APPEND)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            if (force) {
                channel.force(true);
            }
        }
        endsWithinLine = false;
    }

    private static boolean endsWithLine(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            return channel.size() == 0 || channel.read(last, channel.size() - 1) == 1 && last.get(0) == '\n';
        } catch (IOException e) {
            // There is none yet; one that cannot be read will be reported when it is written.
            return true;
        }
    }
}
