package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One worker that waits inside its task. Public schema: a field is added, never renamed. */
@Name("jvmmedic.BlockedTask")
@Label("Blocked Task")
@Description("One worker that waits inside its task")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class BlockedTask extends Event {

    @Label("Sample number")
    @Description("Number of the sampling round since the agent started")
    public long tick;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Thread Name")
    @Description("Name of the thread when sampled")
    public String thread;

    @Label("Thread Id")
    @Description("Java thread id; -1 if unknown")
    public long threadId;

    @Label("Waits For")
    @Description("What it waits for: class and identity")
    public String waitsFor;

    @Label("In Own Queue")
    @Description("What it waits for is queued in its own executor")
    public boolean ownQueue;

    @Label("Queue Position")
    @Description("Place of the awaited task in the queue; -1 if not queued")
    public int queuePosition;

    @Label("State")
    @Description("Thread state")
    public String state;

    @Label("Site")
    @Description("Application code that waits")
    public String site;
}
