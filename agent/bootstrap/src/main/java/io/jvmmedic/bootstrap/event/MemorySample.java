package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** Heap and garbage collection, each second. Public schema: a field is added, never renamed. */
@Name("jvmmedic.MemorySample")
@Label("Memory Sample")
@Description("Heap and garbage collection, each second")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class MemorySample extends Event {

    @Label("Sample number")
    @Description("Number of the sampling round since the agent started")
    public long tick;

    @Label("Heap Used")
    @Description("Heap in use")
    @DataAmount
    public long heapUsed;

    @Label("Heap Maximum")
    @Description("Heap limit")
    @DataAmount
    public long heapMax;

    @Label("Collections")
    @Description("Garbage collections since start")
    public long gcCount;

    @Label("GC Time")
    @Description("Time spent in garbage collection since start")
    @Timespan(Timespan.MILLISECONDS)
    public long gcTime;

    @Label("Young Collections")
    @Description("Stop-the-world collections of the young generation since start; -1 if unknown")
    public long youngGcCount;

    @Label("Since Full GC")
    @Description("What lies unused for longer than this was looked at by a collection of the whole heap; -1 if none is known")
    @Timespan(Timespan.MILLISECONDS)
    public long sinceFullGc;

    @Label("Threads")
    @Description("Live platform threads")
    public int threads;
}
