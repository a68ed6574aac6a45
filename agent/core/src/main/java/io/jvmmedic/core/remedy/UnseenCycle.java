package io.jvmmedic.core.remedy;

import io.jvmmedic.core.instrument.lock.LockGraph;
import io.jvmmedic.core.instrument.lock.LockGraph.Cycle;
import io.jvmmedic.core.instrument.lock.LockGraph.Step;
import io.jvmmedic.core.instrument.lock.LockWait;
import io.jvmmedic.core.model.Diagnosis;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A cycle that the JVM does not report: readers hold a lock of it, a thread of it is virtual or waits for a task. */
final class UnseenCycle implements CycleView {

    private final LockGraph graph;
    private final List<Long> members;
    private final List<Step> steps;

    UnseenCycle(Diagnosis diagnosis, LockGraph graph) {
        this.graph = graph;
        this.members = diagnosis.primary().evidence().threads();
        this.steps = now().map(Cycle::steps).orElseGet(List::of);
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
        return steps.stream().map(Step::lockWait).filter(Objects::nonNull).toList();
    }

    @Override
    public Optional<LockWait> waiterFor(Thread holder) {
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get((i + 1) % steps.size()).thread() == holder) {
                return Optional.ofNullable(steps.get(i).lockWait());
            }
        }
        return Optional.empty();
    }

    @Override
    public int deadlocked() {
        return now().map(cycle -> cycle.steps().size()).orElse(0);
    }

    @Override
    public boolean isFreeOf(LockWait victim) {
        return graph.find().stream().allMatch(cycle -> Collections.disjoint(cycle.threadIds(), members))
                && waits().stream().noneMatch(wait -> graph.isHeldUpBy(wait, victim.thread()));
    }
}
