package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A remedy and what came of it. Public schema: a field is added, never renamed. */
@Name("jvmmedic.Remediation")
@Label("Remediation")
@Description("A remedy and what came of it")
@Category({"JVM Medic", "Decisions"})
@StackTrace(false)
public final class Remediation extends Event {

    @Label("Incident")
    @Description("Ties all rows of one incident together and names its folder")
    public String incidentId;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Remedy")
    @Description("What was done")
    public String remedy;

    @Label("Risk")
    @Description("NONE, GENTLE, FORCEFUL or DRASTIC")
    public String risk;

    @Label("Confidence")
    @Description("HINT, SUSPECTED or CERTAIN")
    public String confidence;

    @Label("Proof")
    @Description("Why it was done")
    public String proof;

    @Label("Claim")
    @Description("The effect stated before the act")
    public String claim;

    @Label("Outcome")
    @Description("HEALED, INEFFECTIVE, FAILED, STUCK, GIVEN_UP, RETRACTED or RESTARTING")
    public String outcome;

    @Label("Before")
    @Description("State before the act")
    public String before;

    @Label("After")
    @Description("State after the act")
    public String after;

    @Label("Undo")
    @Description("How it is given back, or why there is nothing to give back")
    public String undo;
}
