package io.jvmmedic.core.signal;

import java.io.IOException;
import java.nio.file.Path;

/** The way of a signal from the sampler to the detectors. */
interface Feed extends SignalSink {

    /** False when signals go in and do not come out any more. */
    boolean isAlive();

    /** How long the last round took from the sampler to the detectors, ms. */
    long delayMillis();

    /** For the status: {@code streaming}, or {@code degraded: why}. */
    String describe();

    /** Whether there is a black box, and it is running. */
    boolean isRecording();

    /** Writes the black box to a file; false when there is none. */
    boolean dump(Path file) throws IOException;

    void close();
}
