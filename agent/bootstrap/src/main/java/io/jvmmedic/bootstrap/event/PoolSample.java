package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** State of one JDBC pool, each second. Public schema: a field is added, never renamed. */
@Name("jvmmedic.PoolSample")
@Label("Connection Pool Sample")
@Description("State of one JDBC pool, each second")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class PoolSample extends Event {

    @Label("Sample number")
    @Description("Number of the sampling round since the agent started")
    public long tick;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Library")
    @Description("Name of the pool library")
    public String library;

    @Label("Active")
    @Description("Slots borrowed")
    public int active;

    @Label("Idle")
    @Description("Slots free")
    public int idle;

    @Label("Total")
    @Description("Slots that exist")
    public int total;

    @Label("Maximum")
    @Description("Slots allowed")
    public int max;

    @Label("Waiting")
    @Description("Threads waiting for a slot")
    public int waiting;

    @Label("Oldest Wait")
    @Description("How long the longest waiter has waited")
    @Timespan(Timespan.MILLISECONDS)
    public long oldestWait;

    @Label("Borrows")
    @Description("Borrows seen since the agent started")
    public long borrows;

    @Label("Timeouts")
    @Description("Waits that ended without a slot")
    public long timeouts;

    @Label("Since GC")
    @Description("Time since the last garbage collection ended; -1 if unknown")
    @Timespan(Timespan.MILLISECONDS)
    public long sinceGc;

    @Label("Lost Errors")
    @Description("Errors that ended a session (SQLState class 08, 57P0x), seen since the agent started")
    public long lostErrors;

    @Label("Read-only Errors")
    @Description("Writes refused because the server takes none, seen since the agent started")
    public long readOnlyErrors;

    @Label("Failed Sessions")
    @Description("Distinct connections that had such an error")
    public long failedSessions;

    @Label("Failed Connects")
    @Description("Attempts to open a new connection that failed")
    public long failedConnects;

    @Label("Full Errors")
    @Description("Errors in which the server had no session to spare")
    public long fullErrors;

    @Label("Last Error")
    @Description("SQLState and vendor code of the last of these errors; empty if there was none")
    public String lastError;

    @Label("Keeps Handles")
    @Description("The pool itself keeps the handles of borrowed connections, so that no leak can be proven by the garbage collector")
    public boolean keepsHandles;

    @Label("Creator Wanted")
    @Description("A new connection is wanted: somebody waits and there is room, or it is below its minimum")
    public boolean creatorWanted;

    @Label("Creator Dead")
    @Description("Nothing is left that could make one")
    public boolean creatorDead;

    @Label("Creator Thread")
    @Description("Thread that makes one right now; empty if none, or not known")
    public String creatorThread;

    @Label("Creator Doing")
    @Description("Topmost frame of that thread")
    public String creatorDoing;
}
