package io.jvmmedic.core.treatment;

import io.jvmmedic.core.model.Outcome;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.policy.TreatmentState;
import io.jvmmedic.core.remedy.Action;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.DisposableCall;
import java.time.Duration;
import java.util.Optional;

/**
 * One allowed plan on its way from act to outcome. Never blocks: {@link #step()} looks whether the disposable thread is
 * done and moves on. Owned by the engine thread.
 */
final class Treatment {

    private static final Duration LOOK_LIMIT = Duration.ofSeconds(2);

    private final Plan plan;
    private final Action action;
    private final Clock clock;
    private final DisposableCall<Applied> act;
    private TreatmentState state = TreatmentState.PLANNED;
    /** Set by the acting thread once the live precondition held for the last time. */
    private volatile boolean applying;
    private DisposableCall<Look> look;
    private long verifyUntil;
    private String before = "";
    private String after = "";
    private String problem = "";

    /** What the acting thread brings back. */
    private record Applied(String before, Optional<String> retracted) {
    }

    private record Look(boolean holds, String observed) {
    }

    /** Starts the act at once. */
    Treatment(Plan plan, Action action, Duration deadline, Clock clock) {
        this.plan = plan;
        this.action = action;
        this.clock = clock;
        this.act = DisposableCall.start(deadline, clock, this::apply);
    }

    /** The live precondition once more, as late as can be: what changed since the plan must not be hit. */
    private Applied apply() throws Exception {
        String before = action.observe();
        Optional<String> gone = action.noLongerNeeded();
        if (gone.isPresent()) {
            return new Applied(before, gone);
        }
        applying = true;
        try {
            action.apply();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        return new Applied(before, Optional.empty());
    }

    Plan plan() {
        return plan;
    }

    Action action() {
        return action;
    }

    TreatmentState state() {
        return state;
    }

    String before() {
        return before;
    }

    String after() {
        return after;
    }

    /** Why it did not heal; empty when it did. */
    String problem() {
        return problem;
    }

    /** Looks and moves on; the outcome once there is one. */
    Optional<Outcome> step() {
        return switch (state) {
            case PLANNED, APPLYING -> applying();
            case VERIFYING -> verifying();
            default -> throw new IllegalStateException("a treatment that is " + state + " has no next step");
        };
    }

    private Optional<Outcome> applying() {
        boolean done = act.isDone();
        boolean overdue = !done && act.isOverdue();
        // Read last: what is done by now may have been begun after a look that was taken before.
        if (state == TreatmentState.PLANNED && applying) {
            state = state.to(TreatmentState.APPLYING);
        }
        if (!done) {
            if (overdue) {
                problem = "the act did not return before its deadline; its thread is abandoned";
                return state == TreatmentState.PLANNED
                        ? ended(TreatmentState.RETRACTED, Outcome.STUCK) : ended(TreatmentState.STUCK, Outcome.STUCK);
            }
            return Optional.empty();
        }
        try {
            Applied applied = act.result();
            before = applied.before();
            if (applied.retracted().isPresent()) {
                problem = applied.retracted().get();
                after = before;
                return ended(TreatmentState.RETRACTED, Outcome.RETRACTED);
            }
        } catch (Throwable e) {
            problem = e.toString();
            return state == TreatmentState.PLANNED
                    ? ended(TreatmentState.RETRACTED, Outcome.FAILED) : ended(TreatmentState.FAILED, Outcome.FAILED);
        }
        state = state.to(TreatmentState.VERIFYING);
        verifyUntil = clock.monotonicMillis() + plan.claim().within().toMillis();
        return Optional.empty();
    }

    private Optional<Outcome> verifying() {
        if (look == null) {
            look = DisposableCall.start(LOOK_LIMIT, clock, () -> new Look(action.claimHolds(), action.observe()));
            return Optional.empty();
        }
        if (look.isDone() || look.isOverdue()) {
            Look seen = seen();
            look = null;
            after = seen.observed();
            if (seen.holds()) {
                return ended(TreatmentState.HEALED, Outcome.HEALED);
            }
            if (clock.monotonicMillis() >= verifyUntil) {
                problem = "the claim did not come true within " + plan.claim().within().toMillis() + " ms";
                return ended(TreatmentState.INEFFECTIVE, Outcome.INEFFECTIVE);
            }
        }
        return Optional.empty();
    }

    private Look seen() {
        if (!look.isDone()) {
            return new Look(false, "live state did not answer");
        }
        try {
            return look.result();
        } catch (Throwable e) {
            return new Look(false, "live state cannot be read: " + e);
        }
    }

    private Optional<Outcome> ended(TreatmentState next, Outcome outcome) {
        state = state.to(next);
        return Optional.of(outcome);
    }
}
