package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.ExecutorHandle.Run;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Jdk;
import java.time.Duration;
import java.util.Optional;

/**
 * Cancels one stuck task by its own future, which interrupts it. The future delivers the interrupt inside its own run or
 * not at all, and the pool clears the flag before the next task, so no other task can be hit. There is never a proof that a
 * task is stuck: it takes {@code force-on-suspicion} for the executor.
 */
public final class InterruptTask implements Remedy {

    public static final String NAME = "interrupt-task";

    private static final Duration WITHIN = Duration.ofSeconds(5);

    private final ResourceRegistry registry;

    public InterruptTask(ResourceRegistry registry) {
        this.registry = registry;
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
        if (!(registry.byId(id).orElse(null) instanceof ExecutorHandle executor)) {
            return new Preparation.Impossible(id + ": the executor is gone");
        }
        long thread = diagnosis.primary().evidence().measure("thread");
        long task = diagnosis.primary().evidence().measure("task");
        Optional<Run> run = executor.runs().stream()
                .filter(one -> Jdk.threadId(one.worker()) == thread && one.task() == task).findFirst();
        if (run.isEmpty()) {
            return new Preparation.Impossible(id + ": the task has ended");
        }
        Lever<Void> cancel = executor.cancel(run.get());
        if (!cancel.isPresent()) {
            return new Preparation.Impossible(id + ": " + cancel.description());
        }
        String worker = run.get().worker().getName();
        Claim claim = new Claim("the task of " + worker + " ends within " + WITHIN.toSeconds() + " s", WITHIN);
        return new Preparation.Ready(new Plan(id, NAME, risk(), diagnosis.primary().confidence(),
                diagnosis.primary().evidence().proof(), claim, "none: who waits for the task gets a CancellationException"),
                new Interrupt(executor, run.get(), cancel));
    }

    private record Interrupt(ExecutorHandle executor, Run run, Lever<Void> cancel) implements Action {

        @Override
        public Optional<String> noLongerNeeded() {
            return executor.isRunning(run) ? Optional.empty() : Optional.of("the task has ended");
        }

        @Override
        public String observe() {
            return StateText.of(executor.state());
        }

        @Override
        public void apply() throws Throwable {
            cancel.pull(null);
        }

        @Override
        public boolean claimHolds() {
            return !executor.isRunning(run);
        }
    }
}
