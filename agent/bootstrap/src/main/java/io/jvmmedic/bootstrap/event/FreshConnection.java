package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A connection that the agent opened beside a pool, because its sessions fail, hang, or are not made. Public schema: a field is added, never renamed. */
@Name("jvmmedic.FreshConnection")
@Label("Fresh Connection")
@Description("A connection that the agent opened beside a pool, because its sessions fail, hang, or are not made")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class FreshConnection extends Event {

    @Label("Sample number")
    @Description("Always -1: it was asked between two rounds and counts with the next")
    public long tick;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Reason")
    @Description("Why it was opened: LOST, READ_ONLY, SILENT, JAM or CREATOR")
    public String reason;

    @Label("Outcome")
    @Description("OK, or FAILED")
    public String outcome;

    @Label("Took")
    @Description("How long it took to open it")
    @Timespan(Timespan.MILLISECONDS)
    public long took;

    @Label("Error")
    @Description("SQLState and vendor code, the exception, or how long there was no answer; empty if it was opened")
    public String error;

    @Label("Role")
    @Description("WRITABLE, READ_ONLY or UNKNOWN, as its server says")
    public String role;

    @Label("Role of a Pooled Session")
    @Description("The same of a session borrowed from the pool, or as reported of an idle one; UNKNOWN if none tells")
    public String pooledRole;
}
