package io.jvmmedic.core.remedy;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.ExecutorHandle.Blocked;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.WaitView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Lends an executor workers. Where workers wait for tasks that are queued behind them, as many as it takes to reach the
 * first awaited task, even when each task before it blocks a worker too; and at least one for each that waits.
 */
public final class GrowExecutor implements Remedy {

    public static final String NAME = "grow-executor";

    /** Somebody waits for tasks that cannot start. */
    private static final Set<Fault> STARVING = Set.of(Fault.EXECUTOR_SELF_STARVATION, Fault.WAIT_KNOT);
    private static final Duration WITHIN = Duration.ofSeconds(5);
    /** Twice the workers is the cap, but a small executor may get so many more: its queue is not shorter for its size. */
    private static final int SMALL_SLACK = 8;

    private final ResourceRegistry registry;
    private final WaitView waits;
    private final int largest;
    private final Growth<Capacity> growth = new Growth<>();

    /** @param waits finds the threads of a finding that work for another executor, or for none */
    public GrowExecutor(ResourceRegistry registry, WaitView waits, MedicConfig config) {
        this.registry = registry;
        this.waits = waits;
        this.largest = config.get(Options.EXECUTOR_GROW_CAP);
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
        ExecutorHandle executor = registry.byId(id).orElse(null) instanceof ExecutorHandle found ? found : null;
        ExecutorHandle.State state = executor == null ? null : executor.state();
        if (state == null) {
            return impossible(id, "the executor is gone");
        }
        for (Lever<?> lever : new Lever<?>[] {executor.grow(), executor.restore()}) {
            if (!lever.isPresent()) {
                return impossible(id, lever.description());
            }
        }
        Supplier<List<Blocked>> waiters = waiters(diagnosis, executor);
        List<Blocked> blocked = waiters.get();
        boolean starving = STARVING.contains(diagnosis.primary().fault());
        Optional<String> gone = noLongerNeeded(state, blocked, starving);
        if (gone.isPresent()) {
            return impossible(id, gone.get());
        }
        Grown grown = new Grown(executor, diagnosis.primary().fault() == Fault.SCHEDULE_LATE ? 1 : 0);
        Capacity original = growth.original(id, new Capacity(state.core(), state.max(), state.size()), grown);
        int cap = Math.min(largest, Math.max(2 * original.workers(), original.workers() + SMALL_SLACK));
        if (state.size() >= cap) {
            return impossible(id, "it has " + state.size() + " workers, " + original.workers()
                    + " of its own; at most " + cap + " are allowed (" + Options.EXECUTOR_GROW_CAP.key() + "=" + largest
                    + ", twice its own, at least " + SMALL_SLACK + " more)");
        }
        int wanted = starving ? wantedByStarving(blocked) : Math.min(state.queued(), Math.max(1, blocked.size()));
        int target = Math.min(cap, state.size() + wanted);
        Claim claim = new Claim("with " + target + " workers instead of " + state.size()
                + (starving ? ", an awaited task starts or completes" : ", a task completes")
                + " within " + WITHIN.toSeconds() + " s; completed now " + state.completed(), WITHIN);
        Plan plan = new Plan(id, NAME, risk(), diagnosis.primary().confidence(),
                diagnosis.primary().evidence().proof(), claim, "core and maximum back to " + original.core() + " and "
                        + original.max() + " once the queue is empty and at most " + (original.workers() - grown.spare())
                        + " workers are busy");
        return new Preparation.Ready(plan, new Grow(id, grown, waiters, state, original, target, starving));
    }

    /** Who waits for tasks of an executor, live: its own workers, or, in a knot, any thread of that. */
    private Supplier<List<Blocked>> waiters(Diagnosis diagnosis, ExecutorHandle executor) {
        if (diagnosis.primary().fault() != Fault.WAIT_KNOT) {
            return executor::blockedWorkers;
        }
        List<Long> members = diagnosis.primary().evidence().threads();
        return () -> executor.parked(waits.threads(members));
    }

    private static int wantedByStarving(List<Blocked> blocked) {
        List<Blocked> own = waitingForOwnQueue(blocked);
        int untilFirst = own.stream().mapToInt(Blocked::queuePosition).min().orElse(0) + 1;
        return Math.max(own.size(), untilFirst);
    }

    private static List<Blocked> waitingForOwnQueue(List<Blocked> blocked) {
        return blocked.stream().filter(one -> one.queuePosition() >= 0).toList();
    }

    private static Preparation impossible(ResourceId id, String why) {
        return new Preparation.Impossible(id + ": " + why);
    }

    private static Optional<String> noLongerNeeded(ExecutorHandle.State state, List<Blocked> blocked, boolean starving) {
        if (state.shutdown()) {
            return Optional.of("the executor is shut down");
        }
        if (state.queued() == 0) {
            return Optional.of("no task is queued any more");
        }
        if (state.active() < state.size()) {
            return Optional.of("only " + state.active() + " of " + state.size() + " workers are busy");
        }
        return starving && waitingForOwnQueue(blocked).isEmpty()
                ? Optional.of("nobody waits for a task of its queue any more") : Optional.empty();
    }

    /** @param workers how many there really were: with an unbounded queue the maximum says nothing */
    private record Capacity(int core, int max, int workers) {
    }

    /**
     * An executor as something that has a size.
     *
     * @param spare workers that must be free before any is taken back: a series that was late for want of one is late again
     *     without one, however empty the queue is between two runs
     */
    private record Grown(ExecutorHandle executor, int spare) implements Growth.Sized<Capacity> {

        @Override
        public boolean isGone() {
            ExecutorHandle.State state = executor.state();
            return state == null || state.shutdown();
        }

        @Override
        public boolean is(Capacity size) {
            ExecutorHandle.State state = executor.state();
            return state != null && state.core() == size.core() && state.max() == size.max();
        }

        @Override
        public boolean fits(Capacity size) {
            ExecutorHandle.State state = executor.state();
            return state != null && state.queued() == 0 && state.active() + spare <= size.workers();
        }

        @Override
        public void set(Capacity size) throws Throwable {
            executor.restore().pull(new ExecutorHandle.Size(size.core(), size.max()));
        }

        @Override
        public String text(Capacity from, Capacity to) {
            return "workers " + from.workers() + " -> " + to.workers();
        }
    }

    private final class Grow implements Action {

        private final ResourceId id;
        private final Grown grown;
        private final ExecutorHandle executor;
        private final Supplier<List<Blocked>> waiters;
        private final ExecutorHandle.State planned;
        private final Capacity original;
        private final int target;
        private final boolean starving;
        private volatile long completed;
        private volatile List<Blocked> awaiting = List.of();
        private volatile Loan loan;

        private Grow(ResourceId id, Grown grown, Supplier<List<Blocked>> waiters,
                ExecutorHandle.State planned, Capacity original, int target, boolean starving) {
            this.id = id;
            this.grown = grown;
            this.executor = grown.executor();
            this.waiters = waiters;
            this.planned = planned;
            this.original = original;
            this.target = target;
            this.starving = starving;
        }

        @Override
        public Optional<String> noLongerNeeded() {
            ExecutorHandle.State state = executor.state();
            if (state == null) {
                return Optional.of("the executor is gone");
            }
            if (state.core() != planned.core() || state.max() != planned.max()) {
                return Optional.of("its core and maximum were changed to " + state.core() + " and " + state.max()
                        + " meanwhile");
            }
            if (state.completed() > planned.completed()) {
                return Optional.of("tasks complete again");
            }
            return GrowExecutor.noLongerNeeded(state, starving ? waiters.get() : List.of(), starving);
        }

        @Override
        public String observe() {
            return StateText.of(executor.state());
        }

        @Override
        public void apply() throws Throwable {
            ExecutorHandle.State before = executor.state();
            completed = (before == null ? planned : before).completed();
            awaiting = starving ? waitingForOwnQueue(waiters.get()) : List.of();
            loan = growth.lent(id, original, new Capacity(Math.max(planned.core(), target),
                    Math.max(planned.max(), target), target), grown);
            executor.grow().pull(target);
            ExecutorHandle.State after = executor.state();
            // A lever may reach less than asked for. The old size, though, is a counter that was not refreshed.
            if (after != null && (after.core() != planned.core() || after.max() != planned.max())) {
                loan = growth.lent(id, original, new Capacity(after.core(), after.max(), target), grown);
            }
        }

        @Override
        public boolean claimHolds() {
            ExecutorHandle.State state = executor.state();
            if (state == null) {
                return false;
            }
            boolean completing = state.completed() > completed;
            if (awaiting.isEmpty()) {
                return completing;
            }
            List<Blocked> blocked = waiters.get();
            return awaiting.stream().anyMatch(then -> hasCome(then, blocked, completing));
        }

        /**
         * Whether an awaited task came to its turn. It may run longer than any claim, so it counts that it left the queue
         * while its worker goes on waiting for it. A worker that waits no more may have run into a time limit, and a task
         * that completed may be another one, or one that a lever needs to start a worker; only both together count.
         */
        private static boolean hasCome(Blocked then, List<Blocked> blocked, boolean completing) {
            return blocked.stream()
                    .filter(now -> now.worker() == then.worker() && now.waitsFor().equals(then.waitsFor()))
                    .findFirst().map(now -> now.queuePosition() < 0).orElse(completing);
        }

        @Override
        public Optional<Loan> loan() {
            return Optional.ofNullable(loan);
        }
    }
}
