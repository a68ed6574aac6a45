package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.resource.ThreadView.Family;
import io.jvmmedic.core.util.NumberedNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Counts the live threads by name, numbers in the names aside. Belongs to the census. */
final class ThreadFamilies {

    /** Smaller ones are no leak yet. */
    private static final int LEAST_ALIVE = 20;
    /** Names made of anything else than numbers would be a family each. */
    private static final int MAX_NAMES = 10_000;

    private static final class Count {
        private final Set<WorkerHandle<?>> executors = new HashSet<>();
        private int alive;
        private int withoutExecutor;
        private Thread youngest;
        private long youngestId = Long.MIN_VALUE;
    }

    private final Map<String, Long> started = new HashMap<>();
    private Map<String, Count> counts = new HashMap<>();

    /** The name of a thread's family; to be kept with the thread. */
    String begin(Thread thread) {
        String family = NumberedNames.family(thread.getName());
        if (started.size() < MAX_NAMES || started.containsKey(family)) {
            started.merge(family, 1L, Long::sum);
        }
        return family;
    }

    /** One live thread of the round that is being counted. */
    void count(String family, long id, Thread thread, WorkerHandle<?> executor) {
        Count count = counts.computeIfAbsent(family, key -> new Count());
        count.alive++;
        if (executor == null) {
            count.withoutExecutor++;
        } else {
            count.executors.add(executor);
        }
        if (id > count.youngestId) {
            count.youngestId = id;
            count.youngest = thread;
        }
    }

    /** Ends a round. */
    List<Family> close() {
        List<Family> large = new ArrayList<>();
        counts.forEach((family, count) -> {
            if (count.alive >= LEAST_ALIVE) {
                boolean one = count.executors.size() == 1 && count.withoutExecutor == 0;
                large.add(new Family(family, count.alive, started.getOrDefault(family, 0L) - count.alive,
                        count.executors.size(), one ? count.executors.iterator().next().id() : null, count.youngest));
            }
        });
        if (started.size() >= MAX_NAMES) {
            started.keySet().retainAll(counts.keySet());
        }
        counts = new HashMap<>();
        return large;
    }
}
