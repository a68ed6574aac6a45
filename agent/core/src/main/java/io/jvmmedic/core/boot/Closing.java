package io.jvmmedic.core.boot;

import io.jvmmedic.core.audit.Chronicle;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Outcome;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Verdict;
import io.jvmmedic.core.policy.ShadowBook;
import java.util.function.Consumer;

/** Passes everything on, and lets the recording of an incident be dumped once more at its end, repair included. */
final class Closing implements Chronicle {

    private final Chronicle next;
    private final Consumer<String> atEnd;

    /** @param atEnd gets the incident's id; must not block */
    Closing(Chronicle next, Consumer<String> atEnd) {
        this.next = next;
        this.atEnd = atEnd;
    }

    @Override
    public String opened(Diagnosis diagnosis) {
        return next.opened(diagnosis);
    }

    @Override
    public void renewed(String incident, Diagnosis diagnosis) {
        next.renewed(incident, diagnosis);
    }

    @Override
    public void decided(String incident, Plan plan, Verdict verdict) {
        next.decided(incident, plan, verdict);
    }

    @Override
    public void impossible(String incident, ResourceId resource, String remedy, String reason) {
        next.impossible(incident, resource, remedy, reason);
    }

    @Override
    public Object begins(String incident, Plan plan) {
        return next.begins(incident, plan);
    }

    @Override
    public void ended(String incident, Object begun, Plan plan, Outcome outcome, String before, String after,
            String problem) {
        next.ended(incident, begun, plan, outcome, before, after, problem);
    }

    @Override
    public void undone(String incident, ResourceId resource, String remedy, String loan, String outcome, String reason) {
        next.undone(incident, resource, remedy, loan, outcome, reason);
    }

    @Override
    public void scored(ShadowBook.Scored scored) {
        next.scored(scored);
    }

    @Override
    public void closed(String incident, Diagnosis diagnosis, String how, long lastedMillis) {
        next.closed(incident, diagnosis, how, lastedMillis);
        atEnd.accept(incident);
    }
}
