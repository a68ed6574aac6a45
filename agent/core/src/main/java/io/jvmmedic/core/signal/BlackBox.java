package io.jvmmedic.core.signal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;

/**
 * Our own bounded recording, dumped for an incident. Holds our events and a few cheap ones of the JDK.
 *
 * <p>When the JVM ends, Flight Recorder stops every recording and removes its files, all under one lock. A dump that waited
 * for that lock meanwhile would look for them, fail, and say so on the host's stdout: so a recording that is stopped, by
 * whomever, is closed at once, under that same lock, and the dump fails quietly.
 */
final class BlackBox implements FlightRecorderListener {

    static final String NAME = "jvm-medic";

    private final Recording recording = new Recording();

    BlackBox(Duration maxAge, long maxBytes) {
        recording.setName(NAME);
        recording.setToDisk(true);
        recording.setMaxAge(maxAge);
        recording.setMaxSize(maxBytes);
        for (String type : JfrEvents.TYPES) {
            recording.enable(JfrEvents.PREFIX + type).withoutStackTrace();
        }
        // Names the JVM in each chunk, for who reads a dump far from it.
        recording.enable("jdk.JVMInformation").with("period", "beginChunk");
        recording.start();
        FlightRecorder.addListener(this);
    }

    @Override
    public void recordingStateChanged(Recording changed) {
        if (changed == recording && changed.getState() == RecordingState.STOPPED) {
            changed.close();
        }
    }

    boolean isRunning() {
        return recording.getState() == RecordingState.RUNNING;
    }

    /** Writes what it holds; contains what was just committed. */
    void dump(Path file) throws IOException {
        recording.dump(file);
    }

    void close() {
        FlightRecorder.removeListener(this);
        recording.close();
    }
}
