package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** One task that runs for long. Public schema: a field is added, never renamed. */
@Name("jvmmedic.LongTask")
@Label("Long Task")
@Description("One task that has run for 5 s or more, with what is known of others like it")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class LongTask extends Event {

    @Label("Sample number")
    @Description("Number of the sampling round since the agent started")
    public long tick;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Thread Name")
    @Description("Name of the thread when sampled")
    public String thread;

    @Label("Thread Id")
    @Description("Java thread id; -1 if unknown")
    public long threadId;

    @Label("Task")
    @Description("Number of the task on its thread; together they name it")
    public long task;

    @Label("Runs For")
    @Description("Time since it was first seen to run")
    @Timespan(Timespan.MILLISECONDS)
    public long runsFor;

    @Label("Entry")
    @Description("Application code in which the task begins, behind what wraps it")
    public String entry;

    @Label("Site")
    @Description("Application code it is in, as of the last look, which are further and further apart")
    public String site;

    @Label("Activity")
    @Description("What it does there: JDBC, IO, BLOCKED, PARKED, SLEEPING or RUNNING")
    public String activity;

    @Label("Unchanged")
    @Description("Looks in a row that saw it at the same place, still in the same wait")
    public int unchanged;

    @Label("Others Seen")
    @Description("Tasks with this entry that were seen to end")
    public int seen;

    @Label("Longest")
    @Description("Longest that one of those ran, as far as seen; -1 if none was")
    @Timespan(Timespan.MILLISECONDS)
    public long longest;
}
