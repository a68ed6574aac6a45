package io.jvmmedic.core.remedy;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Optional;

/**
 * The file whose existence says: send nothing more here. A readiness probe looks for it. It outlives the process where
 * its folder does, so {@link #removeStale} belongs at the start of the agent; else the restarted service never gets ready.
 */
public final class ReadinessFile {

    /** How the text of each such file begins; a file that begins otherwise is not ours and is left alone. */
    static final String MARK = "JVM Medic: ";

    private final Path file;

    private ReadinessFile(Path file) {
        this.file = file;
    }

    /** Empty when none is configured. */
    static Optional<ReadinessFile> of(MedicConfig config) {
        String path = config.get(Options.RESTART_READINESS_FILE);
        return path.isEmpty() ? Optional.empty() : Optional.of(new ReadinessFile(Path.of(path).toAbsolutePath()));
    }

    /**
     * Removes the file that a restart of an earlier process left behind.
     *
     * @return whether there was one
     */
    public static boolean removeStale(MedicConfig config) throws IOException {
        Optional<ReadinessFile> ours = of(config);
        return ours.isPresent() && ours.get().remove();
    }

    /** Why it cannot be created; empty when it can as far as one can see. */
    Optional<String> problem() {
        Path folder = file.getParent();
        if (!Files.isDirectory(folder)) {
            return Optional.of(Options.RESTART_READINESS_FILE.key() + "=" + file + ": the folder does not exist");
        }
        return Files.isWritable(folder) ? Optional.empty()
                : Optional.of(Options.RESTART_READINESS_FILE.key() + "=" + file + ": the folder is not writable");
    }

    /** Appears with its whole text or not at all. */
    void create(String reason) throws IOException {
        Path draft = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".tmp");
        try {
            Files.writeString(draft, MARK + reason + System.lineSeparator());
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    boolean remove() throws IOException {
        return isOurs() && Files.deleteIfExists(file);
    }

    private boolean isOurs() throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        byte[] mark = MARK.getBytes(StandardCharsets.UTF_8);
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(mark.length), mark);
        }
    }
}
