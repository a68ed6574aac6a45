package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.ExecutorHandle.Run;
import io.jvmmedic.core.util.Activity;
import io.jvmmedic.core.util.AppFrames;
import io.jvmmedic.core.util.Jdk;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private static final int MAX_FOLLOWED = 1_000;
    /** An executor of consumers that go on for ever must leave room for the others. */
    private static final int MAX_FOLLOWED_EACH = 100;
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
    /** Executors that run something, in this round so far and in the whole last one. */
    private int busy;
    private int busyBefore;

    /**
     * Those of these tasks whose worker's stack is to be taken in this round.
     *
     * @param tick number of the round
     * @param nanos the clock of {@link Run#sinceNanos()}
     */
    Set<Run> due(List<Run> runs, long tick, long nanos) {
        if (tick != round) {
            learn(round);
            round = tick;
            looks = 0;
            freshLooks = 0;
            busyBefore = busy;
            busy = 0;
        }
        Set<Run> due = Collections.newSetFromMap(new IdentityHashMap<>());
        if (runs.isEmpty()) {
            return due;
        }
        int freshUpTo = freshLooks + freshShare();
        long room = MAX_FOLLOWED_EACH - runs.stream().filter(followed::containsKey).count();
        for (Run run : runs) {
            if (isDue(run, nanos, room > 0, freshUpTo)) {
                due.add(run);
                room -= followed.containsKey(run) ? 0 : 1;
            }
        }
        return due;
    }

    /** The looks at tasks that have just begun go round, else the first executors of the list would have them all. */
    private int freshShare() {
        int place = busy++;
        if (busyBefore <= FRESH_LOOKS_PER_ROUND) {
            return FRESH_LOOKS_PER_ROUND / Math.max(1, busyBefore);
        }
        return Math.floorMod(place - round * FRESH_LOOKS_PER_ROUND, (long) busyBefore) < FRESH_LOOKS_PER_ROUND ? 1 : 0;
    }

    private boolean isDue(Run run, long nanos, boolean room, int freshUpTo) {
        Followed known = followed.get(run);
        boolean fresh = nanos - run.sinceNanos() < LONG_NANOS;
        if (looks >= LOOKS_PER_ROUND || (known == null
                ? !room || followed.size() + looks >= MAX_FOLLOWED || fresh && freshLooks >= freshUpTo
                : nanos - run.sinceNanos() < known.nextLook)) {
            return false;
        }
        looks++;
        freshLooks += known == null && fresh ? 1 : 0;
        return true;
    }

    /**
     * @param due as told by {@link #due} just now
     * @param stacks of their workers
     * @param now wall clock, ms
     */
    List<Signal> of(ExecutorHandle executor, List<Run> runs, Set<Run> due, Map<Thread, StackTraceElement[]> stacks, long now,
            long nanos) {
        List<Signal> rows = new ArrayList<>();
        for (Run run : runs) {
            long age = nanos - run.sinceNanos();
            if (due.contains(run)) {
                look(run, stacks.get(run.worker()), age);
            }
            Followed task = followed.get(run);
            if (task == null) {
                continue;
            }
            task.seenIn = round;
            task.seenAt = nanos;
            if (age >= LONG_NANOS && rows.size() < MAX_ROWS) {
                rows.add(row(executor, run, task, round, now, age));
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

    private void look(Run run, StackTraceElement[] stack, long age) {
        Followed task = followed.get(run);
        if (task == null) {
            String entry = AppFrames.outermost(stack);
            if (entry.isEmpty()) {
                // No application code tells what it is.
                return;
            }
            task = new Followed(AppFrames.method(entry), run.sinceNanos());
            task.nextLook = LONG_NANOS;
            followed.put(run, task);
        }
        if (age >= task.nextLook) {
            String site = AppFrames.top(stack);
            task.unchanged = site.equals(task.site) ? task.unchanged + 1 : 0;
            task.site = site;
            task.activity = Activity.of(run.worker().getState(), stack);
            task.nextLook = 2 * age;
        }
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
