package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** One leased HTTP connection that has been out for longer than a moment. Public schema: a field is added, never renamed. */
@Name("jvmmedic.HeldResponse")
@Label("Held Response")
@Description("One leased HTTP connection that has been out for longer than a moment")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class HeldResponse extends Event {

    @Label("Sample number")
    @Description("Number of the sampling round since the agent started")
    public long tick;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Lease")
    @Description("Number of the lease")
    public long leaseId;

    @Label("Route")
    @Description("Host and port")
    public String route;

    @Label("Thread Name")
    @Description("Name of the thread when sampled")
    public String thread;

    @Label("Thread Id")
    @Description("Java thread id; -1 if unknown")
    public long threadId;

    @Label("Held For")
    @Description("Time since it was leased")
    @Timespan(Timespan.MILLISECONDS)
    public long heldFor;

    @Label("Site")
    @Description("Code that sent the request; empty if not captured")
    public String site;

    @Label("Doing Now")
    @Description("What the leasing thread does now, its topmost application frame")
    public String doing;

    @Label("Activity")
    @Description("As in Held Connection")
    public String activity;

    @Label("Handle Unreachable")
    @Description("The garbage collector proved that nobody can close it any more")
    public boolean unreachable;

    @Label("Scope Over")
    @Description("The task that borrowed it, and the one that used it last, are over, or their threads are dead")
    public boolean scopeOver;

    @Label("In Scope")
    @Description("The code that sent the request still runs on that thread; false also when that cannot be told")
    public boolean inScope;

    @Label("Calm Hold")
    @Description("99.9th percentile of how long this site leases while nobody waits; -1 if not learned")
    @Timespan(Timespan.MILLISECONDS)
    public long calmHold;
}
