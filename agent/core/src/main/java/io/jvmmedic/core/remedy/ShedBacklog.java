package io.jvmmedic.core.remedy;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Phrases;
import java.time.Duration;
import java.util.Optional;

/**
 * Cancels half of a queue that is about to fill the heap, the oldest or the newest tasks, where the user has said which:
 * they are lost, and only he knows whether the process is worth more. Needs {@code force-on-suspicion} for the executor, too.
 */
public final class ShedBacklog implements Remedy {

    public static final String NAME = "shed-backlog";

    private static final Duration WITHIN = Duration.ofSeconds(5);
    private static final String OFF = "off";
    private static final String NEWEST = "newest";

    private final ResourceRegistry registry;
    private final String which;

    public ShedBacklog(ResourceRegistry registry, MedicConfig config) {
        this.registry = registry;
        this.which = config.get(Options.BACKLOG_SHED);
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
        if (which.equals(OFF)) {
            return impossible(id, "queued tasks are cancelled only if " + Options.BACKLOG_SHED.key() + " says which");
        }
        ExecutorHandle executor = registry.byId(id).orElse(null) instanceof ExecutorHandle found ? found : null;
        ExecutorHandle.State state = executor == null ? null : executor.state();
        if (state == null) {
            return impossible(id, "the executor is gone");
        }
        if (!executor.shed().isPresent()) {
            return impossible(id, executor.shed().description());
        }
        int count = state.queued() / 2;
        if (count == 0) {
            return impossible(id, "no task is queued any more");
        }
        Claim claim = new Claim("the " + count + " " + which + " of " + Phrases.count(state.queued(), "queued task")
                + " are cancelled within " + WITHIN.toSeconds() + " s", WITHIN);
        return new Preparation.Ready(new Plan(id, NAME, risk(), diagnosis.primary().confidence(),
                diagnosis.primary().evidence().proof(), claim,
                "none: these tasks are lost; who waits for one gets a CancellationException"),
                new Shedding(executor, state.queued(), new ExecutorHandle.Shed(count, which.equals(NEWEST))));
    }

    private static Preparation impossible(ResourceId id, String why) {
        return new Preparation.Impossible(id + ": " + why);
    }

    private static final class Shedding implements Action {

        private final ExecutorHandle executor;
        private final int planned;
        private final ExecutorHandle.Shed shed;
        private volatile long before;

        private Shedding(ExecutorHandle executor, int planned, ExecutorHandle.Shed shed) {
            this.executor = executor;
            this.planned = planned;
            this.shed = shed;
        }

        @Override
        public Optional<String> noLongerNeeded() {
            ExecutorHandle.State state = executor.state();
            if (state == null || state.shutdown()) {
                return Optional.of("the executor is gone or shut down");
            }
            return state.queued() < planned ? Optional.of("the queue is getting shorter") : Optional.empty();
        }

        @Override
        public String observe() {
            return StateText.of(executor.state()) + " shed=" + executor.tasksShed();
        }

        @Override
        public void apply() throws Throwable {
            before = executor.tasksShed();
            executor.shed().pull(shed);
        }

        @Override
        public boolean claimHolds() {
            return executor.tasksShed() - before >= shed.count();
        }
    }
}
