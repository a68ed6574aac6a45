package io.jvmmedic.core.boot;

import io.jvmmedic.core.audit.IncidentFolders;
import io.jvmmedic.core.util.AtomicFiles;
import io.jvmmedic.core.util.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The recordings in the folders of incidents. One dump serves all incidents for which it is new enough, as a link: when ten
 * pools break at once, their repairs would otherwise queue behind ten dumps of the same ten minutes. Thread-safe; whoever
 * asks while a dump is being written waits for it.
 */
final class Recordings {

    /** How old a dump may be that is to show the time before a fault. */
    static final long RECENT_MILLIS = 5_000;

    /** @param begunAt it tells everything up to then */
    private record Taken(Path file, long begunAt) {
    }

    private final IncidentFolders folders;
    private final AtomicFiles.Content dump;
    private final Clock clock;
    private Taken latest;

    /** @param dump writes what is recorded now */
    Recordings(IncidentFolders folders, AtomicFiles.Content dump, Clock clock) {
        this.folders = folders;
        this.dump = dump;
        this.clock = clock;
    }

    /** Keeps the time before the fault, up to a few seconds ago; returns whether it is written. */
    boolean keepPast(String incident) {
        return keep(incident, clock.monotonicMillis() - RECENT_MILLIS);
    }

    /** Keeps everything up to now, in place of what was kept before; returns whether it is written. */
    boolean keepAll(String incident) {
        return keep(incident, clock.monotonicMillis());
    }

    private synchronized boolean keep(String incident, long since) {
        Taken known = latest != null && latest.begunAt() >= since ? latest : null;
        AtomicLong begunAt = new AtomicLong(known == null ? 0 : known.begunAt());
        boolean written = folders.attach(incident, IncidentFolders.RECORDING, file -> {
            if (known == null || !isLinked(file, known.file())) {
                begunAt.set(clock.monotonicMillis());
                dump.writeTo(file);
            }
        });
        Optional<Path> folder = folders.folderOf(incident);
        if (written && folder.isPresent()) {
            latest = new Taken(folder.get().resolve(IncidentFolders.RECORDING), begunAt.get());
        }
        return written;
    }

    private static boolean isLinked(Path file, Path to) {
        try {
            Files.createLink(file, to);
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            // Tidied up meanwhile, or a file system without links.
            return false;
        }
    }
}
