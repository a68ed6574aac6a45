package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** What the gate of one deadlock did since its row before. Public schema: a field is added, never renamed. */
@Name("jvmmedic.GateSample")
@Label("Gate Sample")
@Description("What keeps a deadlock from coming again did since its row before; no row when nothing happened")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class GateSample extends Event {

    @Label("Sample number")
    @Description("Number of the sampling round since the agent started")
    public long tick;

    @Label("Signature")
    @Description("What the deadlock is known by")
    public String signature;

    @Label("State")
    @Description("RECORDED, NOT SEEN, PARTLY, INITIALIZED, GATED, OPEN, REFUSED or WITHDRAWN")
    public String state;

    @Label("Passes")
    @Description("Acquisitions that came through the gate")
    public long passes;

    @Label("Waits")
    @Description("Acquisitions that had to wait in front of it")
    public long waits;

    @Label("Waited")
    @Description("Time they waited, together")
    @Timespan(Timespan.MILLISECONDS)
    public long waited;

    @Label("Bypasses")
    @Description("Acquisitions that went on because their time limit ran out")
    public long bypasses;

    @Label("Asides")
    @Description("Acquisitions that went on because who was inside waited there for something else")
    public long asides;

    @Label("Places")
    @Description("Where the threads of the deadlock took their locks")
    public String places;

    @Label("Reason")
    @Description("Why it is not in force; empty when it is")
    public String reason;
}
