package io.jvmmedic.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jvmmedic.cli.Cli;
import io.jvmmedic.cli.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports on a recording of all kinds of story, and on files that are none. */
class ReportTest {

    @TempDir
    private static Path folder;

    private static Path recording;

    @BeforeAll
    static void record() throws IOException {
        recording = folder.resolve("orders.jfr");
        try (Recording all = new Recording()) {
            all.start();
            Events.health(5);
            Events.repaired("20261121-101530-1");
            Events.lent("20261121-101531-2");
            Events.shadowed("20261121-101532-3");
            Events.found("20261121-101533-4");
            all.dump(recording);
        }
    }

    /** What differs from run to run: times, durations, the JVM and the path. */
    private static String steady(String report) {
        return report.replace("\r\n", "\n")
                .replaceAll("\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z?", "<day>")
                .replaceAll("\\d\\d:\\d\\d:\\d\\d\\.\\d{3}", "<clock-time>")
                .replaceAll("\\d+(\\.\\d+)? m?s after", "<n> ms after")
                .replaceAll("\\bin \\d+(\\.\\d+)? m?s\\b", "in <n> ms")
                .replaceAll("\"lastedMillis\": \\d+", "\"lastedMillis\": 0")
                .replaceAll("(?m)^(read|span|jvm) {2,}.*(\n {10}.*)*", "$1      <...>")
                .replaceAll("(?m)^\\| (read|span|jvm) \\| .*", "| $1 | <...> |")
                .replaceAll("(?s)\"jvms\": \\[.*?\\]", "\"jvms\": [<...>]")
                .replaceAll("(?s)\"read\": \\[.*?\\]", "\"read\": [<...>]");
    }

    private static void isGolden(String name, String... arguments) throws IOException {
        Cli report = Cli.run(arguments);
        assertEquals(0, report.code(), report::toString);
        String actual = steady(report.out());
        // Beside the reports of the tests, for a review when the report was changed on purpose.
        Files.writeString(Files.createDirectories(Path.of("target", "golden")).resolve(name), actual);
        try (InputStream in = ReportTest.class.getResourceAsStream("/report/" + name)) {
            assertEquals(new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n"), actual);
        }
    }

    private static Cli fails(Path path, String sentence) {
        Cli report = Cli.run("report", path.toString());
        assertEquals(ExitCode.UNREADABLE.number(), report.code(), report::toString);
        assertTrue(report.flat().replace(" ", "").contains(sentence.replace(" ", "")), report::toString);
        assertEquals("", report.out());
        return report;
    }

    private static Path with(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static String line(long millis, String incident, String kind, String remedy, String text, String details) {
        return "{\"at\":\"x\",\"millis\":" + millis + ",\"incident\":\"" + incident + "\",\"resource\":\"pool:orders\",\"kind\":\""
                + kind + "\",\"remedy\":\"" + remedy + "\",\"text\":\"" + text + "\",\"details\":{" + details + "}}\n";
    }

    @Test
    void text() throws IOException {
        isGolden("report.txt", "report", recording.toString());
        assertTrue(Cli.run("report", recording.toString()).width() <= 80);
        assertTrue(Cli.run(Map.of("COLUMNS", "50"), "report", recording.toString()).width() <= 50);
    }

    @Test
    void markdown() throws IOException {
        isGolden("report.md", "report", "--markdown", recording.toString());
    }

    @Test
    void json() throws IOException {
        isGolden("report.json", "report", "--json", recording.toString());
        JsonObject report = JsonParser.parseString(Cli.run("report", "--json", recording.toString()).out()).getAsJsonObject();
        assertEquals(4, report.getAsJsonArray("incidents").size());
        assertEquals(1, report.getAsJsonObject("done").get("HEALED").getAsInt(), "a thread dump is no repair");
        assertEquals(List.of("REPAIRED", "NOT_REPAIRED", "NOTHING_DONE", "NOTHING_DONE"),
                report.getAsJsonArray("incidents").asList().stream()
                        .map(incident -> incident.getAsJsonObject().get("result").getAsString()).toList());
    }

    @Test
    void aRecordingWithoutUsSaysSoAndOneWithoutFaultsToo() throws IOException {
        Path without = folder.resolve("without.jfr");
        Path calm = folder.resolve("calm.jfr");
        try (Recording plain = new Recording()) {
            plain.start();
            plain.dump(without);
        }
        try (Recording healthy = new Recording()) {
            healthy.start();
            Events.health(7);
            healthy.dump(calm);
        }
        assertTrue(Cli.run("report", without.toString()).flat().contains("the agent did not run"));
        assertTrue(Cli.run("report", calm.toString()).flat().contains("nothing in 7 sampling rounds"));
    }

    @Test
    void whatIsNoRecordingIsRefusedWithItsReason() throws IOException {
        fails(folder.resolve("nowhere.jfr"), "does not exist");
        fails(with("empty.jfr", ""), "is empty");
        fails(with("text.txt", "hello\nworld\n"), "is neither a flight recording nor a journal");
        fails(with("short.jfr", "FLR\u0000"), "is cut off within its first bytes");
        fails(Files.createDirectories(folder.resolve("bare")), "holds neither a recording nor a journal");
        Cli json = Cli.run("report", "--json", folder.resolve("empty.jfr").toString());
        assertEquals(ExitCode.UNREADABLE.number(), JsonParser.parseString(json.out()).getAsJsonObject().get("code").getAsInt());
    }

    @Test
    void aFinishedRecordingThatWasCutOffEndsWithoutHanging() throws IOException {
        byte[] bytes = Files.readAllBytes(recording);
        for (int keep : List.of(100, bytes.length / 2, bytes.length - 20)) {
            Path cut = folder.resolve("cut-" + keep + ".jfr");
            Files.write(cut, Arrays.copyOf(bytes, keep));
            Cli report = Cli.run("report", cut.toString());
            assertTrue(report.code() == ExitCode.UNREADABLE.number() || report.code() == 0 && report.flat().contains("cut off"),
                    report::toString);
        }
        Path twice = folder.resolve("first-whole.jfr");
        Files.write(twice, bytes);
        Files.write(twice, Arrays.copyOf(bytes, 200), StandardOpenOption.APPEND);
        Cli report = Cli.run("report", twice.toString());
        assertEquals(0, report.code(), report::toString);
        assertTrue(report.flat().contains("its last chunk is lost"), report::toString);
        assertTrue(report.flat().contains("4 incidents"), report::toString);
    }

    @Test
    void aJournalTellsWhatNoRecordingSaw() throws IOException {
        Path journal = with("jvm/journal.jsonl", line(1_000, "a-1", "OPENED", "", "pool:orders: 1 is leaked",
                "\"fault\":\"CONNECTION_LEAK\",\"confidence\":\"CERTAIN\",\"proof\":\"unreachable\"")
                + line(1_100, "a-1", "DECIDED", "reclaim", "ALLOWED, all gates passed", "\"risk\":\"FORCEFUL\"")
                + line(1_200, "a-1", "BEGINS", "reclaim", "active falls", "\"risk\":\"FORCEFUL\"")
                + line(1_500, "a-1", "ENDED", "reclaim", "HEALED", "\"before\":\"active=10\",\"after\":\"active=9\"")
                + line(2_000, "a-2", "OPENED", "", "pool:orders: exhausted", "\"fault\":\"POOL_EXHAUSTION\"")
                + line(2_100, "a-2", "BEGINS", "grow-pool", "waiting falls", "\"risk\":\"GENTLE\"")
                + line(2_200, "", "NOTE", "", "mode set to observe", "")
                + "{\"at\":\"x\",\"mil");
        Cli report = Cli.run("report", journal.toString());
        assertEquals(0, report.code(), report::toString);
        assertTrue(report.flat().contains("Repaired by reclaim, 500 ms after it was found."), report::toString);
        assertTrue(report.flat().contains("while grow-pool was at work"), report::toString);
        assertTrue(report.flat().contains("mode set to observe"), report::toString);
        assertTrue(report.flat().contains("1 line of it is not whole"), report::toString);

        Files.copy(recording, folder.resolve("jvm/black-box.jfr"));
        Cli both = Cli.run("report", folder.resolve("jvm").toString());
        assertTrue(both.flat().contains("6 incidents"), both::toString);
    }

    @Test
    void recordingAndJournalOfTheSameStepTellItOnce() throws IOException {
        JsonObject recorded = JsonParser.parseString(Cli.run("report", "--json", recording.toString()).out()).getAsJsonObject();
        JsonObject incident = recorded.getAsJsonArray("incidents").get(0).getAsJsonObject();
        long at = Instant.parse(recorded.get("from").getAsString()).toEpochMilli();
        String id = incident.get("id").getAsString();
        int steps = incident.getAsJsonArray("steps").size();
        with("merged/journal.jsonl", line(at, id, "BEGINS", "reclaim-leaked-connection", "active falls", "\"risk\":\"FORCEFUL\"")
                + line(at, id, "DECIDED", "reclaim-leaked-connection", "ALLOWED, all gates passed", "")
                + line(at + 60_000, id, "CLOSED", "", "the fault is gone after 1 min", ""));
        Files.copy(recording, folder.resolve("merged/black-box.jfr"));
        JsonObject merged = JsonParser.parseString(Cli.run("report", "--json", folder.resolve("merged").toString()).out())
                .getAsJsonObject().getAsJsonArray("incidents").get(0).getAsJsonObject();
        assertEquals(steps + 1, merged.getAsJsonArray("steps").size(), merged::toString);
        assertEquals("REPAIRED", merged.get("result").getAsString());
    }

    @Test
    void anIncidentFolderTellsItsOwnIncidentOnlyAlsoFarFromItsJournal() throws IOException {
        Path own = folder.resolve("home/incident-20261121-101530-1");
        Files.createDirectories(own);
        Files.copy(recording, own.resolve("black-box.jfr"));
        with("home/journal.jsonl", line(1, "20261121-101530-1", "CLOSED", "", "the fault is gone", "")
                + line(1, "other", "OPENED", "", "another one", ""));
        Cli report = Cli.run("report", own.toString());
        assertTrue(report.flat().contains("1 incident:") && report.flat().contains("the fault is gone"), report::toString);
        assertFalse(report.flat().contains("another one") || report.flat().contains("grow-pool"), report::toString);

        with("moved/incident-x-1/incident.json", "{\"id\":\"x-1\",\"entries\":["
                + line(1_000, "x-1", "OPENED", "", "pool:orders: 1 is leaked", "\"fault\":\"CONNECTION_LEAK\"").trim() + "]}");
        Cli moved = Cli.run("report", folder.resolve("moved/incident-x-1").toString());
        assertEquals(0, moved.code(), moved::toString);
        assertTrue(moved.flat().contains("connection leak on pool:orders"), moved::toString);
        assertTrue(moved.flat().contains("Nothing was done: no remedy was planned"), moved::toString);
    }
}
