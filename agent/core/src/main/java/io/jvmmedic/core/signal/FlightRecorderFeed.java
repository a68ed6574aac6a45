package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.AtomicFiles;
import io.jvmmedic.core.util.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Signals by way of Flight Recorder: committed as events, read back by the stream. The only class that others name. */
final class FlightRecorderFeed implements Feed {

    /** The stream flushes each second; silent for this long while we commit, it is dead. */
    private static final long DEAD_AFTER_MILLIS = 10_000;

    private final JfrEvents events;
    private final FlightStream stream;
    private final BlackBox blackBox;

    FlightRecorderFeed(SignalSink target, Clock clock, Duration blackBoxAge, long blackBoxBytes)
            throws ReflectiveOperationException {
        events = new JfrEvents();
        blackBox = new BlackBox(blackBoxAge, blackBoxBytes);
        stream = new FlightStream(target, clock);
        stream.start();
    }

    @Override
    public void accept(Signal signal) {
        events.accept(signal);
    }

    @Override
    public boolean isAlive() {
        return stream.silenceMillis() < DEAD_AFTER_MILLIS;
    }

    @Override
    public long delayMillis() {
        return stream.delayMillis();
    }

    @Override
    public String describe() {
        return "streaming";
    }

    /** Flight Recorder ends before the agent does: a dump would fail then, with lines of its own on the host's stdout. */
    @Override
    public boolean isRecording() {
        return blackBox.isRunning();
    }

    @Override
    public boolean dump(Path file) throws IOException {
        try {
            blackBox.dump(file);
            return true;
        } catch (IOException | IllegalStateException e) {
            if (isRecording()) {
                throw e;
            }
            throw new AtomicFiles.NoContentException("Flight Recorder has ended with the JVM", e);
        }
    }

    @Override
    public void close() {
        stream.close();
        blackBox.close();
    }
}
