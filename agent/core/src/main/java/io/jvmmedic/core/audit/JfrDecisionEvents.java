package io.jvmmedic.core.audit;

import io.jvmmedic.bootstrap.event.Decision;
import io.jvmmedic.bootstrap.event.Finding;
import io.jvmmedic.bootstrap.event.Remediation;
import io.jvmmedic.bootstrap.event.ShadowScore;
import io.jvmmedic.bootstrap.event.Undo;
import io.jvmmedic.bootstrap.event.Verification;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Mode;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Verdict;
import io.jvmmedic.core.policy.ShadowBook;

/** The one class of the audit that names event classes, so that a JVM without {@code jdk.jfr} never loads them. */
final class JfrDecisionEvents implements DecisionEvents {

    @Override
    public void finding(String incident, Diagnosis diagnosis) {
        io.jvmmedic.core.model.Finding finding = diagnosis.primary();
        Finding event = new Finding();
        event.incidentId = incident;
        event.resource = finding.resource().toString();
        event.detector = finding.detector();
        event.fault = finding.fault().name();
        event.confidence = finding.confidence().name();
        event.summary = Redactor.redact(finding.summary());
        event.proof = Redactor.redact(finding.evidence().proof());
        event.cause = Redactor.redact(finding.cause());
        event.victims = Redactor.redact(finding.victims());
        event.advice = Redactor.redact(finding.advice());
        event.waitForGraph = Redactor.redact(diagnosis.waitForGraph());
        event.commit();
    }

    @Override
    public void decision(String incident, Plan plan, Verdict verdict, Mode mode) {
        Decision event = new Decision();
        event.incidentId = incident;
        event.resource = plan.resource().toString();
        event.remedy = plan.remedy();
        event.risk = plan.risk().name();
        event.verdict = verdict.decision().name();
        event.gate = verdict.gate();
        event.reason = Redactor.redact(verdict.reason());
        event.mode = mode.toString();
        event.commit();
    }

    @Override
    public Running begin(String incident, Plan plan) {
        Remediation event = new Remediation();
        event.incidentId = incident;
        event.resource = plan.resource().toString();
        event.remedy = plan.remedy();
        event.risk = plan.risk().name();
        event.confidence = plan.confidence().name();
        event.proof = Redactor.redact(plan.proof());
        event.claim = Redactor.redact(plan.claim().text());
        event.undo = Redactor.redact(plan.undo());
        event.begin();
        return (outcome, before, after) -> {
            event.outcome = outcome.name();
            event.before = Redactor.redact(before);
            event.after = Redactor.redact(after);
            event.commit();
        };
    }

    @Override
    public void verification(String incident, Plan plan, String observed, boolean held) {
        Verification event = new Verification();
        event.incidentId = incident;
        event.resource = plan.resource().toString();
        event.remedy = plan.remedy();
        event.claim = Redactor.redact(plan.claim().text());
        event.observed = Redactor.redact(observed);
        event.held = held;
        event.commit();
    }

    @Override
    public void undo(String incident, ResourceId resource, String remedy, String loan, String outcome, String reason) {
        Undo event = new Undo();
        event.incidentId = incident;
        event.resource = resource.toString();
        event.remedy = remedy;
        event.loan = Redactor.redact(loan);
        event.outcome = outcome;
        event.reason = Redactor.redact(reason);
        event.commit();
    }

    @Override
    public void shadowScore(ShadowBook.Scored scored) {
        ShadowScore event = new ShadowScore();
        event.incidentId = scored.incidentId();
        event.resource = scored.plan().resource().toString();
        event.remedy = scored.plan().remedy();
        event.score = scored.judgement().score().name();
        event.reason = Redactor.redact(scored.judgement().reason());
        event.commit();
    }
}
