package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A loan given back. Public schema: a field is added, never renamed. */
@Name("jvmmedic.Undo")
@Label("Undo")
@Description("A loan given back")
@Category({"JVM Medic", "Decisions"})
@StackTrace(false)
public final class Undo extends Event {

    @Label("Incident")
    @Description("Ties all rows of one incident together and names its folder")
    public String incidentId;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Remedy")
    @Description("What had been done")
    public String remedy;

    @Label("Loan")
    @Description("What was lent")
    public String loan;

    @Label("Outcome")
    @Description("GIVEN_BACK, KEPT or FAILED")
    public String outcome;

    @Label("Reason")
    @Description("Why now")
    public String reason;
}
