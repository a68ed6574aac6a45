package io.jvmmedic.core.remedy;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.ThreadView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DumpsTest {

    @TempDir
    Path folder;

    private final ResourceRegistry registry = new ResourceRegistry();
    private final FakePool pool = new FakePool(registry, "orders", 3);
    private final Map<Long, Thread> visible = new HashMap<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private int threadCount = 10;
    private Optional<String> noRecording = Optional.empty();

    private final ThreadView threads = new ThreadView() {
        @Override
        public Thread byId(long id) {
            return visible.get(id);
        }

        @Override
        public int count() {
            return threadCount;
        }
    };

    private final EvidenceSink sink = new EvidenceSink() {
        @Override
        public Path text(Diagnosis about, String fileName, String text) throws IOException {
            return Files.writeString(folder.resolve(fileName), text);
        }

        @Override
        public Path recording(Diagnosis about) throws IOException {
            return Files.writeString(folder.resolve("black-box.jfr"), "events");
        }

        @Override
        public Optional<String> noRecording() {
            return noRecording;
        }
    };

    @AfterEach
    void endThreads() {
        end.countDown();
    }

    @SuppressWarnings("deprecation") // Its successor exists from 19 on only.
    private Thread parked(String name) {
        Thread thread = new Thread(this::waitsHere, name);
        thread.setDaemon(true);
        thread.start();
        await().until(() -> thread.getState() == Thread.State.WAITING);
        visible.put(thread.getId(), thread);
        return thread;
    }

    private void waitsHere() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Diagnosis diagnosis(Long... ids) {
        return Given.diagnosis(Fault.NESTED_BORROW, pool.id(), Confidence.HINT, List.of(), List.of(ids), Map.of());
    }

    @Test
    @SuppressWarnings("deprecation")
    void keepsTheStacksOfNamedThreadsAndOfHolders() throws Throwable {
        Thread named = parked("named-1");
        Thread stranger = parked("stranger-1");
        visible.put(Thread.currentThread().getId(), Thread.currentThread());
        pool.borrow(new Object());

        Remedy remedy = new DumpInvolvedThreads(registry, threads, sink);
        Preparation.Ready ready = Given.ready(remedy.prepare(diagnosis(named.getId(), -77L, 1_000_000L)));
        assertEquals(Risk.NONE, ready.plan().risk());
        assertEquals("a file with the stacks of 2 threads exists and is not empty", ready.plan().claim().text());
        assertFalse(ready.action().claimHolds(), "before the act");
        assertEquals("file=none", ready.action().observe());
        ready.action().apply();
        assertTrue(ready.action().claimHolds());

        String text = Files.readString(folder.resolve(DumpInvolvedThreads.FILE));
        assertTrue(text.startsWith("pool:orders: broken\n  pool:orders: a fact\n"), text);
        assertTrue(text.contains("\"named-1\" #" + named.getId() + " daemon "), text);
        assertTrue(text.contains("DumpsTest.waitsHere(DumpsTest.java:"), text);
        assertTrue(text.contains("\"" + Thread.currentThread().getName() + "\""), "the holder: " + text);
        assertTrue(text.contains("2 of 4 threads involved are listed"), text);
        assertFalse(text.contains(stranger.getName()), text);
        assertTrue(ready.action().observe().startsWith("file=threads.txt bytes="), ready.action().observe());
    }

    @Test
    void listsNoMoreThreadsThanItsCap() throws Throwable {
        Thread one = parked("many");
        List<Long> ids = new ArrayList<>();
        for (long id = 1; id <= DumpInvolvedThreads.MAX_THREADS + 5; id++) {
            visible.put(id, one);
            ids.add(id);
        }
        Remedy remedy = new DumpInvolvedThreads(registry, threads, sink);
        Given.ready(remedy.prepare(diagnosis(ids.toArray(Long[]::new)))).action().apply();
        String text = Files.readString(folder.resolve(DumpInvolvedThreads.FILE));
        assertEquals(DumpInvolvedThreads.MAX_THREADS, text.split("\"many\"", -1).length - 1);
    }

    @Test
    void refusesWhenNoInvolvedThreadIsVisible() {
        Remedy remedy = new DumpInvolvedThreads(registry, threads, sink);
        assertEquals("pool:orders: none of the 1 thread involved is a live platform thread",
                Given.impossible(remedy.prepare(diagnosis(-5L))));
    }

    @Test
    void keepsTheStacksOfAllThreadsButNotOfVeryMany() throws Throwable {
        parked("somewhere");
        Remedy remedy = new DumpAllThreads(threads, sink);
        Action action = Given.ready(remedy.prepare(diagnosis())).action();
        action.apply();
        assertTrue(action.claimHolds());
        String text = Files.readString(folder.resolve(DumpAllThreads.FILE));
        assertTrue(text.contains("\"somewhere\""), text);
        assertTrue(text.contains("\"Finalizer\""), text);

        threadCount = DumpAllThreads.MAX_THREADS + 1;
        assertEquals("pool:orders: a dump of all 2501 threads would stop the JVM for too long, at most 2500 are dumped;"
                + " the involved ones are in threads.txt", Given.impossible(remedy.prepare(diagnosis())));
    }

    @Test
    void keepsTheBlackBoxWhereThereIsOne() throws Throwable {
        Remedy remedy = new DumpBlackBox(sink);
        Action action = Given.ready(remedy.prepare(diagnosis())).action();
        action.apply();
        assertTrue(action.claimHolds());
        Files.delete(folder.resolve("black-box.jfr"));
        assertFalse(action.claimHolds());

        noRecording = Optional.of("Flight Recorder is not available");
        assertEquals("pool:orders: Flight Recorder is not available", Given.impossible(remedy.prepare(diagnosis())));
    }

    @Test
    void aFolderThatCannotBeWrittenIsAFailure() throws IOException {
        Remedy remedy = new DumpBlackBox(sink);
        Action action = Given.ready(remedy.prepare(diagnosis())).action();
        Files.delete(folder);
        assertThrows(IOException.class, action::apply);
        assertFalse(action.claimHolds());
        Files.createDirectory(folder);
    }
}
