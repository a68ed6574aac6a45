package io.jvmmedic.core.remedy;

import io.jvmmedic.core.instrument.lock.LockGraph;
import io.jvmmedic.core.instrument.lock.LockGraph.Cycle;
import io.jvmmedic.core.instrument.lock.LockWait;
import io.jvmmedic.core.model.Diagnosis;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** A cycle that the JVM does not report: readers hold a lock of it, or a thread of it is virtual. */
final class UnseenCycle implements CycleView {

    private final LockGraph graph;
    private final List<Long> members;
    private final List<LockWait> waits;

    UnseenCycle(Diagnosis diagnosis, LockGraph graph) {
        this.graph = graph;
        this.members = diagnosis.primary().evidence().threads();
        this.waits = now().map(Cycle::waits).orElseGet(List::of);
    }

    private Optional<Cycle> now() {
        return graph.find().stream().filter(cycle -> cycle.threadIds().equals(members)).findFirst();
    }

    @Override
    public Optional<String> resolved() {
        return now().isPresent() ? Optional.empty() : Optional.of("its threads are not deadlocked any more");
    }

    @Override
    public List<LockWait> waits() {
        return waits;
    }

    @Override
    public Optional<LockWait> waiterFor(Thread holder) {
        for (int i = 0; i < waits.size(); i++) {
            if (waits.get((i + 1) % waits.size()).thread() == holder) {
                return Optional.of(waits.get(i));
            }
        }
        return Optional.empty();
    }

    @Override
    public int deadlocked() {
        return now().map(cycle -> cycle.waits().size()).orElse(0);
    }

    @Override
    public boolean isFreeOf(LockWait victim) {
        return graph.find().stream().allMatch(cycle -> Collections.disjoint(cycle.threadIds(), members))
                && waits.stream().noneMatch(wait -> graph.isHeldUpBy(wait, victim.thread()));
    }
}
