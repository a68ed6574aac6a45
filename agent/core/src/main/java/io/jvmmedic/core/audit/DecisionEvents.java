package io.jvmmedic.core.audit;

import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Mode;
import io.jvmmedic.core.model.Outcome;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Verdict;
import io.jvmmedic.core.policy.ShadowBook;

/**
 * The {@code jvmmedic.*} events that tell what was believed, decided and done. Never to be called on the stream's thread:
 * what is committed in its callback reaches no recording.
 */
interface DecisionEvents {

    /** An act under way. */
    interface Running {
        /** Commits the duration event. */
        void end(Outcome outcome, String before, String after);
    }

    /** An act that no event tells of. */
    Running NOT_RUNNING = (outcome, before, after) -> {
    };

    void finding(String incident, Diagnosis diagnosis);

    void decision(String incident, Plan plan, Verdict verdict, Mode mode);

    /** Starts the duration event of an act. */
    Running begin(String incident, Plan plan);

    void verification(String incident, Plan plan, String observed, boolean held);

    void undo(String incident, ResourceId resource, String remedy, String loan, String outcome, String reason);

    void shadowScore(ShadowBook.Scored scored);

    /** @param flightRecorder false where {@code jdk.jfr} is absent or not wanted; no event class is then loaded */
    static DecisionEvents of(boolean flightRecorder) {
        return flightRecorder ? new JfrDecisionEvents() : new NoDecisionEvents();
    }
}
