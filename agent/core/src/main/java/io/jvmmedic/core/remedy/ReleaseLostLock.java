package io.jvmmedic.core.remedy;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.instrument.lock.DeadlockBreaker;
import io.jvmmedic.core.instrument.lock.LockWait;
import io.jvmmedic.core.instrument.lock.LostLock;
import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.WaitView;
import io.jvmmedic.core.util.Phrases;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Releases a lock in place of its owner, which has ended. Only where the user allows it: whoever gets it next finds what the
 * dead thread left, perhaps half done. Nobody's work is ended by it, and nobody but those in its queue is touched.
 */
public final class ReleaseLostLock implements Remedy {

    public static final String NAME = "release-lost-lock";

    private static final Duration WITHIN = Duration.ofSeconds(5);

    private final WaitView threads;
    private final DeadlockBreaker breaker;
    private final boolean allowed;

    /** @param threads finds those who wait, virtual ones too */
    public ReleaseLostLock(WaitView threads, DeadlockBreaker breaker, MedicConfig config) {
        this.threads = threads;
        this.breaker = breaker;
        this.allowed = config.get(Options.LOST_LOCK_RELEASE);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Risk risk() {
        return Risk.FORCEFUL;
    }

    @Override
    public Preparation prepare(Diagnosis diagnosis) {
        ResourceId id = diagnosis.resource();
        if (!allowed) {
            return impossible(id, "it is released only with " + Options.LOST_LOCK_RELEASE.key()
                    + "=true, for what it guards may be half done");
        }
        Optional<LostLock> found = find(diagnosis);
        if (found.isEmpty()) {
            return impossible(id, "nobody is seen to wait for it, or its owner is no thread that has ended");
        }
        LostLock lock = found.get();
        Optional<String> obstacle = lock.obstacle();
        if (obstacle.isPresent()) {
            return impossible(id, obstacle.get());
        }
        List<LockWait> waits = lock.waits();
        if (waits.isEmpty()) {
            return impossible(id, "nobody waits for it any more");
        }
        LockWait first = waits.get(0);
        Claim claim = new Claim(lock.owner().getName() + " does not own it any more, and " + first.name() + ", the first of "
                + Phrases.count(waits.size(), "thread") + " in its queue, goes on, within " + WITHIN.toSeconds() + " s", WITHIN);
        Plan plan = new Plan(id, NAME, risk(), diagnosis.primary().confidence(), diagnosis.primary().evidence().proof(), claim,
                "none: who waits gets it as if its owner had released it");
        return new Preparation.Ready(plan, new Release(lock, first));
    }

    private Optional<LostLock> find(Diagnosis diagnosis) {
        for (Thread thread : threads.threads(diagnosis.primary().evidence().threads())) {
            Optional<LostLock> lost = breaker.waitOf(thread)
                    .filter(wait -> Phrases.type(wait.lock()).equals(diagnosis.resource().name())).flatMap(LockWait::lost);
            if (lost.isPresent()) {
                return lost;
            }
        }
        return Optional.empty();
    }

    private static Preparation impossible(ResourceId id, String why) {
        return new Preparation.Impossible(id + ": " + why);
    }

    private record Release(LostLock lock, LockWait first) implements Action {

        @Override
        public Optional<String> noLongerNeeded() {
            if (!lock.isLost()) {
                return Optional.of("its owner is another by now");
            }
            return first.isOver() ? Optional.of(first.name() + " does not wait any more") : Optional.empty();
        }

        @Override
        public String observe() {
            return "lost=" + lock.isLost() + " waiting=" + lock.waits().size() + " first=" + first.name()
                    + (first.isOver() ? " gone on" : " waiting");
        }

        @Override
        public void apply() throws Throwable {
            lock.release();
        }

        @Override
        public boolean claimHolds() {
            return !lock.isLost() && first.isOver();
        }
    }
}
