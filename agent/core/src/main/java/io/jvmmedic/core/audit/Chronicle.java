package io.jvmmedic.core.audit;

import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Outcome;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Verdict;
import io.jvmmedic.core.policy.ShadowBook;

/** Everything the loop has to tell: to the recording, the journal, the incident folder and the log. Called by the engine. */
public interface Chronicle {

    /** A case opens; returns the id of its incident. */
    String opened(Diagnosis diagnosis);

    /** The case goes on with a better founded or wider diagnosis. */
    void renewed(String incident, Diagnosis diagnosis);

    void decided(String incident, Plan plan, Verdict verdict);

    /** A remedy cannot be done here, or nothing is left to do. */
    void impossible(String incident, ResourceId resource, String remedy, String reason);

    /** Called before the act; the journal has it before anything happens. Returns what {@link #ended} needs. */
    Object begins(String incident, Plan plan);

    void ended(String incident, Object begun, Plan plan, Outcome outcome, String before, String after, String problem);

    void undone(String incident, ResourceId resource, String remedy, String loan, String outcome, String reason);

    void scored(ShadowBook.Scored scored);

    /** The fault is gone. */
    void closed(String incident, Diagnosis diagnosis, String how, long lastedMillis);
}
