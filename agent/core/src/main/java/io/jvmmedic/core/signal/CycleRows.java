package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.LockCycles;
import io.jvmmedic.core.resource.LockCycles.Member;
import io.jvmmedic.core.util.Clock;
import java.util.ArrayList;
import java.util.List;

/** Rows about lock cycles: of those that only reading the locks themselves can tell, and how any cycle is written down. */
final class CycleRows {

    /** Looking for deadlocks may use this share of one core: the pause until the next look is so many times its cost. */
    static final int REST_FACTOR = 500;
    static final long MIN_REST_MILLIS = 900;

    private final LockCycles cycles;
    private final Clock clock;
    private long nextLook;

    CycleRows(LockCycles cycles, Clock clock) {
        this.cycles = cycles;
        this.clock = clock;
    }

    /** While a cycle stands it is told each round; otherwise looking rests in proportion to its cost. */
    List<Signal> of(long tick, long now) {
        if (clock.monotonicMillis() < nextLook) {
            return List.of();
        }
        long before = System.nanoTime();
        List<List<Member>> found = cycles.cycles();
        long costMillis = (System.nanoTime() - before) / 1_000_000;
        nextLook = clock.monotonicMillis() + Math.max(MIN_REST_MILLIS, found.isEmpty() ? costMillis * REST_FACTOR : 0);
        List<Signal> rows = new ArrayList<>();
        found.forEach(cycle -> rows.addAll(of(cycle, tick, now)));
        return rows;
    }

    static List<Signal> of(List<Member> cycle, long tick, long now) {
        StringBuilder key = new StringBuilder();
        cycle.forEach(member -> key.append(member.threadId()).append('@').append(member.lock()).append(' '));
        String cycleId = Integer.toHexString(key.toString().hashCode());
        List<Signal> rows = new ArrayList<>();
        for (int i = 0; i < cycle.size(); i++) {
            Member member = cycle.get(i);
            rows.add(Signal.of(Signal.DEADLOCKED_THREAD, now)
                    .with("tick", tick)
                    .with("resource", new ResourceId(ResourceId.Kind.LOCK, "cycle-" + cycleId))
                    .with("cycleId", cycleId)
                    .with("position", i)
                    .with("thread", member.thread())
                    .with("threadId", member.threadId())
                    .with("lock", member.lock())
                    .with("ownerThread", cycle.get((i + 1) % cycle.size()).thread())
                    .with("kind", member.kind())
                    .with("timed", member.timed())
                    .with("site", member.site())
                    .with("holdsAt", member.holdsAt())
                    .build());
        }
        return rows;
    }
}
