package io.jvmmedic.core.audit;

import static io.jvmmedic.core.audit.Stories.LEAK;
import static io.jvmmedic.core.audit.Stories.POOL;
import static io.jvmmedic.core.audit.Stories.RECLAIM;
import static io.jvmmedic.core.audit.Stories.RESTART;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Mode;
import io.jvmmedic.core.model.Outcome;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.model.Verdict;
import io.jvmmedic.core.policy.ShadowBook;
import io.jvmmedic.core.util.FakeClock;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class AuditTrailTest {

    @TempDir
    private Path folder;
    private final FakeClock clock = new FakeClock();
    private final List<String> warnings = new ArrayList<>();

    @Test
    void aWholeStoryStandsInJournalFolderAndRecording() throws IOException {
        try (Recording recording = new Recording()) {
            recording.start();
            String id = tellAll(trail());
            recording.stop();
            Path file = folder.resolve("all.jfr");
            recording.dump(file);

            List<Entry> journal = Journal.read(folder);
            assertEquals(List.of(Entry.Kind.OPENED, Entry.Kind.DECIDED, Entry.Kind.BEGINS, Entry.Kind.ENDED, Entry.Kind.UNDONE,
                    Entry.Kind.RENEWED, Entry.Kind.IMPOSSIBLE, Entry.Kind.CLOSED, Entry.Kind.SCORED),
                    journal.stream().map(Entry::kind).toList());
            assertTrue(journal.stream().allMatch(entry -> entry.incident().equals(id)));
            assertEquals("the cap of 12 is reached", journal.get(6).text(), "without the resource, which stands before it");

            String text = Files.readString(folder.resolve("incident-" + id + "/incident.md"));
            assertTrue(journal.stream().allMatch(entry -> text.contains(entry.kind() + " ") || text.contains(entry.kind() + ":")),
                    text);

            List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getString("incidentId").equals(id)).toList();
            assertEquals(List.of("Decision", "Finding", "Finding", "Remediation", "ShadowScore", "Undo", "Verification"),
                    types(events));
            RecordedEvent remediation = event(events, "Remediation");
            assertEquals("HEALED", remediation.getString("outcome"));
            assertEquals("active falls from 10 to at most 9 within 5 s", remediation.getString("claim"));
            assertEquals("active=10", remediation.getString("before"));
            assertEquals("active=9", remediation.getString("after"));
            assertTrue(event(events, "Verification").getBoolean("held"));
            assertEquals("heal", event(events, "Decision").getString("mode"));
            assertEquals("WRONG", event(events, "ShadowScore").getString("score"));
            assertFalse(events.toString().contains(Stories.SECRET), events.toString());
        }
        assertEquals(List.of(), warnings);
    }

    @Test
    void theJournalHasTheActBeforeItHappens() throws IOException {
        AuditTrail trail = trail();
        trail.begins(trail.opened(LEAK), RESTART);
        List<Entry> journal = Journal.read(folder);
        Entry last = journal.get(journal.size() - 1);
        assertEquals(Entry.Kind.BEGINS, last.kind());
        assertEquals("graceful-restart", last.remedy());
        assertEquals("DRASTIC", last.details().get("risk"));
        assertEquals("nothing to give back", last.details().get("undo"));
    }

    /** A restart never returns to say how it ended; the recording must have it all the same. */
    @Test
    void aRestartIsToldAsEndedBeforeTheJvmEnds() throws IOException {
        try (Recording recording = new Recording()) {
            recording.start();
            AuditTrail trail = trail();
            String id = trail.opened(LEAK);
            trail.begins(id, RESTART);
            assertEquals(Optional.of(id), trail.lastWords("deadlock"));
            assertEquals(Optional.empty(), trail.lastWords("again"));
            recording.stop();
            Path file = folder.resolve("restart.jfr");
            recording.dump(file);
            List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getString("incidentId").equals(id)).toList();
            assertEquals("RESTARTING", event(events, "Remediation").getString("outcome"));
        }
        List<Entry> journal = Journal.read(folder);
        assertEquals("RESTARTING, deadlock", journal.get(journal.size() - 2).text());
    }

    @Test
    void aLookIsNoRemediation() throws IOException {
        try (Recording recording = new Recording()) {
            recording.start();
            AuditTrail trail = trail();
            String id = trail.opened(LEAK);
            trail.ended(id, trail.begins(id, Stories.plan("thread-dump", Risk.NONE)), Stories.plan("thread-dump", Risk.NONE),
                    Outcome.HEALED, "", "", "");
            trail.ended(id, trail.begins(id, RECLAIM), RECLAIM, Outcome.INEFFECTIVE, "active=10", "active=10", "no");
            recording.stop();
            Path file = folder.resolve("look.jfr");
            recording.dump(file);
            List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getString("incidentId").equals(id)).toList();
            assertEquals(List.of("Finding", "Remediation", "Verification"), types(events));
            assertFalse(event(events, "Verification").getBoolean("held"));
        }
    }

    @Test
    void recurrenceIsCountedPerFaultAndResource() {
        IncidentFolders folders = folders();
        AuditTrail trail = trail(folders);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ids.add(trail.opened(LEAK));
            trail.closed(ids.get(i), LEAK, "healed", 4_200);
        }
        ids.add(trail.opened(Stories.diagnosis(new ResourceId(ResourceId.Kind.POOL, "billing"), Confidence.CERTAIN)));
        assertEquals(List.of(1, 2, 3, 1), ids.stream().map(id -> folders.find(id).orElseThrow().recurrence()).toList());
    }

    @Test
    void theOpenIncidentOfAFaultCanBeFoundUntilItIsClosed() {
        AuditTrail trail = trail();
        String id = trail.opened(LEAK);
        assertEquals(Optional.of(id), trail.incidentOf(POOL, Fault.CONNECTION_LEAK));
        assertEquals(Optional.empty(), trail.incidentOf(POOL, Fault.POOL_EXHAUSTION));
        trail.closed(id, LEAK, "healed", 4_200);
        assertEquals(Optional.empty(), trail.incidentOf(POOL, Fault.CONNECTION_LEAK));
    }

    @Test
    void whatHappensAfterTheEndIsAddedToTheFolder() throws IOException {
        AuditTrail trail = trail();
        String id = trail.opened(LEAK);
        trail.closed(id, LEAK, "healed", 4_200);
        trail.undone(id, POOL, "grow-pool", "maximum 10 -> 12", "GIVEN_BACK", "not needed for 8 s");
        String text = Files.readString(folder.resolve("incident-" + id + "/incident.md"));
        assertTrue(text.contains("UNDONE grow-pool: GIVEN_BACK, not needed for 8 s\n  - loan: maximum 10 -> 12"), text);
        assertFalse(text.contains("it lasts"), text);
    }

    @Test
    void aStepThatCannotBeToldStopsNobody() {
        AuditTrail trail = new AuditTrail(Journal.none(), IncidentFolders.none(), false, () -> {
            throw new IllegalStateException("no mode");
        }, clock);
        String id = trail.opened(LEAK);
        trail.decided(id, RECLAIM, Verdict.allowed());
        trail.ended(id, trail.begins(id, RECLAIM), RECLAIM, Outcome.HEALED, "", "", "");
        assertEquals(Optional.of(id), trail.incidentOf(POOL, Fault.CONNECTION_LEAK));
    }

    @Test
    void notesGoToTheJournal() throws IOException {
        trail().noted("mode heal -> observe, asked for by the command line");
        assertEquals(List.of("mode heal -> observe, asked for by the command line"),
                Journal.read(folder).stream().map(Entry::text).toList());
    }

    /** The loader lacks the bridge as a JVM without {@code jdk.jfr} lacks the events' superclass: naming one fails. */
    @Test
    void withoutFlightRecorderNoEventClassIsLoaded() throws Exception {
        URL[] urls = Stream.of(AuditTrail.class, AuditTrailTest.class, Gson.class, LoggerFactory.class)
                .map(type -> type.getProtectionDomain().getCodeSource().getLocation()).toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            assertThrows(ClassNotFoundException.class, () -> loader.loadClass("io.jvmmedic.bootstrap.event.Finding"));
            Object scenario = loader.loadClass(Scenario.class.getName()).getConstructor().newInstance();
            ((Runnable) scenario).run();
        }
    }

    /** Runs in a loader of its own. */
    public static final class Scenario implements Runnable {

        /** Called by reflection. */
        public Scenario() {
        }

        @Override
        public void run() {
            IncidentFolders folders = IncidentFolders.none();
            FakeClock clock = new FakeClock();
            String id = tellAll(new AuditTrail(Journal.none(), folders, false, () -> Mode.HEAL, clock));
            int told = folders.find(id).orElseThrow().entries().size();
            if (told != 9) {
                throw new AssertionError("told " + told + " of 9 steps");
            }
        }
    }

    private static String tellAll(AuditTrail trail) {
        String id = trail.opened(LEAK);
        trail.decided(id, RECLAIM, Verdict.allowed());
        Object begun = trail.begins(id, RECLAIM);
        trail.ended(id, begun, RECLAIM, Outcome.HEALED, "active=10", "active=9", "");
        trail.undone(id, POOL, "grow-pool", "maximum 10 -> 12", "GIVEN_BACK", "not needed for 8 s");
        trail.renewed(id, LEAK);
        trail.impossible(id, POOL, "grow-pool", "pool:orders: the cap of 12 is reached");
        trail.closed(id, LEAK, "healed", 4_200);
        trail.scored(new ShadowBook.Scored(id, RECLAIM,
                new ShadowBook.Judgement(ShadowBook.Score.WRONG, "it came back 4 s later")));
        return id;
    }

    private static List<String> types(List<RecordedEvent> events) {
        return events.stream().map(event -> event.getEventType().getName().substring("jvmmedic.".length())).sorted().toList();
    }

    private static RecordedEvent event(List<RecordedEvent> events, String type) {
        return events.stream().filter(event -> event.getEventType().getName().equals("jvmmedic." + type))
                .findFirst().orElseThrow();
    }

    private AuditTrail trail() {
        return trail(folders());
    }

    private AuditTrail trail(IncidentFolders folders) {
        return new AuditTrail(Journal.in(folder, warnings::add), folders, true, () -> Mode.HEAL, clock);
    }

    private IncidentFolders folders() {
        return IncidentFolders.in(folder, 50, 1L << 30, warnings::add);
    }
}
