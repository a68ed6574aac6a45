package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A look at live state after an act. Public schema: a field is added, never renamed. */
@Name("jvmmedic.Verification")
@Label("Verification")
@Description("A look at live state after an act")
@Category({"JVM Medic", "Decisions"})
@StackTrace(false)
public final class Verification extends Event {

    @Label("Incident")
    @Description("Ties all rows of one incident together and names its folder")
    public String incidentId;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Remedy")
    @Description("What was done")
    public String remedy;

    @Label("Claim")
    @Description("The effect stated before the act")
    public String claim;

    @Label("Observed")
    @Description("What was seen")
    public String observed;

    @Label("Claim Held")
    @Description("Whether the claim came true")
    public boolean held;
}
