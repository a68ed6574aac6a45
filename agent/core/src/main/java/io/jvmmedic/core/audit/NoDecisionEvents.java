package io.jvmmedic.core.audit;

import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Mode;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Verdict;
import io.jvmmedic.core.policy.ShadowBook;

/** Tells nobody; for a JVM without Flight Recorder, where the journal carries the same story. */
final class NoDecisionEvents implements DecisionEvents {

    @Override
    public void finding(String incident, Diagnosis diagnosis) {
    }

    @Override
    public void decision(String incident, Plan plan, Verdict verdict, Mode mode) {
    }

    @Override
    public Running begin(String incident, Plan plan) {
        return NOT_RUNNING;
    }

    @Override
    public void verification(String incident, Plan plan, String observed, boolean held) {
    }

    @Override
    public void undo(String incident, ResourceId resource, String remedy, String loan, String outcome, String reason) {
    }

    @Override
    public void shadowScore(ShadowBook.Scored scored) {
    }
}
