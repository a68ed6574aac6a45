package io.jvmmedic.it.harness;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * One file of a Flight Recorder repository. The last one of a killed JVM says in its header that it is still being
 * written: {@code RecordingFile} refuses it, and {@code EventStream.openFile} of JDK 17 reads all of it and then waits
 * for ever for the next flush.
 */
final class Chunk {

    /** Offset of the number of bytes that the last flush has completed. */
    private static final int SIZE_AT = 8;
    /** Offset of the state: 0 when finished. */
    private static final int STATE_AT = 64;

    private Chunk() {
    }

    /** The file itself when it is finished, else a copy beside it that ends where the last flush did. */
    static Path finished(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length <= STATE_AT || bytes[STATE_AT] == 0) {
            return file;
        }
        int size = Math.toIntExact(ByteBuffer.wrap(bytes).getLong(SIZE_AT));
        bytes[STATE_AT] = 0;
        return Files.write(file.resolveSibling(file.getFileName() + ".finished"), Arrays.copyOf(bytes, size));
    }
}
