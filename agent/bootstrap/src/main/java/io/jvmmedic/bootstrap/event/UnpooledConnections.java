package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** What one piece of code has opened in one database outside any pool. Public schema: a field is added, never renamed. */
@Name("jvmmedic.UnpooledConnections")
@Label("Unpooled Connections")
@Description("What one piece of code has opened in one database outside any pool")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class UnpooledConnections extends Event {

    @Label("Sample number")
    @Description("Number of the sampling round since the agent started")
    public long tick;

    @Label("Resource")
    @Description("What the row is about, for example unpooled:jdbc:postgresql://db/shop")
    public String resource;

    @Label("Library")
    @Description("The driver")
    public String library;

    @Label("Site")
    @Description("Code that opened them")
    public String site;

    @Label("Open")
    @Description("Connections that are open")
    public int open;

    @Label("Oldest")
    @Description("Age of the oldest open one")
    @Timespan(Timespan.MILLISECONDS)
    public long oldest;

    @Label("Opened")
    @Description("Connections opened since the agent started")
    public long opened;

    @Label("Leaked")
    @Description("Connections that the garbage collector took although nobody had closed them")
    public long leaked;
}
