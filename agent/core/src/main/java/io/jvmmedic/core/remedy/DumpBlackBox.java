package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Risk;

/** Keeps the recording of the time before the fault. */
public final class DumpBlackBox implements Remedy {

    public static final String NAME = "dump-black-box";

    private final EvidenceSink sink;

    public DumpBlackBox(EvidenceSink sink) {
        this.sink = sink;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Risk risk() {
        return Risk.NONE;
    }

    @Override
    public Preparation prepare(Diagnosis diagnosis) {
        return sink.noRecording()
                .<Preparation>map(why -> new Preparation.Impossible(diagnosis.resource() + ": " + why))
                .orElseGet(() -> Dump.ready(this, diagnosis, "the flight recording of the last minutes",
                        () -> sink.recording(diagnosis)));
    }
}
