package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** What the policy decided about a planned remedy. Public schema: a field is added, never renamed. */
@Name("jvmmedic.Decision")
@Label("Decision")
@Description("What the policy decided about a planned remedy")
@Category({"JVM Medic", "Decisions"})
@StackTrace(false)
public final class Decision extends Event {

    @Label("Incident")
    @Description("Ties all rows of one incident together and names its folder")
    public String incidentId;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Remedy")
    @Description("Planned remedy")
    public String remedy;

    @Label("Risk")
    @Description("NONE, GENTLE, FORCEFUL or DRASTIC")
    public String risk;

    @Label("Verdict")
    @Description("ALLOWED, REFUSED or SHADOWED")
    public String verdict;

    @Label("Gate")
    @Description("First gate that refused; empty if allowed")
    public String gate;

    @Label("Reason")
    @Description("Why")
    public String reason;

    @Label("Mode")
    @Description("off, observe or heal")
    public String mode;
}
