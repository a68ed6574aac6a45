package io.jvmmedic.core.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jvmmedic.core.model.Confidence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IncidentFoldersTest {

    private static final long OPENED = 1_795_256_130_000L;
    private static final long LARGE = 1L << 30;

    @TempDir
    private Path home;
    private final List<String> warnings = new ArrayList<>();

    @Test
    void anIncidentIsAFolderThatTellsTheWholeStory() throws IOException {
        IncidentFolders folders = folders(10, LARGE);
        Incident incident = incident(1)
                .with(entry(Entry.Kind.DECIDED, "ALLOWED, all gates passed"))
                .with(entry(Entry.Kind.BEGINS, "active falls from 10 to at most 9 within 5 s"))
                .with(entry(Entry.Kind.ENDED, "HEALED"));
        assertTrue(folders.write(incident));
        assertTrue(folders.attach(incident.id(), "threads.txt", "http-1 waits\n"));
        assertTrue(folders.write(incident.closed(OPENED + 4_200)));

        String text = Files.readString(home.resolve("incident-20261121-101530-1/incident.md"));
        for (String expected : List.of(
                "# pool:orders: 1 connection leaked",
                "- Fault: CONNECTION_LEAK, CERTAIN",
                "- Since: 2026-11-21T10:15:30Z",
                "- Until: 2026-11-21T10:15:34.200Z, after 4.2 s",
                "- Met: 3 times on this resource since the agent started",
                "## Cause\n\nOrderService.save:88 borrowed it",
                "## Victims\n\n4 waiters",
                "## Proof\n\nthe handle of lease 7 is unreachable while its slot is out\n- pool:orders: lease 7",
                "- active: 10\n- max: 10",
                "DECIDED reclaim-leaked-connection: ALLOWED, all gates passed",
                "BEGINS reclaim-leaked-connection: active falls from 10 to at most 9 within 5 s",
                "  - before: active=10",
                "ENDED reclaim-leaked-connection: HEALED",
                "    http-1 waits for pool:orders\n    held by nobody",
                "## What to fix in the code\n\nclose the connection in a finally block",
                "- POOL_EXHAUSTION, SUSPECTED: pool:orders: 10 of 10 slots out",
                "- `threads.txt`")) {
            assertTrue(text.contains(expected), expected + "\nis not in\n" + text);
        }
        assertEquals(List.of("incident.json", "incident.md", "threads.txt"), names(home.resolve("incident-" + incident.id())));
    }

    @Test
    void theJsonHasTheSameMembers() throws IOException {
        Incident incident = incident(1).with(entry(Entry.Kind.ENDED, "HEALED"));
        folders(10, LARGE).write(incident);
        JsonObject json = JsonParser.parseString(
                Files.readString(home.resolve("incident-20261121-101530-1/incident.json"))).getAsJsonObject();
        assertEquals("20261121-101530-1", json.get("id").getAsString());
        assertEquals("", json.get("closed").getAsString());
        assertEquals(3, json.get("recurrence").getAsInt());
        assertEquals("pool:orders", json.getAsJsonObject("finding").get("resource").getAsString());
        assertEquals(10, json.getAsJsonObject("finding").getAsJsonObject("measures").get("max").getAsInt());
        assertEquals("POOL_EXHAUSTION", json.getAsJsonArray("others").get(0).getAsJsonObject().get("fault").getAsString());
        assertEquals("HEALED", json.getAsJsonArray("entries").get(0).getAsJsonObject().get("text").getAsString());
    }

    @Test
    void noSecretReachesAFile() throws IOException {
        IncidentFolders folders = folders(10, LARGE);
        folders.write(incident(1).with(entry(Entry.Kind.NOTE, "password=" + Stories.SECRET)));
        folders.attach(id(1), "threads.txt", "http-1 jdbc:mysql://a:" + Stories.SECRET + "@db/x\n");
        try (Stream<Path> files = Files.walk(home)) {
            List<Path> written = files.filter(Files::isRegularFile).toList();
            assertEquals(3, written.size());
            for (Path file : written) {
                assertFalse(Files.readString(file).contains(Stories.SECRET), file.toString());
            }
        }
    }

    @Test
    void theOldestGoWhenThereAreTooMany() throws IOException {
        IncidentFolders folders = folders(3, LARGE);
        for (int i = 1; i <= 5; i++) {
            assertTrue(folders.write(incident(i)));
        }
        assertEquals(List.of("incident-" + id(3), "incident-" + id(4), "incident-" + id(5)), names(home));
        assertTrue(folders.find(id(1)).isPresent(), "memory still has it");
    }

    @Test
    void theOldestGoWhenTheyAreTooLarge() throws IOException {
        IncidentFolders folders = folders(10, 100_000);
        for (int i = 1; i <= 3; i++) {
            folders.write(incident(i));
            assertTrue(folders.attach(id(i), IncidentFolders.RECORDING, file -> Files.write(file, new byte[40_000])));
        }
        assertEquals(List.of("incident-" + id(2), "incident-" + id(3)), names(home));
    }

    @Test
    void aRecordingLargerThanAllMayBeIsNotKeptAndCostsNobodyElseHisPlace() throws IOException {
        IncidentFolders folders = folders(10, 100_000);
        folders.write(incident(1));
        folders.write(incident(2));
        assertFalse(folders.attach(id(2), IncidentFolders.RECORDING, file -> Files.write(file, new byte[100_001])));
        assertEquals(List.of("incident-" + id(1), "incident-" + id(2)), names(home));
        assertEquals(List.of("incident.json", "incident.md"), names(home.resolve("incident-" + id(2))));
    }

    @Test
    void anAttachmentThatFailsLeavesNothingBehind() throws IOException {
        IncidentFolders folders = folders(10, LARGE);
        folders.write(incident(1));
        assertFalse(folders.attach(id(1), IncidentFolders.RECORDING, file -> {
            Files.writeString(file, "half");
            throw new IOException("No space left on device");
        }));
        assertEquals(List.of("incident.json", "incident.md"), names(home.resolve("incident-" + id(1))));
        assertEquals(1, warnings.size());
    }

    @Test
    void aDumpThatHangsKeepsNobodyFromWriting() throws Exception {
        IncidentFolders folders = folders(10, LARGE);
        folders.write(incident(1));
        CountDownLatch dumping = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Thread dump = new Thread(() -> folders.attach(id(1), IncidentFolders.RECORDING, file -> {
            dumping.countDown();
            await(go);
            Files.writeString(file, "recording");
        }));
        dump.start();
        await(dumping);
        assertTrue(folders.write(incident(2)));
        assertTrue(folders.write(incident(1).with(entry(Entry.Kind.NOTE, "meanwhile"))));
        go.countDown();
        dump.join(TimeUnit.SECONDS.toMillis(60));
        String text = Files.readString(home.resolve("incident-" + id(1) + "/incident.md"));
        assertTrue(text.contains("meanwhile") && text.contains("`jfr print --events 'jvmmedic.*' recording.jfr`"), text);
    }

    @Test
    void aTextThatIsTooLongIsCut() throws IOException {
        IncidentFolders folders = folders(10, LARGE);
        folders.write(incident(1));
        assertTrue(folders.attach(id(1), "threads.txt", "x\n".repeat(IncidentFolders.LONGEST_TEXT)));
        String text = Files.readString(home.resolve("incident-" + id(1) + "/threads.txt"));
        assertEquals(IncidentFolders.LONGEST_TEXT + "\n(cut)\n".length(), text.length());
        assertTrue(text.endsWith("\n(cut)\n"));
    }

    @Test
    void aFolderThatCannotBeWrittenIsOneWarningAndIncidentsStayInMemory() throws IOException {
        Path file = Files.writeString(home.resolve("file"), "in the way");
        IncidentFolders folders = IncidentFolders.in(file, 10, LARGE, warnings::add);
        assertFalse(folders.write(incident(1)));
        assertFalse(folders.write(incident(2)));
        assertFalse(folders.attach(id(2), "threads.txt", "text"));
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).endsWith("it is kept in memory; free the disk or set dir"), warnings.get(0));
        assertTrue(folders.find(id(1)).isPresent() && folders.find(id(2)).isPresent());

        Files.delete(file);
        Files.createDirectory(file);
        assertTrue(folders.write(incident(1)));
        assertEquals(1, warnings.size());
    }

    @Test
    void withoutAFolderIncidentsAreInMemoryOnly() {
        IncidentFolders folders = IncidentFolders.none();
        assertFalse(folders.write(incident(1)));
        assertTrue(folders.find(id(1)).isPresent());
        assertEquals(Optional.empty(), folders.find(id(2)));
        assertEquals(Optional.empty(), folders.folderOf(id(1)));
    }

    @Test
    void memoryIsBoundedAndTheFolderStillExplains() {
        IncidentFolders folders = folders(100, LARGE);
        for (int i = 1; i <= IncidentFolders.IN_MEMORY + 5; i++) {
            folders.write(incident(i));
        }
        assertEquals(Optional.empty(), folders.find(id(5)));
        assertTrue(folders.find(id(6)).isPresent());
        assertEquals(Optional.of(home.resolve("incident-" + id(1))), folders.folderOf(id(1)));
    }

    @Test
    void anIdFromOutsideCannotLeaveTheFolder() throws IOException {
        Files.createDirectories(home.resolve("incident-x"));
        Files.writeString(home.resolve("incident.md"), "not for you");
        IncidentFolders folders = folders(10, LARGE);
        assertEquals(Optional.empty(), folders.folderOf("x/.."));
        assertEquals(Optional.empty(), folders.folderOf("20261121-101530-99"));
    }

    @Test
    void aLongStoryKeepsItsBeginningAndItsEnd() {
        Incident incident = incident(1);
        for (int i = 0; i < 1_000; i++) {
            incident = incident.with(entry(Entry.Kind.NOTE, "step " + i));
        }
        assertEquals(Incident.KEPT, incident.entries().size());
        assertEquals(1_000 - Incident.KEPT, incident.leftOut());
        assertEquals("step 49", incident.entries().get(Incident.FIRST_KEPT - 1).text());
        assertEquals("step 850", incident.entries().get(Incident.FIRST_KEPT).text());
        assertEquals("step 999", incident.entries().get(Incident.KEPT - 1).text());
        assertTrue(IncidentText.markdown(incident, List.of()).contains("- (800 steps left out)\n"));
    }

    private IncidentFolders folders(int max, long maxBytes) {
        return IncidentFolders.in(home, max, maxBytes, warnings::add);
    }

    private static Incident incident(int number) {
        return Incident.opened(id(number), OPENED, Stories.diagnosis(Stories.POOL, Confidence.CERTAIN), 3);
    }

    private static String id(int number) {
        return String.format("20261121-%06d-1", 101529 + number);
    }

    private static Entry entry(Entry.Kind kind, String text) {
        return new Entry(OPENED + 1, id(1), "pool:orders", kind, "reclaim-leaked-connection", text,
                Map.of("before", "active=10"));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(60, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
