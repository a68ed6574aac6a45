package io.jvmmedic.core.instrument.executor;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the workers of a thread pool that an exception has ended. The pool tells nobody: it starts another one. So from one
 * look to the next each worker that is gone is asked whether it can have left for another reason, and counts only if not:
 * workers of a pool of fixed size never leave, and no worker leaves for want of work before its keep-alive time is over.
 */
final class WorkerDeaths {

    /** What decides when a pool lets a worker go. */
    record Rules(int core, int max, boolean coreTimesOut, long keepAliveNanos) {

        boolean isFixed() {
            return !coreTimesOut && core == max;
        }
    }

    /** Age of a worker that was there when the pool was first looked at. */
    private static final long OLD = Long.MIN_VALUE;

    private Map<Thread, Long> firstSeen = Map.of();
    /** The census gives the same list for as long as nobody comes or goes. */
    private List<Thread> counted = List.of();
    private Rules before;
    private long lookedAt;
    private long died;

    /**
     * @param rules in force now; {@code null} when the pool is ending, and lets everybody go
     * @param now any clock, ns
     */
    synchronized void look(List<Thread> workers, Rules rules, long now) {
        if (workers == counted && rules != null && rules.equals(before)) {
            lookedAt = now;
            return;
        }
        counted = workers;
        Map<Thread, Long> seen = new HashMap<>(workers.size() * 2);
        for (Thread worker : workers) {
            Long known = firstSeen.get(worker);
            seen.put(worker, known != null ? known : before == null ? OLD : lookedAt);
        }
        // Rules that have just changed may have let somebody go, and so may too many workers at the last look.
        if (rules != null && rules.equals(before) && firstSeen.size() <= rules.max()) {
            for (Map.Entry<Thread, Long> gone : firstSeen.entrySet()) {
                boolean young = gone.getValue() != OLD && now - gone.getValue() < rules.keepAliveNanos();
                if (!seen.containsKey(gone.getKey()) && (young || rules.isFixed())) {
                    died++;
                }
            }
        }
        firstSeen = seen;
        before = rules;
        lookedAt = now;
    }

    synchronized long count() {
        return died;
    }
}
