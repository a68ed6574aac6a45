package io.jvmmedic.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.EventStream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * What the child's own flight recording says of the agent: read from the child's repository while it lives, from the
 * recording it leaves, or from the chunks when it was killed. Nothing here goes through the agent.
 */
public final class Witness implements AutoCloseable {

    private static final String PREFIX = "jvmmedic.";

    private final Path repository;
    private final Path recording;
    private final List<RecordedEvent> live = new CopyOnWriteArrayList<>();
    private volatile EventStream stream;
    private volatile boolean closed;

    Witness(Path directory) {
        repository = directory.resolve("repository");
        recording = directory.resolve("witness.jfr");
    }

    Path repository() {
        return repository;
    }

    /** The recording that the child writes when it exits. */
    public Path recording() {
        return recording;
    }

    /** Starts to read; the repository may appear later. */
    void watch() {
        Thread reader = new Thread(this::read, "witness");
        reader.setDaemon(true);
        reader.start();
    }

    /** Rows of one event so far, {@code Finding} for {@code jvmmedic.Finding}, oldest first. */
    public List<RecordedEvent> rows(String event) {
        return live.stream().filter(row -> isNamed(row, event)).toList();
    }

    public List<RecordedEvent> rows(String event, Predicate<RecordedEvent> condition) {
        return rows(event).stream().filter(condition).toList();
    }

    /** Waits for a row; on failure the whole story so far is in the message. */
    public RecordedEvent await(Duration deadline, String event, Predicate<RecordedEvent> condition) {
        try {
            Awaitility.await().atMost(deadline).pollInterval(Duration.ofMillis(100))
                    .until(() -> !rows(event, condition).isEmpty());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("no jvmmedic." + event + " as expected within " + deadline + "; the story:\n"
                    + story(), e);
        }
        return rows(event, condition).get(0);
    }

    /** After the child's end: every jvmmedic row it left behind, whichever way it ended. */
    public List<RecordedEvent> left() {
        List<RecordedEvent> all = new ArrayList<>();
        for (Path file : files()) {
            all.addAll(events(file));
        }
        return all.stream()
                .filter(row -> row.getEventType().getName().startsWith(PREFIX))
                .sorted(Comparator.comparing(RecordedEvent::getEndTime)).toList();
    }

    /** The finished recording when there is one that is not empty, else the chunks of the repository. */
    public List<Path> files() {
        try {
            if (Files.isRegularFile(recording) && Files.size(recording) > 0) {
                return List.of(recording);
            }
            if (!Files.isDirectory(repository)) {
                return List.of();
            }
            try (Stream<Path> all = Files.walk(repository)) {
                return all.filter(file -> file.toString().endsWith(".jfr")).sorted().toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All events of a recording or a chunk. */
    public static List<RecordedEvent> events(Path file) {
        try {
            return RecordingFile.readAllEvents(Chunk.finished(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Findings, decisions and deeds in order, one line each. */
    public String story() {
        StringBuilder text = new StringBuilder();
        live.stream()
                .filter(row -> row.getEventType().getCategoryNames().contains("Decisions"))
                .sorted(Comparator.comparing(RecordedEvent::getEndTime))
                .forEach(row -> text.append(line(row)).append('\n'));
        return text.isEmpty() ? "(nothing found, decided or done; " + live.size() + " samples)" : text.toString();
    }

    @Override
    public void close() {
        closed = true;
        EventStream reading = stream;
        if (reading != null) {
            reading.close();
        }
    }

    static boolean isNamed(RecordedEvent row, String event) {
        return row.getEventType().getName().equals(PREFIX + event);
    }

    private static String line(RecordedEvent row) {
        StringBuilder text = new StringBuilder(row.getEndTime().toString()).append(' ')
                .append(row.getEventType().getName().substring(PREFIX.length()));
        for (ValueDescriptor field : row.getFields()) {
            if (field.getTypeName().equals("java.lang.String") || field.getTypeName().equals("boolean")) {
                text.append(' ').append(field.getName()).append('=').append(row.<Object>getValue(field.getName()));
            }
        }
        return text.toString();
    }

    private void read() {
        try {
            Path folder = Awaitility.await().atMost(Story.SOON).pollInterval(Duration.ofMillis(50))
                    .until(this::chunkFolder, found -> found != null || closed);
            if (closed) {
                return;
            }
            try (EventStream reading = EventStream.openRepository(folder)) {
                stream = reading;
                reading.setReuse(false);
                reading.setStartTime(Instant.EPOCH);
                reading.onEvent(row -> {
                    if (row.getEventType().getName().startsWith(PREFIX)) {
                        live.add(row);
                    }
                });
                if (!closed) {
                    reading.start();
                }
            }
        } catch (IOException | ConditionTimeoutException e) {
            if (!closed) {
                System.err.println("*** witness of " + repository + " cannot read: " + e);
            }
        }
    }

    /** The JVM makes one folder per process below the repository that it was given. */
    private Path chunkFolder() throws IOException {
        if (!Files.isDirectory(repository)) {
            return null;
        }
        try (Stream<Path> folders = Files.list(repository)) {
            return folders.filter(Witness::holdsChunk).findFirst().orElse(null);
        }
    }

    private static boolean holdsChunk(Path folder) {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(".jfr"));
        } catch (IOException e) {
            return false;
        }
    }
}
