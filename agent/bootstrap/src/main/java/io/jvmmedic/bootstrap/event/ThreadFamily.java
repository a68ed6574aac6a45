package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Platform threads that share a name but for numbers. Public schema: a field is added, never renamed. */
@Name("jvmmedic.ThreadFamily")
@Label("Thread Family")
@Description("Platform threads whose names differ in numbers only; families of 20 and more")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class ThreadFamily extends Event {

    @Label("Sample number")
    @Description("Number of the sampling round since the agent started")
    public long tick;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Family")
    @Description("Name of the threads, # for each number in it")
    public String family;

    @Label("Alive")
    @Description("Threads alive")
    public int alive;

    @Label("Ended")
    @Description("Threads that have ended since the agent started")
    public long ended;

    @Label("Executors")
    @Description("Executors they work for")
    public int executors;

    @Label("Executor")
    @Description("The executor all of them work for; empty if there is none, or more than one")
    public String executor;

    @Label("Site")
    @Description("Application code that the youngest of them runs")
    public String site;
}
