package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Where workers of a full executor are. Public schema: a field is added, never renamed. */
@Name("jvmmedic.BusySite")
@Label("Busy Site")
@Description("Application code that workers of a full executor are in, from a few of their stacks")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class BusySite extends Event {

    @Label("Sample number")
    @Description("Number of the sampling round since the agent started")
    public long tick;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Site")
    @Description("Application code")
    public String site;

    @Label("Activity")
    @Description("What most of them do there: JDBC, IO, BLOCKED, PARKED, SLEEPING or RUNNING")
    public String activity;

    @Label("Workers")
    @Description("Workers that were seen there")
    public int workers;

    @Label("Looked At")
    @Description("Workers of this executor that were looked at in this round")
    public int lookedAt;
}
