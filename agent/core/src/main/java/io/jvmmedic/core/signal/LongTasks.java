package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.ExecutorHandle.Run;
import io.jvmmedic.core.util.Activity;
import io.jvmmedic.core.util.AppFrames;
import io.jvmmedic.core.util.Jdk;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Rows of tasks that run for long, with how long others of the same entry took: learned from a few that are followed to
 * their end. A stack is taken when a task is first followed, and again each time its age has doubled.
 */
final class LongTasks {

    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int LOOKS_PER_ROUND = 16;
    /** Of these for tasks that have just begun: most will be over at the next look, and that is what is to be learned. */
    private static final int FRESH_LOOKS_PER_ROUND = 4;
    private static final int MAX_FOLLOWED = 500;
    private static final int MAX_ROWS = 64;
    private static final int MAX_ENTRIES = 1_000;

    private static final class Followed {
        private final String entry;
        private final long since;
        private String site = "";
        private Activity activity = Activity.UNKNOWN;
        private int unchanged;
        private long nextLook;
        private long seenIn;
        private long seenAt;

        private Followed(String entry, long since) {
            this.entry = entry;
            this.since = since;
        }
    }

    /** What tasks with one entry took. */
    private static final class Habit {
        private int seen;
        private long longestNanos;
    }

    /** By identity: it is the same run for as long as it is the same task. */
    private final Map<Run, Followed> followed = new IdentityHashMap<>();
    /** By entry; the one not met for longest makes room. */
    private final Map<String, Habit> habits = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Habit> eldest) {
            return size() > MAX_ENTRIES;
        }
    };
    private long round = -1;
    private int looks;
    private int freshLooks;

    /**
     * @param tick number of the round
     * @param now wall clock, ms
     * @param nanos the clock of {@link Run#sinceNanos()}
     */
    List<Signal> of(ExecutorHandle executor, long tick, long now, long nanos) {
        if (tick != round) {
            learn(round);
            round = tick;
            looks = 0;
            freshLooks = 0;
        }
        List<Signal> rows = new ArrayList<>();
        for (Run run : executor.runs()) {
            Followed task = follow(run, nanos);
            if (task == null) {
                continue;
            }
            task.seenIn = tick;
            task.seenAt = nanos;
            long age = nanos - run.sinceNanos();
            if (age >= task.nextLook && looks < LOOKS_PER_ROUND) {
                look(task, run.worker(), age);
            }
            if (age >= LONG_NANOS && rows.size() < MAX_ROWS) {
                rows.add(row(executor, run, task, tick, now, age));
            }
        }
        return rows;
    }

    /** Tasks that the last round did not see any more have ended. */
    private void learn(long last) {
        followed.values().removeIf(task -> {
            if (task.seenIn >= last) {
                return false;
            }
            Habit habit = habits.computeIfAbsent(task.entry, key -> new Habit());
            habit.seen++;
            habit.longestNanos = Math.max(habit.longestNanos, task.seenAt - task.since);
            return true;
        });
    }

    /** {@code null} when it is not followed: there are many, or no application code tells what it is. */
    private Followed follow(Run run, long nanos) {
        Followed known = followed.get(run);
        boolean fresh = nanos - run.sinceNanos() < LONG_NANOS;
        if (known != null || followed.size() >= MAX_FOLLOWED || looks >= LOOKS_PER_ROUND
                || fresh && freshLooks >= FRESH_LOOKS_PER_ROUND) {
            return known;
        }
        looks++;
        freshLooks += fresh ? 1 : 0;
        String entry = AppFrames.outermost(run.worker().getStackTrace());
        if (entry.isEmpty()) {
            return null;
        }
        Followed task = new Followed(AppFrames.method(entry), run.sinceNanos());
        task.nextLook = LONG_NANOS;
        followed.put(run, task);
        return task;
    }

    private void look(Followed task, Thread worker, long age) {
        looks++;
        StackTraceElement[] stack = worker.getStackTrace();
        String site = AppFrames.top(stack);
        task.unchanged = site.equals(task.site) ? task.unchanged + 1 : 0;
        task.site = site;
        task.activity = Activity.of(worker.getState(), stack);
        task.nextLook = 2 * age;
    }

    private Signal row(ExecutorHandle executor, Run run, Followed task, long tick, long now, long age) {
        Habit habit = habits.get(task.entry);
        return Signal.of(Signal.LONG_TASK, now).with("tick", tick).with("resource", executor.id())
                .with("thread", run.worker().getName()).with("threadId", Jdk.threadId(run.worker()))
                .with("task", run.task()).with("runsFor", TimeUnit.NANOSECONDS.toMillis(age))
                .with("entry", task.entry).with("site", task.site).with("activity", task.activity.name())
                .with("unchanged", task.unchanged).with("seen", habit == null ? 0 : habit.seen)
                .with("longest", habit == null ? -1 : TimeUnit.NANOSECONDS.toMillis(habit.longestNanos)).build();
    }
}
