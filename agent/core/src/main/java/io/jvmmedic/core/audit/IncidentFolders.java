package io.jvmmedic.core.audit;

import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.util.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * One folder per incident, {@code incident-<id>}, with {@code incident.md}, {@code incident.json} and what is attached to
 * it. The newest incidents are kept in memory too: their files are written anew with each step, also with those that come
 * after the end. Bounded in number and size, the oldest go first. Thread-safe; never throws.
 */
public final class IncidentFolders {

    /** Name of the attached recording. */
    public static final String RECORDING = "recording.jfr";

    static final int IN_MEMORY = 50;
    /** Longest attached text, characters; a dump of ten thousand threads is longer. */
    static final int LONGEST_TEXT = 8 << 20;
    private static final String PREFIX = "incident-";
    private static final String MARKDOWN = "incident.md";
    private static final String JSON = "incident.json";

    private final Map<String, Incident> newest = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Incident> eldest) {
            return size() > IN_MEMORY;
        }
    };
    private final Path home;
    private final int maxFolders;
    private final long maxBytes;
    private final Consumer<String> warnings;
    private volatile boolean failing;

    private IncidentFolders(Path home, int maxFolders, long maxBytes, Consumer<String> warnings) {
        this.home = home;
        this.maxFolders = maxFolders;
        this.maxBytes = maxBytes;
        this.warnings = warnings;
    }

    /**
     * @param home folder of this JVM
     * @param maxBytes of all incident folders together
     * @param warnings gets one sentence when they cannot be written, and one more each time they could be in between
     */
    public static IncidentFolders in(Path home, int maxFolders, long maxBytes, Consumer<String> warnings) {
        return new IncidentFolders(home, maxFolders, maxBytes, warnings);
    }

    /** Keeps incidents in memory only. */
    public static IncidentFolders none() {
        return new IncidentFolders(null, 0, 0, sentence -> {
        });
    }

    /** Remembers the incident and rewrites its files. Returns whether they are written. */
    public synchronized boolean write(Incident incident) {
        newest.put(incident.id(), incident);
        return inFolder(incident.id(), folder -> writeTexts(folder, incident));
    }

    /** Attaches a text; one that is too long is cut. Returns whether it is written. */
    public boolean attach(String id, String name, String text) {
        String kept = text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "\n(cut)\n";
        return attach(id, name, file -> Files.writeString(file, Redactor.redact(kept)));
    }

    /**
     * Attaches a file that somebody else writes, such as a dump of the recording. However long that takes, it keeps
     * nobody else from writing: the engine must not wait for a dump that hangs.
     *
     * @return whether it is written; false too when it alone is larger than all incidents may be together
     */
    public boolean attach(String id, String name, AtomicFiles.Content content) {
        return inFolder(id, folder -> {
            Path file = folder.resolve(name);
            AtomicFiles.write(file, content);
            if (Files.size(file) > maxBytes) {
                Files.delete(file);
                throw new IOException(name + " is larger than all incidents may be together");
            }
            refresh(id, folder);
        });
    }

    /** The incident, while it is among the newest. */
    public synchronized Optional<Incident> find(String id) {
        return Optional.ofNullable(newest.get(id));
    }

    /** Folder of an incident; empty when nothing is written. */
    public Optional<Path> folderOf(String id) {
        return home == null || !IncidentIds.isId(id) ? Optional.empty()
                : Optional.of(folder(id)).filter(Files::isDirectory);
    }

    @FunctionalInterface
    private interface Writing {
        void in(Path folder) throws IOException;
    }

    private boolean inFolder(String id, Writing writing) {
        if (home == null) {
            return false;
        }
        try {
            Path folder = folder(id);
            Files.createDirectories(folder);
            writing.in(folder);
            removeSurplus(folder);
            failing = false;
            return true;
        } catch (AtomicFiles.NoContentException e) {
            return false;
        } catch (IOException | RuntimeException e) {
            if (!failing) {
                failing = true;
                warnings.accept("incident " + id + " cannot be written to " + home + " (" + e
                        + "), it is kept in memory; free the disk or set " + Options.DIRECTORY.key());
            }
            return false;
        }
    }

    private synchronized void refresh(String id, Path folder) throws IOException {
        Incident incident = newest.get(id);
        if (incident != null) {
            writeTexts(folder, incident);
        }
    }

    private static void writeTexts(Path folder, Incident incident) throws IOException {
        write(folder.resolve(MARKDOWN), IncidentText.markdown(incident, attached(folder)));
        write(folder.resolve(JSON), IncidentText.jsonText(incident));
    }

    private static void write(Path file, String text) throws IOException {
        AtomicFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    private Path folder(String id) {
        return home.resolve(PREFIX + id);
    }

    private static List<String> attached(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(MARKDOWN) && !name.equals(JSON) && !name.endsWith(".tmp"))
                    .sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private synchronized void removeSurplus(Path current) throws IOException {
        Map<Path, Long> sizes = new LinkedHashMap<>();
        try (Stream<Path> folders = Files.list(home)) {
            for (Path folder : folders.filter(IncidentFolders::isIncident).sorted().toList()) {
                sizes.put(folder, size(folder));
            }
        }
        long bytes = sizes.values().stream().mapToLong(Long::longValue).sum();
        int folders = sizes.size();
        for (Map.Entry<Path, Long> oldest : sizes.entrySet()) {
            if (folders <= maxFolders && bytes <= maxBytes) {
                return;
            }
            if (!oldest.getKey().equals(current)) {
                HomeFolder.remove(oldest.getKey());
                folders--;
                bytes -= oldest.getValue();
            }
        }
    }

    private static boolean isIncident(Path path) {
        String name = path.getFileName().toString();
        return name.startsWith(PREFIX) && IncidentIds.isId(name.substring(PREFIX.length()))
                && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static long size(Path folder) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
        } catch (NoSuchFileException e) {
            // Somebody tidies up by hand.
        }
        return bytes;
    }
}
