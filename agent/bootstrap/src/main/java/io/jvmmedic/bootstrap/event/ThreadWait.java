package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** One thread that waits, and who stands in its way. Public schema: a field is added, never renamed. */
@Name("jvmmedic.ThreadWait")
@Label("Thread Wait")
@Description("One thread that waits, and who stands in its way; only while nobody goes on in a full executor or pool")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class ThreadWait extends Event {

    @Label("Sample number")
    @Description("Number of the sampling round since the agent started")
    public long tick;

    @Label("Resource")
    @Description("Executor the thread works for; empty if none is known")
    public String resource;

    @Label("Thread Name")
    @Description("Name of the thread when sampled")
    public String thread;

    @Label("Thread Id")
    @Description("Java thread id, negative for a virtual thread; -1 if unknown")
    public long threadId;

    @Label("Kind")
    @Description("QUEUED_TASK, RUNNING_TASK, JOIN, POOL, MONITOR, SYNCHRONIZER, READ_LOCK, or where nobody is known to hold "
            + "it LATCH, SEMAPHORE, CONDITION, FUTURE or OTHER")
    public String kind;

    @Label("Waits For")
    @Description("What it waits for: class and identity, or the pool")
    public String waitsFor;

    @Label("Slot Of")
    @Description("Executor or pool of which one slot must come free first; empty if it is none")
    public String slotOf;

    @Label("Queue Position")
    @Description("Place of the awaited task in the queue of that executor; -1 if not queued")
    public int queuePosition;

    @Label("Held By")
    @Description("Name of a thread that stands in its way; empty if none is known")
    public String holder;

    @Label("Held By Ids")
    @Description("Java thread ids of all threads that stand in its way and must all give way, separated by commas")
    public String holderIds;

    @Label("Holder Ended")
    @Description("The thread that holds it has ended and will never give way")
    public boolean holderEnded;

    @Label("Proven")
    @Description("Only that can end the wait; false where the tasks of a queue merely refer to what is waited for")
    public boolean proven;

    @Label("Timed")
    @Description("The wait ends by itself")
    public boolean timed;

    @Label("Waited For")
    @Description("Time since this wait was first seen")
    @Timespan(Timespan.MILLISECONDS)
    public long waitedFor;

    @Label("Site")
    @Description("Application code that waits; empty at the first look")
    public String site;
}
