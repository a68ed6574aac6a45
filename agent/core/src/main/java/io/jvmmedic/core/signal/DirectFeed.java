package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.Signal;
import java.nio.file.Path;

/** Signals straight to the detectors, where Flight Recorder is missing, refused or switched off. Nothing is recorded. */
final class DirectFeed implements Feed {

    private final SignalSink target;
    private final String reason;

    DirectFeed(SignalSink target, String reason) {
        this.target = target;
        this.reason = reason;
    }

    @Override
    public void accept(Signal signal) {
        target.accept(signal);
    }

    @Override
    public boolean isAlive() {
        return true;
    }

    @Override
    public long delayMillis() {
        return 0;
    }

    @Override
    public String describe() {
        return "degraded: " + reason;
    }

    @Override
    public boolean isRecording() {
        return false;
    }

    @Override
    public boolean dump(Path file) {
        return false;
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
