package io.jvmmedic.core.util;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Files that are there as a whole or not at all: a reader, or the next run after a crash of the JVM, never sees half of
 * one. They are not forced to the disk itself: the caller may be the engine, and the disk may be what is ill.
 */
public final class AtomicFiles {

    /** Writes a file's content. */
    @FunctionalInterface
    public interface Content {
        void writeTo(Path file) throws IOException;
    }

    /** The content is not to be had any more, which is no fault of the file's place. */
    public static final class NoContentException extends IOException {
        private static final long serialVersionUID = 1L;

        public NoContentException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private AtomicFiles() {
    }

    /** Replaces {@code file}; its old content stays if this throws. */
    public static void write(Path file, byte[] bytes) throws IOException {
        write(file, unfinished -> Files.write(unfinished, bytes));
    }

    /** The same for content that comes from elsewhere. */
    public static void write(Path file, Content content) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        try {
            content.writeTo(unfinished);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }
}
