package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.util.Activity;
import io.jvmmedic.core.util.AppFrames;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Where the workers of a full executor are: a few stacks each round, others each time. */
final class BusySites {

    /** A stack stops its thread for a moment, and costs us some tens of microseconds. */
    private static final int LOOKS_PER_ROUND = 16;
    private static final int MAX_ROWS = 8;

    private static final class Site {
        private final Map<Activity, Integer> activities = new HashMap<>();
        private int workers;
    }

    private int next;

    /** Whose stacks are wanted in this round. */
    List<Thread> due(List<Thread> workers) {
        int from = next;
        next += LOOKS_PER_ROUND;
        return IntStream.range(0, Math.min(workers.size(), LOOKS_PER_ROUND))
                .mapToObj(i -> workers.get(Math.floorMod(from + i, workers.size()))).toList();
    }

    /**
     * @param due as told by {@link #due} just now
     * @param stacks of these
     */
    List<Signal> of(ExecutorHandle executor, List<Thread> due, Map<Thread, StackTraceElement[]> stacks, long tick, long now) {
        Map<String, Site> sites = new HashMap<>();
        int looks = 0;
        for (Thread worker : due) {
            StackTraceElement[] stack = stacks.get(worker);
            if (stack.length > 0 && !Activity.isResting(stack)) {
                Site site = sites.computeIfAbsent(AppFrames.top(stack), key -> new Site());
                site.workers++;
                site.activities.merge(Activity.of(worker.getState(), stack), 1, Integer::sum);
                looks++;
            }
        }
        List<Signal> rows = new ArrayList<>();
        for (Map.Entry<String, Site> entry : sites.entrySet()) {
            Activity most = entry.getValue().activities.entrySet().stream().max(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey).orElse(Activity.UNKNOWN);
            rows.add(Signal.of(Signal.BUSY_SITE, now).with("tick", tick).with("resource", executor.id())
                    .with("site", entry.getKey()).with("activity", most.name())
                    .with("workers", entry.getValue().workers).with("lookedAt", looks).build());
        }
        rows.sort(Comparator.comparingLong((Signal row) -> row.number("workers")).reversed());
        return rows.subList(0, Math.min(MAX_ROWS, rows.size()));
    }
}
