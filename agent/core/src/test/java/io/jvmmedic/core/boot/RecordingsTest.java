package io.jvmmedic.core.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.audit.IncidentFolders;
import io.jvmmedic.core.util.AtomicFiles;
import io.jvmmedic.core.util.FakeClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingsTest {

    private static final Duration A_MOMENT = Duration.ofMillis(1);

    @TempDir
    private Path home;
    private final List<String> warnings = new ArrayList<>();
    private final FakeClock clock = new FakeClock();
    private int dumps;
    private Recordings recordings;

    @BeforeEach
    void open() {
        recordings = with(file -> Files.writeString(file, "dump " + ++dumps));
    }

    private Recordings with(AtomicFiles.Content dump) {
        return new Recordings(IncidentFolders.in(home, 100, 1 << 20, warnings::add), dump, clock);
    }

    @Test
    void tenIncidentsAtOnceShareOneDump() throws IOException {
        for (int n = 1; n <= 10; n++) {
            assertTrue(recordings.keepPast(incident(n)));
            clock.advance(A_MOMENT);
        }
        for (int n = 1; n <= 10; n++) {
            assertEquals("dump 1", recording(n));
        }
        assertEquals(List.of(), warnings);
    }

    @Test
    void aDumpOfLongAgoShowsNothingOfTheTimeBeforeALaterFault() throws IOException {
        recordings.keepPast(incident(1));
        clock.advance(Duration.ofMillis(Recordings.RECENT_MILLIS + 1));
        recordings.keepPast(incident(2));
        assertEquals("dump 2", recording(2));
    }

    @Test
    void theEndOfAStoryIsInItsRecordingAndNobodyElsesChanges() throws IOException {
        recordings.keepPast(incident(1));
        recordings.keepPast(incident(2));
        clock.advance(A_MOMENT);
        recordings.keepAll(incident(1));
        assertEquals("dump 2", recording(1));
        assertEquals("dump 1", recording(2));
    }

    @Test
    void whoeverAsksWhileADumpIsWrittenSharesTheNext() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Recordings slow = with(file -> {
            begun.countDown();
            awaited(goOn);
            Files.writeString(file, "dump " + ++dumps);
        });
        ExecutorService askers = Executors.newCachedThreadPool();
        try {
            List<Future<Boolean>> answers = new ArrayList<>();
            answers.add(askers.submit(() -> slow.keepAll(incident(1))));
            begun.await();
            clock.advance(A_MOMENT);
            for (int n = 2; n <= 9; n++) {
                String id = incident(n);
                answers.add(askers.submit(() -> slow.keepAll(id)));
            }
            goOn.countDown();
            for (Future<Boolean> answer : answers) {
                assertTrue(answer.get());
            }
        } finally {
            askers.shutdown();
        }
        assertEquals("dump 1", recording(1));
        for (int n = 2; n <= 9; n++) {
            assertEquals("dump 2", recording(n));
        }
    }

    @Test
    void aSharedDumpThatWasTidiedAwayIsTakenAgain() throws IOException {
        recordings.keepPast(incident(1));
        Files.delete(file(1));
        recordings.keepPast(incident(2));
        assertEquals("dump 2", recording(2));
        assertEquals(List.of(), warnings);
    }

    @Test
    void aDumpThatFailsIsNotSharedAndTheOldOneStays() throws IOException {
        recordings.keepPast(incident(1));
        clock.advance(A_MOMENT);
        Recordings failing = with(file -> {
            throw new IOException("no space left");
        });
        assertFalse(failing.keepAll(incident(1)));
        assertFalse(failing.keepPast(incident(2)));
        assertEquals("dump 1", recording(1));
        assertFalse(Files.exists(file(2)));
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String incident(int n) {
        return "20261121-101530-" + n;
    }

    private String recording(int n) throws IOException {
        return Files.readString(file(n));
    }

    private Path file(int n) {
        return home.resolve("incident-" + incident(n)).resolve(IncidentFolders.RECORDING);
    }
}
