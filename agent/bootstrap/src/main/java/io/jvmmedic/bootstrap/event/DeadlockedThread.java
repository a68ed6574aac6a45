package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** One thread of a cycle of threads that wait for each other. Public schema: a field is added, never renamed. */
@Name("jvmmedic.DeadlockedThread")
@Label("Deadlocked Thread")
@Description("One thread of a cycle of threads that wait for each other")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class DeadlockedThread extends Event {

    @Label("Sample number")
    @Description("Number of the sampling round since the agent started")
    public long tick;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Cycle")
    @Description("Same for all threads of one cycle")
    public String cycleId;

    @Label("Position")
    @Description("Place in the cycle, from 0")
    public int position;

    @Label("Thread Name")
    @Description("Name of the thread when sampled")
    public String thread;

    @Label("Thread Id")
    @Description("Java thread id, negative for a virtual thread; -1 if unknown")
    public long threadId;

    @Label("Waits For Lock")
    @Description("Class and identity of the lock it waits for; the name of the class where it waits for one")
    public String lock;

    @Label("Owned By")
    @Description("Thread that holds that lock")
    public String ownerThread;

    @Label("Kind")
    @Description("MONITOR, SYNCHRONIZER, READ_LOCK when readers hold it, CLASS that is initialized, TASK that is run, "
            + "JOIN of a thread that is to end")
    public String kind;

    @Label("Timed")
    @Description("The wait ends by itself")
    public boolean timed;

    @Label("Waited For")
    @Description("Time since this cycle was first seen")
    @Timespan(Timespan.MILLISECONDS)
    public long waitedFor;

    @Label("Site")
    @Description("Frame that waits")
    public String site;

    @Label("Through")
    @Description("Method called there, in which it waits; empty if none")
    public String through;

    @Label("Holds At")
    @Description("Frame that took the lock the previous thread wants; empty if unknown")
    public String holdsAt;
}
