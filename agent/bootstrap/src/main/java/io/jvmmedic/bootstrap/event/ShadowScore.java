package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Whether a remedy that was only planned would have been right. Public schema: a field is added, never renamed. */
@Name("jvmmedic.ShadowScore")
@Label("Shadow Score")
@Description("Whether a remedy that was only planned would have been right")
@Category({"JVM Medic", "Decisions"})
@StackTrace(false)
public final class ShadowScore extends Event {

    @Label("Incident")
    @Description("Ties all rows of one incident together and names its folder")
    public String incidentId;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Remedy")
    @Description("What would have been done")
    public String remedy;

    @Label("Score")
    @Description("RIGHT, WRONG or UNKNOWN")
    public String score;

    @Label("Reason")
    @Description("What happened by itself")
    public String reason;
}
