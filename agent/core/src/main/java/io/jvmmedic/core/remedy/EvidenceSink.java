package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.Diagnosis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Where evidence is kept: with the incident that is open on what was diagnosed. Called on disposable threads. */
public interface EvidenceSink {

    /**
     * Keeps a text.
     *
     * @param fileName plain name without folder, {@code threads.txt}; an older one of the same incident is replaced
     * @return the file written
     */
    Path text(Diagnosis about, String fileName, String text) throws IOException;

    /** Keeps what the black box held at the fault, within a few seconds; returns the file written. */
    Path recording(Diagnosis about) throws IOException;

    /** Why there is no black box; empty when there is one. One sentence without the resource. */
    Optional<String> noRecording();
}
