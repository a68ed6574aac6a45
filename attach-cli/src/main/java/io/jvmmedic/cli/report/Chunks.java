package io.jvmmedic.cli.report;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/**
 * A recording file, made readable to its end: it consists of chunks, and the last one is not finished when its JVM was
 * killed or still runs, or when the file was cut off.
 *
 * <p>The JDK's reader waits for ever for the rest of an unfinished chunk (17 and 25; {@code RecordingFile} of 25 refuses
 * it), and reads nothing of one that is cut off. Both are cured in a copy: the events are walked by their sizes up to the
 * last whole one, and the header is made to say that the chunk ends there, with the last metadata and the last constant
 * pool that were written in time. While anybody streams, as the agent does, both are written each second.
 */
final class Chunks implements AutoCloseable {

    private static final int MAGIC = 0x464c5200; // FLR, zero
    private static final int HEADER_BYTES = 68;
    private static final int SIZE_AT = 8;
    private static final int CONSTANT_POOL_AT = 16;
    private static final int METADATA_AT = 24;
    private static final int START_NANOS_AT = 32;
    private static final int DURATION_NANOS_AT = 40;
    private static final int STATE_AT = 64;
    private static final int FLAGS_AT = 67;
    private static final int COMPRESSED_INTS = 1;
    private static final int FINISHED = 0;
    private static final long METADATA_TYPE = 0;
    private static final long CONSTANT_POOL_TYPE = 1;
    private static final int LONGEST_VARINT = 9;

    private final Path file;
    private final Path copy;
    private final Story.Span span;
    private final String flaw;
    private final boolean cutOff;

    private Chunks(Path file, Path copy, Story.Span span, String flaw, boolean cutOff) {
        this.file = file;
        this.copy = copy;
        this.span = span;
        this.flaw = flaw;
        this.cutOff = cutOff;
    }

    /** Not a recording, or nothing of it can be read; the message ends a sentence that begins with the file. */
    static final class Unreadable extends IOException {

        private static final long serialVersionUID = 1;

        private Unreadable(String message) {
            super(message);
        }
    }

    /** Whether it begins as a recording does. */
    static boolean isRecording(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            return in.readInt() == MAGIC;
        } catch (EOFException e) {
            return false;
        }
    }

    static Chunks open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            // Taken once: the file of a running JVM grows meanwhile.
            long length = channel.size();
            if (length == 0) {
                throw new Unreadable("is empty; the JVM was killed before anything was recorded");
            }
            Story.Span span = null;
            long at = 0;
            while (at < length) {
                ByteBuffer header = header(channel, at, length);
                if (header == null) {
                    if (at == 0) {
                        throw new Unreadable(length < HEADER_BYTES ? "is cut off within its first bytes" : "is not a flight recording");
                    }
                    return new Chunks(file, copy(channel, at), span, "is cut off at the start of a chunk", true);
                }
                span = Story.Span.join(span, span(header));
                long size = header.getLong(SIZE_AT);
                boolean finished = header.get(STATE_AT) == FINISHED && size >= HEADER_BYTES;
                if (finished && size <= length - at) {
                    at += size;
                } else {
                    return mended(file, channel, at, length, finished, span);
                }
            }
            return new Chunks(file, null, span, "", false);
        }
    }

    /** The file to read: the original, or a copy that ends well. */
    Path readable() {
        return copy == null ? file : copy;
    }

    /** From the start of the first chunk to the end of the last. */
    Story.Span span() {
        return span;
    }

    /** What is wrong with it, after "file "; empty when nothing is. */
    String flaw() {
        return flaw;
    }

    /** Part of it is missing that once was written. */
    boolean cutOff() {
        return cutOff;
    }

    @Override
    public void close() throws IOException {
        if (copy != null) {
            Files.deleteIfExists(copy);
        }
    }

    private static Chunks mended(Path file, FileChannel channel, long at, long length, boolean finished, Story.Span span)
            throws IOException {
        Walk walk = walk(channel, at, length);
        if (walk.metadata == 0 || walk.constantPool == 0) {
            if (at == 0) {
                throw new Unreadable(finished ? "is cut off before anything in it can be read"
                        : "was not finished, and ends before anything in it can be read");
            }
            return new Chunks(file, copy(channel, at), span, "is cut off; its last chunk is lost", true);
        }
        Path copy = copy(channel, at + walk.end);
        try (FileChannel out = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            put(out, at + SIZE_AT, walk.end);
            put(out, at + CONSTANT_POOL_AT, walk.constantPool);
            put(out, at + METADATA_AT, walk.metadata);
            out.write(ByteBuffer.wrap(new byte[] {FINISHED}), at + STATE_AT);
        } catch (IOException e) {
            Files.deleteIfExists(copy);
            throw e;
        }
        return new Chunks(file, copy, span, finished ? "is cut off; it was read up to there"
                : "was not finished: its JVM was killed or still runs, the last second may be missing", finished);
    }

    private static ByteBuffer header(FileChannel channel, long at, long length) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        if (length - at < HEADER_BYTES || channel.read(header, at) < HEADER_BYTES || header.getInt(0) != MAGIC) {
            return null;
        }
        return header;
    }

    private static Story.Span span(ByteBuffer header) {
        Instant from = Instant.ofEpochSecond(0, header.getLong(START_NANOS_AT));
        return new Story.Span(from, from.plusNanos(Math.max(0, header.getLong(DURATION_NANOS_AT))));
    }

    /** Offsets within the chunk; 0 for what was not met. */
    private static final class Walk {
        private long end = HEADER_BYTES;
        private long metadata;
        private long constantPool;
    }

    private static Walk walk(FileChannel channel, long at, long length) throws IOException {
        Walk walk = new Walk();
        ByteBuffer flags = ByteBuffer.allocate(1);
        channel.read(flags, at + FLAGS_AT);
        if ((flags.get(0) & COMPRESSED_INTS) == 0) {
            // A debugging option of the JVM that nobody uses; the walk would take the numbers apart wrongly.
            return walk;
        }
        channel.position(at + HEADER_BYTES);
        DataInputStream in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), 1 << 16));
        long left = length - at - HEADER_BYTES;
        while (left > 2 * LONGEST_VARINT) {
            long[] number = new long[2];
            int sizeBytes = varint(in, number, 0);
            int typeBytes = varint(in, number, 1);
            long size = number[0];
            if (size < sizeBytes + typeBytes || size > left) {
                return walk;
            }
            if (number[1] == METADATA_TYPE) {
                walk.metadata = walk.end;
            } else if (number[1] == CONSTANT_POOL_TYPE) {
                walk.constantPool = walk.end;
            }
            in.skipNBytes(size - sizeBytes - typeBytes);
            walk.end += size;
            left -= size;
        }
        return walk;
    }

    /** Seven bits a byte, lowest first; the ninth byte has eight. Returns the number of bytes. */
    private static int varint(DataInputStream in, long[] result, int index) throws IOException {
        long value = 0;
        for (int i = 0; i < LONGEST_VARINT; i++) {
            int next = in.readUnsignedByte();
            if (i == LONGEST_VARINT - 1) {
                value |= (long) next << 7 * i;
            } else {
                value |= (long) (next & 0x7f) << 7 * i;
                if (next < 0x80) {
                    result[index] = value;
                    return i + 1;
                }
            }
        }
        result[index] = value;
        return LONGEST_VARINT;
    }

    private static void put(FileChannel out, long at, long value) throws IOException {
        out.write(ByteBuffer.allocate(Long.BYTES).putLong(0, value), at);
    }

    private static Path copy(FileChannel channel, long bytes) throws IOException {
        Path copy = Files.createTempFile("jvm-medic-report", ".jfr");
        try (FileChannel out = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            long done = 0;
            while (done < bytes) {
                long now = channel.transferTo(done, bytes - done, out);
                if (now <= 0) {
                    throw new IOException("it became shorter while it was read");
                }
                done += now;
            }
            return copy;
        } catch (IOException e) {
            Files.deleteIfExists(copy);
            throw e;
        }
    }
}
