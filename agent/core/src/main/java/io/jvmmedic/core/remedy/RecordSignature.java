package io.jvmmedic.core.remedy;

import io.jvmmedic.core.detect.LockDeadlockDetector;
import io.jvmmedic.core.instrument.immunity.Immunity;
import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.Risk;
import java.time.Duration;
import java.util.Optional;

/**
 * Keeps what a deadlock can be known by when it comes again, before anything is done about it. Where gates are enabled it is
 * prevented from then on.
 */
public final class RecordSignature implements Remedy {

    public static final String NAME = "record-signature";
    private static final Duration WITHIN = Duration.ofSeconds(2);

    private final Immunity immunity;

    public RecordSignature(Immunity immunity) {
        this.immunity = immunity;
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
        Finding finding = diagnosis.primary();
        if (finding.confidence() != Confidence.CERTAIN) {
            return new Preparation.Impossible(diagnosis.resource() + ": only a deadlock that is certain leaves a signature");
        }
        if (finding.evidence().measure(LockDeadlockDetector.TASKS) + finding.evidence().measure(LockDeadlockDetector.JOINS) > 0) {
            return new Preparation.Impossible(diagnosis.resource() + ": a cycle through a task or the end of a thread leaves no"
                    + " signature, for no order of locks would prevent it");
        }
        if (finding.evidence().threads().size() < 2) {
            return new Preparation.Impossible(diagnosis.resource() + ": a thread that waits for what it holds itself leaves no"
                    + " signature, for no order of locks would prevent it");
        }
        if (finding.evidence().threads().stream().anyMatch(id -> id < 0)) {
            return new Preparation.Impossible(diagnosis.resource() + ": where a virtual thread took its locks is not told by the"
                    + " JVM, so it leaves no signature");
        }
        Claim claim = new Claim("the places at which its threads took their locks are in the file of signatures", WITHIN);
        return new Preparation.Ready(new Plan(diagnosis.resource(), NAME, risk(), finding.confidence(),
                finding.evidence().proof(), claim, "none: the threads are looked at only"), new Recording(finding));
    }

    private final class Recording implements Action {

        private final Finding finding;
        private volatile String recorded = "";

        private Recording(Finding finding) {
            this.finding = finding;
        }

        @Override
        public Optional<String> noLongerNeeded() {
            return Optional.empty();
        }

        @Override
        public String observe() {
            return recorded.isEmpty() ? "signature=none" : recorded;
        }

        @Override
        public void apply() throws Exception {
            recorded = immunity.record(finding.evidence().threads());
        }

        @Override
        public boolean claimHolds() {
            return !recorded.isEmpty();
        }
    }
}
