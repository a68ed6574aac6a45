package io.jvmmedic.core.boot;

import io.jvmmedic.core.audit.AuditTrail;
import io.jvmmedic.core.audit.IncidentFolders;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.remedy.EvidenceSink;
import io.jvmmedic.core.signal.Signals;
import io.jvmmedic.core.util.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Evidence goes into the folder of the incident that is open on what was diagnosed. */
final class IncidentEvidence implements EvidenceSink {

    private final AuditTrail trail;
    private final IncidentFolders folders;
    private final Signals signals;
    private final Recordings recordings;

    IncidentEvidence(AuditTrail trail, IncidentFolders folders, Signals signals, Clock clock) {
        this.trail = trail;
        this.folders = folders;
        this.signals = signals;
        this.recordings = new Recordings(folders, signals::dump, clock);
    }

    @Override
    public Path text(Diagnosis about, String fileName, String text) throws IOException {
        String incident = incident(about);
        return written(folders.attach(incident, fileName, text), incident, fileName);
    }

    @Override
    public Path recording(Diagnosis about) throws IOException {
        String incident = incident(about);
        return written(recordings.keepPast(incident), incident, IncidentFolders.RECORDING);
    }

    /** Keeps everything up to now, in place of the recording that was kept before the repair. */
    Path wholeRecording(String incident) throws IOException {
        return written(recordings.keepAll(incident), incident, IncidentFolders.RECORDING);
    }

    @Override
    public Optional<String> noRecording() {
        return signals.isRecorded() ? Optional.empty() : Optional.of("nothing is recorded, " + signals.describe());
    }

    private String incident(Diagnosis about) throws IOException {
        return trail.incidentOf(about.resource(), about.primary().fault())
                .orElseThrow(() -> new IOException(about.resource() + ": no incident is open on it any more"));
    }

    private Path written(boolean done, String incident, String fileName) throws IOException {
        Path folder = folders.folderOf(incident).orElse(null);
        if (!done || folder == null) {
            throw new IOException(fileName + " of incident " + incident + " could not be written");
        }
        return folder.resolve(fileName);
    }
}
