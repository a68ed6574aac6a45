package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** One session of a pool that waits for a lock inside the database. Public schema: a field is added, never renamed. */
@Name("jvmmedic.LockWait")
@Label("Lock Wait")
@Description("One session of a pool that waits for a lock inside the database, and one session that it waits for")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class LockWait extends Event {

    @Label("Sample number")
    @Description("Always -1: it was asked between two rounds and counts with the next")
    public long tick;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Session")
    @Description("Number of the waiting session, as the database has it")
    public long session;

    @Label("Lease")
    @Description("Number of the lease; -1 when the driver does not tell which session is whose")
    public long leaseId;

    @Label("Waited For")
    @Description("How long its statement has been running, by the clock of the database")
    @Timespan(Timespan.MILLISECONDS)
    public long waitedFor;

    @Label("Blocker")
    @Description("Number of a session that it waits for, directly or at the head of others that wait themselves")
    public long blocker;

    @Label("Lease of the Blocker")
    @Description("Number of the lease, if that session is of the same pool; else -1")
    public long blockerLeaseId;

    @Label("Name of the Blocker")
    @Description("What that session calls itself, and its state; empty if the database does not tell")
    public String blockerName;

    @Label("Blocker For")
    @Description("How long its transaction is open; -1 if unknown")
    @Timespan(Timespan.MILLISECONDS)
    public long blockerFor;

    @Label("Blocker Waits")
    @Description("That session waits for a lock itself, so it is not where the chain begins")
    public boolean blockerWaits;
}
