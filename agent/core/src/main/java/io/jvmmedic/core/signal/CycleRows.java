package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.LockCycles;
import io.jvmmedic.core.resource.LockCycles.Found;
import io.jvmmedic.core.resource.LockCycles.Lost;
import io.jvmmedic.core.resource.LockCycles.Member;
import io.jvmmedic.core.util.Clock;
import java.util.ArrayList;
import java.util.List;

/** Rows about what only reading the locks themselves can tell, and how any lock cycle is written down. */
final class CycleRows {

    private final LockCycles cycles;
    private final JvmProbe jvm;
    private final Clock clock;
    private final LookRest rest = new LookRest();
    private final FirstSeen seen = new FirstSeen();
    private long nextLook;

    CycleRows(LockCycles cycles, JvmProbe jvm, Clock clock) {
        this.cycles = cycles;
        this.jvm = jvm;
        this.clock = clock;
    }

    /** While a cycle stands it is told each round; otherwise looking rests in proportion to its cost. */
    List<Signal> of(long tick, long now) {
        if (clock.monotonicMillis() < nextLook) {
            return List.of();
        }
        long before = jvm.cpuNanos(Thread.currentThread());
        Found found = cycles.look();
        long cost = jvm.cpuNanos(Thread.currentThread()) - before;
        long pause = rest.millisAfter(found.cycles().isEmpty() && found.lost().isEmpty() ? cost : 0);
        nextLook = clock.monotonicMillis() + pause;
        List<Signal> rows = new ArrayList<>();
        found.cycles().forEach(cycle -> rows.addAll(of(cycle, seen, clock.monotonicMillis(), tick, now)));
        found.lost().forEach(lost -> lost.waiters().forEach(waiter -> rows.add(row(lost, waiter, tick, now))));
        return rows;
    }

    private Signal row(Lost lost, Member waiter, long tick, long now) {
        return Signal.of(Signal.THREAD_WAIT, now)
                .with("tick", tick).with("resource", "").with("thread", waiter.thread()).with("threadId", waiter.threadId())
                .with("kind", waiter.kind()).with("waitsFor", lost.lock()).with("slotOf", "").with("queuePosition", -1)
                .with("holder", lost.owner()).with("holderIds", Long.toString(lost.ownerId())).with("holderEnded", true)
                .with("proven", true).with("timed", waiter.timed())
                .with("waitedFor", seen.age(waiter.threadId() + lost.lock(), clock.monotonicMillis()))
                .with("site", waiter.site()).build();
    }

    /** @param seen knows the cycles told before */
    static List<Signal> of(List<Member> cycle, FirstSeen seen, long monotonicMillis, long tick, long now) {
        StringBuilder key = new StringBuilder();
        cycle.forEach(member -> key.append(member.threadId()).append('@').append(member.lock()).append(' '));
        String cycleId = Integer.toHexString(key.toString().hashCode());
        long age = seen.age(cycleId, monotonicMillis);
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
                    .with("waitedFor", age)
                    .with("site", member.site())
                    .with("through", member.through())
                    .with("holdsAt", member.holdsAt())
                    .build());
        }
        return rows;
    }
}
