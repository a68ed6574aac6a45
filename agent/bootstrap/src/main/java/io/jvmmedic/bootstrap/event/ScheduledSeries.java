package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** One periodic task that ended by an exception or is behind, or the most overdue of those planned to run once. Public schema: a field is added, never renamed. */
@Name("jvmmedic.ScheduledSeries")
@Label("Scheduled Series")
@Description("One periodic task of a scheduler that ended by an exception, or whose next run is overdue")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class ScheduledSeries extends Event {

    @Label("Sample number")
    @Description("Number of the sampling round since the agent started")
    public long tick;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Series")
    @Description("Tells the series of one executor apart; 0 for tasks that are planned to run once")
    public long series;

    @Label("Task")
    @Description("Class of what it runs, or method; empty if unknown")
    public String task;

    @Label("State")
    @Description("WAITING for a worker, RUNNING, or ENDED by an exception")
    public String state;

    @Label("Period")
    @Description("Time between two runs, or between the end of one and the next; 0 for what is planned to run once")
    @Timespan(Timespan.MILLISECONDS)
    public long period;

    @Label("Behind")
    @Description("Time since its next run was due, or the one under way")
    @Timespan(Timespan.MILLISECONDS)
    public long behind;

    @Label("Runs")
    @Description("Runs that were seen to have ended, at most one per sample")
    public long runs;

    @Label("Error")
    @Description("Class of the exception that ended it; empty for none")
    public String error;

    @Label("Site")
    @Description("Application code that threw it")
    public String site;
}
