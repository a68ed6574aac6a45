package io.jvmmedic.core.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    @TempDir
    private Path folder;
    private final List<String> warnings = new ArrayList<>();

    @Test
    void whatIsWrittenCanBeReadAtOnce() throws IOException {
        Journal journal = Journal.in(folder, warnings::add);
        List<Entry> written = List.of(entry("first \"quoted\" ü\nline"), entry("second"));
        assertTrue(journal.write(written.get(0), false));
        assertEquals(written.subList(0, 1), Journal.read(folder));
        assertTrue(journal.write(written.get(1), true));
        assertEquals(written, Journal.read(folder));
        assertEquals(2, Files.readAllLines(folder.resolve(Journal.NAME)).size());
    }

    @Test
    void aLineIsJsonWithAReadableTime() throws IOException {
        Journal.in(folder, warnings::add).write(entry("text"), false);
        JsonObject line = JsonParser.parseString(Files.readString(folder.resolve(Journal.NAME))).getAsJsonObject();
        assertEquals("2026-11-21T10:15:30.123Z", line.get("at").getAsString());
        assertEquals("BEGINS", line.get("kind").getAsString());
        assertEquals("pool:orders", line.get("resource").getAsString());
        assertEquals("10", line.getAsJsonObject("details").get("active").getAsString());
    }

    @Test
    void aLineCutOffByADeathIsLeftOutAndDisturbsNoOther() throws IOException {
        Journal.in(folder, warnings::add).write(entry("before the kill"), false);
        Files.writeString(folder.resolve(Journal.NAME), "{\"at\":\"2026-", StandardOpenOption.APPEND);
        assertEquals(List.of(entry("before the kill")), Journal.read(folder));

        Journal.in(folder, warnings::add).write(entry("after the restart"), false);
        assertEquals(List.of(entry("before the kill"), entry("after the restart")), Journal.read(folder));
    }

    @Test
    void linesOfOtherShapesAreLeftOut() throws IOException {
        Files.writeString(folder.resolve(Journal.NAME), "\n[]\n{}\n{\"millis\":\"x\"}\nnull\n\"text\"\n");
        assertEquals(List.of(), Journal.read(folder));
    }

    @Test
    void itRotatesOnceAndReadsThePredecessorFirst() throws IOException {
        Journal journal = Journal.in(folder, warnings::add);
        String padding = "x".repeat(3_900);
        int lines = 2_500;
        for (int i = 0; i < lines; i++) {
            journal.write(entry(i + " " + padding), false);
        }
        List<Entry> kept = Journal.read(folder);
        long bytes = 0;
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
        }
        assertTrue(bytes <= 2L * Journal.ROTATE_BYTES, bytes + " bytes");
        assertTrue(kept.get(kept.size() - 1).text().startsWith(lines - 1 + " "));
        for (int i = 1; i < kept.size(); i++) {
            assertEquals(number(kept.get(i - 1)) + 1, number(kept.get(i)), "in order, without a gap");
        }
        assertTrue(kept.size() > 1_000, kept.size() + " lines kept");
        assertEquals(List.of(), warnings);
    }

    @Test
    void aDiskThatRefusesIsOneWarningUntilItTakesAgain() throws IOException {
        Journal journal = Journal.in(folder, warnings::add);
        Files.createDirectory(folder.resolve(Journal.NAME));
        assertFalse(journal.write(entry("lost"), false));
        assertFalse(journal.write(entry("lost too"), true));
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).contains("cannot be written"), warnings.get(0));

        Files.delete(folder.resolve(Journal.NAME));
        assertTrue(journal.write(entry("kept"), false));
        assertEquals(List.of(entry("kept")), Journal.read(folder));
        assertEquals(1, warnings.size());
    }

    @Test
    void whereThereIsNoFolderNothingIsKept() {
        assertFalse(Journal.none().write(entry("text"), true));
    }

    @Test
    void secretsDoNotReachTheFile() throws IOException {
        Journal.in(folder, warnings::add).write(new Entry(1, "1", "pool:orders", Entry.Kind.NOTE, "",
                "password=" + Stories.SECRET, Map.of("url", "jdbc:h2:mem:x;PASSWORD=" + Stories.SECRET)), false);
        String text = Files.readString(folder.resolve(Journal.NAME));
        assertFalse(text.contains(Stories.SECRET), text);
    }

    private static int number(Entry entry) {
        return Integer.parseInt(entry.text().substring(0, entry.text().indexOf(' ')));
    }

    private static Entry entry(String text) {
        return new Entry(1_795_256_130_123L, "20261121-101530-1", "pool:orders", Entry.Kind.BEGINS,
                "reclaim-leaked-connection", text, Map.of("active", "10"));
    }
}
