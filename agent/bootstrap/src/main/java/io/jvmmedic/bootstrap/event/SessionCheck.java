package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** What the server or the network says of one session of a pool. Public schema: a field is added, never renamed. */
@Name("jvmmedic.SessionCheck")
@Label("Session Check")
@Description("What the server or the network says of one session of a pool")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class SessionCheck extends Event {

    @Label("Sample number")
    @Description("Always -1: it was asked between two rounds and counts with the next")
    public long tick;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Lease")
    @Description("Number of the lease; -1 for an idle session")
    public long leaseId;

    @Label("Thread Name")
    @Description("Who uses it; empty for an idle session")
    public String thread;

    @Label("Silent For")
    @Description("How long its statement has been waiting for an answer; 0 for an idle session")
    @Timespan(Timespan.MILLISECONDS)
    public long silentFor;

    @Label("Verdict")
    @Description("ALIVE, CLOSED, GONE, ANSWERED, UNREACHABLE, LISTENING or UNKNOWN")
    public String verdict;

    @Label("Proof")
    @Description("One sentence: what was asked and what the answer was")
    public String proof;
}
