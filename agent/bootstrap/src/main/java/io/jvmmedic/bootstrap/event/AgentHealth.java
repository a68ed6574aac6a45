package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The agent itself; the last row of each sampling round. Public schema: a field is added, never renamed. */
@Name("jvmmedic.AgentHealth")
@Label("Agent Health")
@Description("The agent itself; the last row of each sampling round")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class AgentHealth extends Event {

    @Label("Sample number")
    @Description("Number of the sampling round since the agent started")
    public long tick;

    @Label("Mode")
    @Description("off, observe or heal")
    public String mode;

    @Label("Lateness")
    @Description("How late this round was")
    @Timespan(Timespan.MILLISECONDS)
    public long lateness;

    @Label("Resources")
    @Description("Pools, executors and clients watched")
    public int resources;

    @Label("Advice Failures")
    @Description("Errors inside our own hooks, swallowed")
    public long adviceFailures;

    @Label("Dropped")
    @Description("Signals dropped because a queue was full")
    public long dropped;

    @Label("Treatments")
    @Description("Treatments under way")
    public int treatments;
}
