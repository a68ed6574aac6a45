package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** State of one executor, each second. Public schema: a field is added, never renamed. */
@Name("jvmmedic.ExecutorSample")
@Label("Executor Sample")
@Description("State of one executor, each second")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class ExecutorSample extends Event {

    @Label("Sample number")
    @Description("Number of the sampling round since the agent started")
    public long tick;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Library")
    @Description("Class of the executor")
    public String library;

    @Label("Active")
    @Description("Workers running a task")
    public int active;

    @Label("Size")
    @Description("Workers")
    public int size;

    @Label("Core Size")
    @Description("Workers kept")
    public int core;

    @Label("Maximum")
    @Description("Workers allowed")
    public int max;

    @Label("Queued")
    @Description("Tasks waiting")
    public int queued;

    @Label("Completed")
    @Description("Tasks completed since it exists")
    public long completed;

    @Label("CPU Time")
    @Description("CPU time of its workers since the last sample; -1 if unknown")
    @Timespan(Timespan.MILLISECONDS)
    public long cpuTime;

    @Label("Self-Blocked")
    @Description("Workers waiting for a task that is queued in this same executor")
    public int selfBlocked;

    @Label("Room")
    @Description("Tasks that its queue still takes; -1 for any number, or unknown")
    public int room;

    @Label("Refusal")
    @Description("Class of what deals with a task that finds no room; empty if unknown")
    public String refusal;

    @Label("Died")
    @Description("Workers that an exception ended since it is watched; -1 if unknown")
    public long died;

    @Label("Shut Down")
    @Description("Whether it takes no more tasks")
    public boolean shutdown;

    @Label("Of a Pool")
    @Description("Whether it works for nobody but a connection pool, which is judged in its place")
    public boolean ofPool;
}
