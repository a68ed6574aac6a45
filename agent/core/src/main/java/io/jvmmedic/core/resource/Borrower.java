package io.jvmmedic.core.resource;

import io.jvmmedic.core.util.Activity;
import io.jvmmedic.core.util.AppFrames;
import io.jvmmedic.core.util.Stacks;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The thread behind a lease, looked at once: name, place and activity are of the same stack. */
public final class Borrower {

    private static final StackTraceElement[] NO_STACK = {};
    /** Of a statement. What else begins one, like {@code executeLargeUpdate}, some pools pass on unseen. */
    private static final Set<String> EXECUTIONS = Set.of("execute", "executeQuery", "executeUpdate", "executeBatch");

    private final long id;
    private final Thread thread;
    private final StackTraceElement[] stack;

    private Borrower(long id, Thread thread, StackTraceElement[] stack) {
        this.id = id;
        this.thread = thread;
        this.stack = stack;
    }

    /** @param id as in {@link Lease.View#threadId()}, negative for a virtual thread */
    public static Borrower of(long id, ThreadView threads) {
        Thread thread = thread(id, threads);
        return new Borrower(id, thread, thread == null ? NO_STACK : thread.getStackTrace());
    }

    /** Several at once, by their ids: they share one pause of the JVM where a stack takes one. */
    public static Map<Long, Borrower> of(Collection<Long> ids, ThreadView threads) {
        Map<Long, Thread> live = new HashMap<>();
        ids.forEach(id -> live.put(id, thread(id, threads)));
        Map<Thread, StackTraceElement[]> stacks = Stacks.of(live.values().stream().filter(Objects::nonNull).toList());
        Map<Long, Borrower> borrowers = new HashMap<>();
        live.forEach((id, thread) -> borrowers.put(id, new Borrower(id, thread, stacks.getOrDefault(thread, NO_STACK))));
        return borrowers;
    }

    private static Thread thread(long id, ThreadView threads) {
        return id < 0 ? null : threads.byId(id);
    }

    /** The name, or the number of a thread that cannot be seen. */
    public String name() {
        return name(id, thread);
    }

    /** Topmost application frame, else the topmost frame at all; empty for a thread that cannot be seen. */
    public String doing() {
        return AppFrames.top(stack);
    }

    /** Whether the code at {@code site} still runs on this thread. */
    public boolean isStillAt(String site) {
        return AppFrames.isRunning(site, stack);
    }

    /** @param waits what the thread waits for; {@code null} for nothing */
    public Activity activity(Waiter waits) {
        if (waits != null) {
            return Activity.WAITING_FOR_POOL;
        }
        if (id < 0) {
            return Activity.UNKNOWN;
        }
        return thread == null ? Activity.ENDED : Activity.of(thread.getState(), stack);
    }

    /** Whether it is dead. A thread that cannot be seen is not known to be. */
    public boolean isDead() {
        return id >= 0 && thread == null;
    }

    /**
     * Whether the topmost call of a driver through a connection of this pool's library begins a statement. That is a use of
     * its connection which is seen; to fetch rows, to commit or to roll back is none, and may be of any connection that this
     * thread can reach.
     */
    public boolean isExecutingBehind(PoolHandle pool) {
        String called = "";
        for (StackTraceElement frame : stack) {
            String type = frame.getClassName();
            if (pool.wraps(type) && !called.isEmpty()) {
                // A proxy has no such method, what it calls has.
                return EXECUTIONS.contains(called) || EXECUTIONS.contains(frame.getMethodName());
            }
            called = Activity.isDriver(type) ? frame.getMethodName() : called;
        }
        return false;
    }

    /**
     * Whether the topmost call of a driver came through a connection of this pool's library. It did not where the connection
     * is of a pool that nobody watches, is the driver's own, or is just being made.
     */
    public boolean isInDriverBehind(PoolHandle pool) {
        boolean inside = false;
        for (StackTraceElement frame : stack) {
            String type = frame.getClassName();
            boolean driver = Activity.isDriver(type);
            if (inside && pool.wraps(type)) {
                return true;
            }
            // What makes the driver's sockets may be anybody's, and is above it.
            if (inside && !driver && AppFrames.isApplication(type) || driver && frame.getMethodName().equals("connect")) {
                return false;
            }
            inside |= driver;
        }
        return false;
    }

    /** Whether it waits in its executor for a next task. */
    public boolean isResting() {
        return Activity.isResting(stack);
    }

    /** As {@link ThreadView#tasksDone}. */
    public long tasksDone(ThreadView threads) {
        return thread == null ? -1 : threads.tasksDone(thread);
    }

    /** Whether it may be executing something in a driver; of a thread that cannot be seen nobody knows. */
    public boolean mayBeInDriver() {
        return id < 0 || Activity.isInDriver(stack);
    }

    /** Whether this method is on the stack. */
    public boolean isIn(String type, String method) {
        for (StackTraceElement frame : stack) {
            if (frame.getClassName().equals(type) && frame.getMethodName().equals(method)) {
                return true;
            }
        }
        return false;
    }

    /** As {@link #name()}, without looking at a stack. */
    public static String name(long id, Thread thread) {
        if (thread != null) {
            return thread.getName();
        }
        return id < 0 ? "virtual thread " + -id : "thread " + id + " (ended)";
    }
}
