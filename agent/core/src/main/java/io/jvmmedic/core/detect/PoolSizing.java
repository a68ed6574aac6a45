package io.jvmmedic.core.detect;

import io.jvmmedic.core.model.Signal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The least maximum with which borrowers that take several connections at once cannot lock each other out: threads x
 * (connections per thread - 1) + 1, the formula of HikariCP's "About Pool Sizing". With one slot fewer all threads can
 * hold all but one of theirs, and nobody gets the last.
 *
 * @param threads that are at it now
 * @param slotsPerThread the most that one of them needs at once
 */
record PoolSizing(long threads, long slotsPerThread) {

    /** @param nested holders that wait for a further slot of the same pool */
    static PoolSizing of(Signal pool, List<Holder> nested, List<Signal> waiters) {
        Map<Long, Long> held = nested.stream().collect(Collectors.groupingBy(Holder::threadId, Collectors.counting()));
        Set<Long> threads = new HashSet<>(held.keySet());
        waiters.forEach(row -> threads.add(row.number("threadId")));
        long most = held.values().stream().mapToLong(Long::longValue).max().orElse(1);
        return new PoolSizing(Math.max(threads.size(), pool.number("waiting")), most + 1);
    }

    long suggested() {
        return threads * (slotsPerThread - 1) + 1;
    }

    /** {@code at least threads x (connections per thread - 1) + 1 = 9}. */
    String sentence() {
        return "at least threads x (connections per thread - 1) + 1 = " + suggested();
    }
}
