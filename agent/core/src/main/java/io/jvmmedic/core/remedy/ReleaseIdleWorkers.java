package io.jvmmedic.core.remedy;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.ExecutorHandle.IdleRule;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Globs;
import io.jvmmedic.core.util.NumberedNames;
import io.jvmmedic.core.util.Phrases;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Has the idle workers of abandoned executors end, by their own time-out. Nothing is shut down: an executor that is used
 * after all starts workers again, and gets its rule back. One that nobody can reach is then collected, for it were only its
 * workers that kept it; to shut it down before could refuse a task of somebody who still has it.
 */
public final class ReleaseIdleWorkers implements Remedy {

    public static final String NAME = "release-idle-workers";

    private static final Duration WITHIN = Duration.ofSeconds(10);
    private static final IdleRule LET_GO = new IdleRule(true, TimeUnit.SECONDS.toNanos(1));
    private static final String KIND = "executors ";

    private final ResourceRegistry registry;
    private final Globs excluded;

    public ReleaseIdleWorkers(ResourceRegistry registry, MedicConfig config) {
        this.registry = registry;
        this.excluded = Globs.of(config.get(Options.EXCLUDE));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Risk risk() {
        return Risk.GENTLE;
    }

    @Override
    public Preparation prepare(Diagnosis diagnosis) {
        ResourceId id = diagnosis.resource();
        String pattern = id.name().startsWith(KIND) ? id.name().substring(KIND.length()) : id.name();
        List<Released> idle = registry.executors().stream()
                .filter(executor -> NumberedNames.kind(executor.id().name()).equals(pattern)
                        && !excluded.matches(executor.id().toString()))
                .filter(ReleaseIdleWorkers::isIdle)
                .map(executor -> new Released(executor, executor.idleRule(), executor.state().completed())).toList();
        if (idle.isEmpty()) {
            return new Preparation.Impossible(id + ": none of them is idle, has workers and a rule that can be changed");
        }
        long workers = idle.stream().mapToLong(one -> one.executor().state() == null ? 0 : one.executor().state().size()).sum();
        Claim claim = new Claim("the " + Phrases.count(workers, "idle worker") + " of " + Phrases.count(idle.size(), "executor")
                + " end within " + WITHIN.toSeconds() + " s, but for those that are used again", WITHIN);
        return new Preparation.Ready(new Plan(id, NAME, risk(), diagnosis.primary().confidence(),
                diagnosis.primary().evidence().proof(), claim, "each that is used again gets its own time-out back"),
                new Release(idle));
    }

    private static boolean isIdle(ExecutorHandle executor) {
        ExecutorHandle.State state = executor.state();
        return state != null && !state.shutdown() && state.size() > 0 && state.active() == 0 && state.queued() == 0
                && executor.setIdleRule().isPresent() && executor.idleRule() != null
                && !executor.idleRule().equals(LET_GO);
    }

    /** @param completed tasks when it was found idle */
    private record Released(ExecutorHandle executor, IdleRule own, long completed) {

        boolean isUsed() {
            ExecutorHandle.State state = executor.state();
            return state != null && (state.active() > 0 || state.queued() > 0 || state.completed() > completed);
        }

        boolean isGone() {
            ExecutorHandle.State state = executor.state();
            return !executor.alive() || state == null || state.shutdown();
        }

        boolean isOurs() {
            return LET_GO.equals(executor.idleRule());
        }
    }

    private record Release(List<Released> idle) implements Action {

        @Override
        public Optional<String> noLongerNeeded() {
            return idle.stream().anyMatch(one -> isIdle(one.executor())) ? Optional.empty()
                    : Optional.of("none of them is idle any more");
        }

        @Override
        public String observe() {
            long left = idle.stream().map(one -> one.executor().state()).filter(state -> state != null)
                    .mapToLong(ExecutorHandle.State::size).sum();
            return "executors=" + idle.size() + " workers=" + left;
        }

        @Override
        public void apply() throws Throwable {
            for (Released one : idle) {
                if (isIdle(one.executor())) {
                    one.executor().setIdleRule().pull(LET_GO);
                }
            }
        }

        @Override
        public boolean claimHolds() {
            return idle.stream().allMatch(one -> one.isGone() || one.isUsed() || one.executor().state().size() == 0);
        }

        @Override
        public Optional<Loan> loan() {
            return Optional.of(new OwnRules(idle));
        }
    }

    /** The time-outs that were replaced. Each is given back when its executor is used again, all of them at the end. */
    private record OwnRules(List<Released> idle) implements Loan {

        @Override
        public String text() {
            return "workers of " + Phrases.count(idle.size(), "executor") + " end when idle";
        }

        /** Gives back on the way what is used again: the rest goes on being idle, perhaps for ever. */
        @Override
        public boolean unneeded() {
            for (Released one : idle) {
                if (one.isUsed()) {
                    giveBack(one);
                }
            }
            return false;
        }

        @Override
        public boolean moot() {
            return idle.stream().allMatch(one -> one.isGone() || !one.isOurs());
        }

        @Override
        public void giveBack() throws Throwable {
            idle.forEach(OwnRules::giveBack);
        }

        private static void giveBack(Released one) {
            try {
                if (!one.isGone() && one.isOurs()) {
                    one.executor().setIdleRule().pull(one.own());
                }
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
