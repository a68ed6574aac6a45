package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.ExecutorHandle.Run;
import io.jvmmedic.core.util.Activity;
import io.jvmmedic.core.util.AppFrames;
import io.jvmmedic.core.util.Jdk;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Rows of tasks that run for long, with how long others of the same entry took: learned from a few that are followed to
 * their end. A stack is taken when a task is first followed, and again each time its age has doubled.
 *
 * <p>A loop that comes back to its own idle wait looks the same at every look and is healthy. It is told by what its thread
 * did in between, by the queue it takes from, and by {@link TaskEntries}, which keeps it apart from the short tasks that the
 * same wrapper runs.
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
    /** Of one entry. */
    private static final int MAX_SITES = 16;
    /** Wrappers around wrappers, and what they wrap. */
    private static final int MAX_PATH = 8;

    private static final class Followed {
        private final long since;
        /** Its outermost application frames at the first look. */
        private final List<String> path;
        /** Where it was at the first look. */
        private final String firstSite;
        private String site = "";
        private WorkDone done = WorkDone.UNKNOWN;
        private Activity activity = Activity.UNKNOWN;
        private int unchanged;
        private long nextLook;
        private long seenIn;
        private long seenAt;

        private Followed(StackTraceElement[] stack, long since) {
            this.path = AppFrames.outermost(stack, MAX_PATH);
            this.firstSite = AppFrames.top(stack);
            this.since = since;
            this.nextLook = LONG_NANOS;
        }
    }

    /** What tasks with one entry took. */
    private static final class Habit {
        private int seen;
        private long longestNanos;
        /** Where some of them were first looked at. */
        private final Set<String> sites = new HashSet<>();

        void learn(Followed task) {
            seen++;
            longestNanos = Math.max(longestNanos, task.seenAt - task.since);
            if (sites.size() < MAX_SITES) {
                sites.add(task.firstSite);
            }
        }
    }

    private final JvmProbe jvm;
    private final TaskEntries entries = new TaskEntries();

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

    LongTasks(JvmProbe jvm) {
        this.jvm = jvm;
    }

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
            habits.computeIfAbsent(entries.entry(task.path), key -> new Habit()).learn(task);
            return true;
        });
    }

    private void look(Run run, StackTraceElement[] stack, long age) {
        Followed task = followed.get(run);
        if (task == null) {
            task = new Followed(stack, run.sinceNanos());
            if (task.path.isEmpty()) {
                // No application code tells what it is.
                return;
            }
            entries.learn(task.path);
            followed.put(run, task);
        }
        if (age >= task.nextLook) {
            String site = AppFrames.top(stack);
            WorkDone done = jvm.workDone(run.worker());
            Activity activity = Activity.of(run.worker().getState(), stack);
            boolean moved = !site.equals(task.site) || done.isBeyond(task.done, activity) || awaitsWork(task, stack);
            task.unchanged = moved ? 0 : task.unchanged + 1;
            task.site = site;
            task.activity = activity;
            task.done = done;
            task.nextLook = 2 * age;
        }
    }

    /** It takes from a queue, and none of its like that did so at the same place was seen to go on and end. */
    private boolean awaitsWork(Followed task, StackTraceElement[] stack) {
        if (!Activity.isTaking(stack)) {
            return false;
        }
        Habit habit = habits.get(entries.entry(task.path));
        return habit == null || !habit.sites.contains(AppFrames.top(stack));
    }

    private Signal row(ExecutorHandle executor, Run run, Followed task, long tick, long now, long age) {
        String entry = entries.entry(task.path);
        Habit habit = habits.get(entry);
        return Signal.of(Signal.LONG_TASK, now).with("tick", tick).with("resource", executor.id())
                .with("thread", run.worker().getName()).with("threadId", Jdk.threadId(run.worker()))
                .with("task", run.task()).with("runsFor", TimeUnit.NANOSECONDS.toMillis(age))
                .with("entry", entry).with("site", task.site).with("activity", task.activity.name())
                .with("unchanged", task.unchanged).with("seen", habit == null ? 0 : habit.seen)
                .with("longest", habit == null ? -1 : TimeUnit.NANOSECONDS.toMillis(habit.longestNanos)).build();
    }
}
