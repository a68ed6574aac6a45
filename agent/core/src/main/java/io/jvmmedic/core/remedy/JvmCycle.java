package io.jvmmedic.core.remedy;

import io.jvmmedic.core.instrument.lock.DeadlockBreaker;
import io.jvmmedic.core.instrument.lock.LockWait;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.resource.ThreadView;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** A cycle that the JVM itself reports: platform threads, monitors, locks with an owner. */
final class JvmCycle implements CycleView {

    private final Diagnosis diagnosis;
    private final List<Long> members;
    private final ThreadView threads;
    private final DeadlockBreaker breaker;
    private final Map<Long, LockCycle.Wait> before;

    JvmCycle(Diagnosis diagnosis, ThreadView threads, DeadlockBreaker breaker) {
        this.diagnosis = diagnosis;
        this.members = diagnosis.primary().evidence().threads();
        this.threads = threads;
        this.breaker = breaker;
        this.before = LockCycle.waits(members);
    }

    @Override
    public Optional<String> resolved() {
        return LockCycle.resolved(diagnosis);
    }

    @Override
    public List<LockWait> waits() {
        return members.stream().map(threads::byId).filter(Objects::nonNull)
                .flatMap(thread -> breaker.waitOf(thread).map(Stream::of).orElseGet(Stream::empty)).toList();
    }

    @Override
    public Optional<LockWait> waiterFor(Thread holder) {
        return waits().stream().filter(wait -> wait.owner() == holder).findFirst();
    }

    @Override
    public int deadlocked() {
        return LockCycle.deadlocked(members).size();
    }

    @Override
    public boolean isFreeOf(LockWait victim) {
        Map<Long, LockCycle.Wait> now = LockCycle.waits(members);
        return LockCycle.deadlocked(members).isEmpty() && members.stream().allMatch(member ->
                hasMoved(member, now.get(member)) || before.get(member).owner() != victim.threadId());
    }

    private boolean hasMoved(long member, LockCycle.Wait now) {
        return now == null || !now.equals(before.get(member));
    }
}
