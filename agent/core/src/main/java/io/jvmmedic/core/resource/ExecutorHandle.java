package io.jvmmedic.core.resource;

import java.util.Collection;
import java.util.List;

/** An executor with worker threads. */
public interface ExecutorHandle extends ResourceHandle {

    /** {@link #library()} of the scheduler of virtual threads, whose workers are the carriers. */
    String CARRIERS = "virtual-thread scheduler";

    /**
     * Counters of the executor.
     *
     * @param completed tasks completed since it exists
     */
    record State(int active, int size, int core, int max, int queued, long completed, boolean shutdown) {
    }

    /**
     * A worker that waits inside its task.
     *
     * @param waitsFor class and identity of what it waits for
     * @param queuePosition place of the awaited task in this executor's own queue; -1 when it is not queued there
     */
    record Blocked(Thread worker, String waitsFor, int queuePosition) {
    }

    /**
     * What happens at the limits of an executor.
     *
     * @param room tasks that its queue still takes; -1 for any number, or unknown
     * @param refusal class of what deals with a task that finds no room; empty if unknown
     * @param died workers that an exception ended since it is watched; -1 if unknown
     */
    record Limits(int room, String refusal, long died) {
        public static final Limits UNKNOWN = new Limits(-1, "", -1);
    }

    /** Never throws. */
    default Limits limits() {
        return Limits.UNKNOWN;
    }

    /** Never throws; {@code null} when the executor is gone. */
    State state();

    /**
     * A task that a worker runs.
     *
     * @param task its number on this worker
     * @param sinceNanos when it was first seen to run, {@code System.nanoTime()}
     */
    record Run(Thread worker, long task, long sinceNanos) {
    }

    /** The tasks that run, as of the last look; empty where that cannot be seen. */
    default List<Run> runs() {
        return List.of();
    }

    /**
     * When it lets idle workers go.
     *
     * @param coreTimesOut whether that goes for workers within core, too
     */
    record IdleRule(boolean coreTimesOut, long keepAliveNanos) {
    }

    /** {@code null} where there is none, or the executor is gone. */
    default IdleRule idleRule() {
        return null;
    }

    /** Changes the rule; nothing that runs or waits is touched. */
    default Lever<IdleRule> setIdleRule() {
        return Lever.absent("when it lets idle workers go cannot be changed");
    }

    /** Whether it still runs, by live state. */
    default boolean isRunning(Run run) {
        return false;
    }

    /** Cancels this task and no other, with an interrupt. */
    default Lever<Void> cancel(Run run) {
        return Lever.absent("its tasks cannot be cancelled one by one");
    }

    /** Takes tasks out of the queue for good and cancels them. */
    default Lever<Shed> shed() {
        return Lever.absent("its queue cannot be shortened");
    }

    /** @param newest whether to begin with those handed in last */
    record Shed(int count, boolean newest) {
    }

    /** Tasks that {@link #shed()} has taken out so far. */
    default long tasksShed() {
        return 0;
    }

    /** Live worker threads as last seen by the census; a snapshot. */
    List<Thread> workers();

    /** Workers that wait for something, with an exact edge where the awaited task sits in this executor's queue. */
    List<Blocked> blockedWorkers();

    /**
     * Whether its own classes tell that a connection pool made it for its own work; {@link ResourceRegistry#isOfPool} asks
     * the pools too. Never throws.
     */
    default boolean ofPool() {
        return false;
    }

    /** The queued tasks at this moment, to look up what threads wait for; the handle of an executor without a queue has none. */
    default Queue queue() {
        return blocker -> -1;
    }

    /** What these threads, its workers or not, are parked on, and where in its queue that is; others are left out. */
    default List<Blocked> parked(Collection<Thread> threads) {
        return List.of();
    }

    /** What a queue holds. Reads tasks by identity and field, calls none of their methods. */
    @FunctionalInterface
    interface Queue {

        /** Place of the queued task that alone can complete what a thread is parked on; -1 if there is none. */
        int position(Object blocker);

        /**
         * Place of the first queued task that refers to the latch, barrier or future a thread is parked on; -1 if there is
         * none. It may be what ends that wait, or not.
         */
        default int reference(Object blocker) {
            return -1;
        }

        /** Whether some queued task can reach what a thread is parked on through other objects: a weaker sign. */
        default boolean reaches(Object blocker) {
            return false;
        }

        /** The future behind what {@link #reference} was asked about; that itself where it is none. */
        default Object behind(Object blocker) {
            return blocker;
        }
    }

    /** Raises core and maximum to the given number of workers where they are below it, and starts them; for a loan. */
    Lever<Integer> grow();

    /** Sets core and maximum back; never interrupts a running task. */
    Lever<Size> restore();

    /** What {@link #restore()} sets. */
    record Size(int core, int max) {
    }

    /**
     * A periodic task of a scheduler that does not run as it should, or the most overdue of those that were planned to run once.
     *
     * @param number tells it from the others of its executor; 0 for what runs once
     * @param task class of what it runs, or method; empty if unknown
     * @param periodMillis between two runs, or between the end of one and the next; 0 for what runs once
     * @param behindMillis since its next run was due, or the one under way
     * @param runs seen to have ended, at most one per look
     * @param error class of the exception that ended it; empty for none
     * @param site application code that threw it
     */
    record Series(long number, String task, State state, long periodMillis, long behindMillis, long runs, String error,
            String site) {

        /** Waits for a worker; is run by one; was ended by an exception, and its scheduler will never run it again. */
        public enum State { WAITING, RUNNING, ENDED }
    }

    /** Series that an exception ended lately, and those that are behind; empty for what schedules nothing. */
    default List<Series> illSeries() {
        return List.of();
    }

    /** Periodic tasks that run this class, due now or later; 0 for what schedules nothing. */
    default long scheduled(String task) {
        return 0;
    }

    /** Starts an ended series again in its old rhythm. */
    default Lever<Rearm> rearm() {
        return Lever.absent("only a ScheduledThreadPoolExecutor of the JDK has series that can be started again");
    }

    /**
     * What {@link #rearm()} starts again.
     *
     * @param delayMillis before its first run; its period if that is longer
     */
    record Rearm(long number, long delayMillis) {
    }
}
