package io.jvmmedic.cli.report;

import io.jvmmedic.cli.ExitCode;
import io.jvmmedic.cli.Failure;
import io.jvmmedic.cli.text.Words;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Finds what there is to read under a path and makes one story of it. */
public final class Sources {

    /** A repository has one folder per JVM, the agent's folder one per incident. */
    private static final int DEPTH = 3;
    private static final List<String> JOURNALS = List.of("journal.1.jsonl", "journal.jsonl");
    private static final String INCIDENT = "incident-";
    private static final String INCIDENT_FILE = "incident.json";
    /** The journal is written before the event is committed, and the clocks tick apart. */
    private static final Duration SAME = Duration.ofSeconds(2);

    private final Set<Step> recorded = new LinkedHashSet<>();
    private final List<Step> journalled = new ArrayList<>();
    private final List<Story.Note> notes = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Set<String> jvms = new LinkedHashSet<>();
    private final Set<String> modes = new LinkedHashSet<>();
    private final List<Path> read = new ArrayList<>();
    private Story.Span span;
    private boolean unfinished;
    private long rounds;
    private long adviceFailures;
    private long dropped;
    private String only = "";

    private Sources() {
    }

    /** Throws a {@link Failure} when nothing under the path can be read. */
    public static Story read(Path path) throws Failure {
        if (ModuleLayer.boot().findModule("jdk.jfr").isEmpty()) {
            throw new Failure(ExitCode.INTERNAL_ERROR, "This Java (" + System.getProperty("java.home")
                    + ") is a runtime without Flight Recorder; run jvm-medic.jar with the java of a JDK.");
        }
        if (!Files.exists(path)) {
            throw unreadable(path, "does not exist");
        }
        if (!Files.isReadable(path)) {
            throw unreadable(path, "may not be read by this user");
        }
        try {
            Sources sources = new Sources();
            if (Files.isDirectory(path)) {
                sources.folder(path.toAbsolutePath().normalize());
            } else {
                sources.file(path);
            }
            return sources.story();
        } catch (IOException | UncheckedIOException e) {
            throw new Failure(ExitCode.UNREADABLE, path + " cannot be read (" + e + ").", e);
        }
    }

    private void file(Path file) throws IOException, Failure {
        if (Chunks.isRecording(file)) {
            try {
                recording(file);
            } catch (Chunks.Unreadable e) {
                throw unreadable(file, e.getMessage());
            }
            return;
        }
        if (Files.size(file) == 0) {
            throw unreadable(file, "is empty; the JVM was killed before anything was recorded");
        }
        if (journals(JournalReader.read(List.of(file)), List.of(file)) == 0
                && journals(JournalReader.readIncident(file), List.of(file)) == 0) {
            throw unreadable(file, "is neither a flight recording nor a journal of JVM Medic");
        }
    }

    private void folder(Path folder) throws IOException, Failure {
        String name = folder.getFileName() == null ? "" : folder.getFileName().toString();
        boolean incident = name.startsWith(INCIDENT);
        only = incident ? name.substring(INCIDENT.length()) : "";
        List<Path> recordings = new ArrayList<>();
        List<Path> journalFolders = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder, DEPTH)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                if (file.toString().endsWith(".jfr")) {
                    recordings.add(file);
                } else if (JOURNALS.contains(file.getFileName().toString()) && !journalFolders.contains(file.getParent())) {
                    journalFolders.add(file.getParent());
                }
            }
        }
        if (incident && folder.getParent() != null) {
            journalFolders.add(folder.getParent());
        }
        for (Path one : journalFolders) {
            List<Path> files = JOURNALS.stream().map(one::resolve).filter(Files::isReadable).toList();
            if (!files.isEmpty()) {
                journals(JournalReader.read(files), files);
            }
        }
        Path copied = folder.resolve(INCIDENT_FILE);
        if (read.isEmpty() && Files.isReadable(copied)) {
            // An incident folder that somebody took elsewhere: the journal stayed behind.
            journals(JournalReader.readIncident(copied), List.of(copied));
        }
        int failed = 0;
        for (Path file : recordings) {
            try {
                recording(file);
            } catch (IOException e) {
                failed++;
                warnings.add(file + " " + (e instanceof Chunks.Unreadable ? e.getMessage() : "cannot be read (" + e + ")") + ".");
            }
        }
        if (read.isEmpty()) {
            throw unreadable(folder, failed == 0 ? "holds neither a recording nor a journal"
                    : "holds no recording that can be read: " + warnings.get(0).replaceAll("\\.$", ""));
        }
    }

    private void recording(Path file) throws IOException {
        try (Chunks chunks = Chunks.open(file)) {
            RecordingReader.Content content = RecordingReader.read(chunks.readable());
            if (!content.problem().isEmpty() && content.last() == null) {
                throw new IOException(content.problem());
            }
            read.add(file);
            if (!chunks.flaw().isEmpty()) {
                warnings.add(file + " " + chunks.flaw() + ".");
                unfinished |= !chunks.cutOff();
            }
            if (!content.problem().isEmpty()) {
                warnings.add(file + " could be read in part only: " + content.problem() + ".");
            }
            recorded.addAll(content.steps());
            jvms.addAll(content.jvms());
            modes.addAll(content.health().modes());
            rounds += content.health().rounds();
            adviceFailures = Math.max(adviceFailures, content.health().adviceFailures());
            dropped = Math.max(dropped, content.health().dropped());
            span = Story.Span.join(span, chunks.span());
            if (content.last() != null) {
                span = Story.Span.join(span, new Story.Span(content.last(), content.last()));
            }
        }
    }

    /** Returns the number of lines that were understood. */
    private int journals(JournalReader.Content content, List<Path> files) {
        if (content.lines() > 0) {
            read.addAll(files);
            span = Story.Span.join(span, content.span());
            journalled.addAll(content.steps());
            notes.addAll(content.notes());
            if (content.skipped() > 0) {
                warnings.add(files.get(files.size() - 1) + ": " + Words.count(content.skipped(), "line")
                        + " of it " + (content.skipped() == 1 ? "is" : "are") + " not whole, and left out.");
            }
        }
        return content.lines();
    }

    private Story story() {
        Map<String, List<Step>> byIncident = new LinkedHashMap<>();
        Stream.concat(recorded.stream(), journalled.stream().filter(step -> !isRecorded(step)))
                .filter(step -> only.isEmpty() || step.incident().equals(only))
                .sorted(Comparator.comparing(Step::at))
                .forEach(step -> byIncident.computeIfAbsent(step.incident(), id -> new ArrayList<>()).add(step));
        List<IncidentStory> incidents = byIncident.entrySet().stream()
                .map(entry -> new IncidentStory(entry.getKey(), entry.getValue())).toList();
        notes.sort(Comparator.comparing(Story.Note::at));
        return new Story(List.copyOf(read), span, unfinished, List.copyOf(jvms),
                new Story.Health(rounds, List.copyOf(modes), adviceFailures, dropped), incidents,
                only.isEmpty() ? List.copyOf(notes) : List.of(), List.copyOf(warnings));
    }

    /** An act that the recording shows with its outcome did end, even where the journal shows only its beginning. */
    private boolean isRecorded(Step step) {
        Step.Kind kind = step.kind() == Step.Kind.BEGAN ? Step.Kind.ACTED : step.kind();
        return recorded.stream().anyMatch(other -> other.kind() == kind && other.incident().equals(step.incident())
                && other.remedy().equals(step.remedy())
                && Duration.between(other.at(), step.at()).abs().compareTo(SAME) <= 0);
    }

    private static Failure unreadable(Path path, String why) {
        return new Failure(ExitCode.UNREADABLE, path + " " + why + ".");
    }
}
