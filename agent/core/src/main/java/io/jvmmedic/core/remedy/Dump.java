package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The act of every remedy that only collects: write a file, claim that it exists. */
final class Dump implements Action {

    private static final Duration WITHIN = Duration.ofSeconds(2);

    /** Collects and writes; returns the file. */
    interface Writer {
        Path write() throws IOException;
    }

    private final Writer writer;
    private volatile Path written;

    private Dump(Writer writer) {
        this.writer = writer;
    }

    /** @param what {@code stacks of 12 threads} */
    static Preparation ready(Remedy remedy, Diagnosis diagnosis, String what, Writer writer) {
        Plan plan = new Plan(diagnosis.resource(), remedy.name(), remedy.risk(), diagnosis.primary().confidence(),
                diagnosis.primary().evidence().proof(),
                new Claim("a file with " + what + " exists and is not empty", WITHIN),
                "none: nothing of the application is changed");
        return new Preparation.Ready(plan, new Dump(writer));
    }

    /** Evidence of a fault that has just gone is evidence all the same. */
    @Override
    public Optional<String> noLongerNeeded() {
        return Optional.empty();
    }

    @Override
    public String observe() {
        Path file = written;
        return file == null ? "file=none" : "file=" + file.getFileName() + " bytes=" + size(file);
    }

    @Override
    public void apply() throws IOException {
        written = writer.write();
    }

    @Override
    public boolean claimHolds() {
        Path file = written;
        return file != null && size(file) > 0;
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }
}
