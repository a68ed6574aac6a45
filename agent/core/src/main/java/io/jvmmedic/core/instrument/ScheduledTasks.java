package io.jvmmedic.core.instrument;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;

/** What a scheduler has queued: many pools can be found by the housekeeping they keep scheduled. */
public final class ScheduledTasks {

    /** A user may lend a pool a scheduler of his own, with any number of tasks of his own in it. */
    private static final int MAX_TASKS = 1_000;

    private ScheduledTasks() {
    }

    /** The runnables behind the queue, without the future around each; empty for an executor that schedules nothing. */
    public static List<Object> of(ThreadPoolExecutor executor) {
        List<Object> found = new ArrayList<>();
        if (executor instanceof ScheduledThreadPoolExecutor) {
            int seen = 0;
            for (Runnable scheduled : executor.getQueue()) {
                if (seen++ == MAX_TASKS) {
                    break;
                }
                Object callable = scheduled instanceof FutureTask<?> ? Members.read(scheduled, "callable") : null;
                Object task = callable == null ? null : Members.read(callable, "task");
                if (task != null) {
                    found.add(task);
                }
            }
        }
        return found;
    }
}
