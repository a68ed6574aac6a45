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

    List<Signal> of(ExecutorHandle executor, long tick, long now) {
        List<Thread> workers = executor.workers();
        Map<String, Site> sites = new HashMap<>();
        int looks = 0;
        for (int i = 0; i < workers.size() && looks < LOOKS_PER_ROUND; i++) {
            Thread worker = workers.get(Math.floorMod(next + i, workers.size()));
            StackTraceElement[] stack = worker.getStackTrace();
            if (stack.length > 0 && !Activity.isResting(stack)) {
                Site site = sites.computeIfAbsent(AppFrames.top(stack), key -> new Site());
                site.workers++;
                site.activities.merge(Activity.of(worker.getState(), stack), 1, Integer::sum);
                looks++;
            }
        }
        next += LOOKS_PER_ROUND;
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
