package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** One thread that waits for a slot of a pool. Public schema: a field is added, never renamed. */
@Name("jvmmedic.WaitingBorrower")
@Label("Waiting Borrower")
@Description("One thread that waits for a slot of a pool")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class WaitingBorrower extends Event {

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

    @Label("Waited For")
    @Description("Time since it began to wait")
    @Timespan(Timespan.MILLISECONDS)
    public long waitedFor;

    @Label("Activity")
    @Description("WAITING_FOR_POOL; JDBC or IO while it makes a connection itself; UNKNOWN")
    public String activity;

    @Label("Holds")
    @Description("Slots of the same pool this thread holds already")
    public int holds;

    @Label("Borrow Site")
    @Description("Application code that asked")
    public String site;
}
