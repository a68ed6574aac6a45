package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** What one borrow site had of a pool since borrowers began to wait. Public schema: a field is added, never renamed. */
@Name("jvmmedic.SlotTime")
@Label("Slot Time")
@Description("What one borrow site had of a pool since borrowers began to wait, from one look a second")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class SlotTime extends Event {

    @Label("Sample number")
    @Description("Number of the sampling round since the agent started")
    public long tick;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Borrow Site")
    @Description("Code that borrowed; empty if not captured")
    public String site;

    @Label("Slots")
    @Description("Slots it has now")
    public int slots;

    @Label("JDBC Time")
    @Description("Slot time in which the borrower was in the driver, all slots added up")
    @Timespan(Timespan.MILLISECONDS)
    public long jdbcTime;

    @Label("Other Time")
    @Description("Slot time in which the borrower did something else")
    @Timespan(Timespan.MILLISECONDS)
    public long otherTime;

    @Label("Unseen Time")
    @Description("Slot time in which the borrower could not be seen: a virtual thread, or a borrow from before the attach")
    @Timespan(Timespan.MILLISECONDS)
    public long unseenTime;
}
