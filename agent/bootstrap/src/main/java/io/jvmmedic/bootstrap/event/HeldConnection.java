package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** One borrowed connection that has been out for longer than a moment. Public schema: a field is added, never renamed. */
@Name("jvmmedic.HeldConnection")
@Label("Held Connection")
@Description("One borrowed connection that has been out for longer than a moment")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class HeldConnection extends Event {

    @Label("Sample number")
    @Description("Number of the sampling round since the agent started")
    public long tick;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Lease")
    @Description("Number of the lease")
    public long leaseId;

    @Label("Thread Name")
    @Description("Name of the thread when sampled")
    public String thread;

    @Label("Thread Id")
    @Description("Java thread id; -1 if unknown")
    public long threadId;

    @Label("Held For")
    @Description("Time since it was borrowed")
    @Timespan(Timespan.MILLISECONDS)
    public long heldFor;

    @Label("Idle For")
    @Description("Time since it was last used")
    @Timespan(Timespan.MILLISECONDS)
    public long idleFor;

    @Label("Typical Hold")
    @Description("99.9th percentile of what this borrow site usually takes; -1 if not learned yet")
    @Timespan(Timespan.MILLISECONDS)
    public long typicalHold;

    @Label("Borrow Site")
    @Description("Code that borrowed it; empty if not captured")
    public String site;

    @Label("Doing Now")
    @Description("What the thread does now, its topmost application frame")
    public String doing;

    @Label("Activity")
    @Description("JDBC, WAITING_FOR_POOL, IO, BLOCKED, PARKED, SLEEPING, RUNNING, ENDED or UNKNOWN")
    public String activity;

    @Label("Waits For")
    @Description("Pool the thread now waits for; empty if none")
    public String waitsFor;

    @Label("In Scope")
    @Description("The code that borrowed it still runs: its method is on the stack of the borrowing thread")
    public boolean inScope;

    @Label("Handle Unreachable")
    @Description("The garbage collector proved that nobody can return it any more")
    public boolean unreachable;

    @Label("Escaped")
    @Description("Driver objects were taken out of the handle: unreachability proves nothing")
    public boolean escaped;

    @Label("In Use")
    @Description("A statement may be running on it")
    public boolean inUse;

    @Label("Scope Over")
    @Description("The task that borrowed it, and the one that used it last, are over, or their threads are dead")
    public boolean scopeOver;

    @Label("Longest Pause")
    @Description("Longest time a connection of this borrow site lay unused and was used or returned after that; -1 if never for long")
    @Timespan(Timespan.MILLISECONDS)
    public long longestPause;

    @Label("Calm Hold")
    @Description("99.9th percentile of what this borrow site takes while nobody waits; -1 if not learned yet")
    @Timespan(Timespan.MILLISECONDS)
    public long calmHold;

    @Label("Enlisted")
    @Description("A distributed transaction keeps it until its end")
    public boolean enlisted;
}
