package io.jvmmedic.core.policy;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Option;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Mode;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.model.Verdict;
import io.jvmmedic.core.policy.Gate.Answer;
import io.jvmmedic.core.policy.Gate.Answer.Pass;
import io.jvmmedic.core.policy.Gate.Answer.Refuse;
import io.jvmmedic.core.policy.Gate.Answer.Shadow;
import io.jvmmedic.core.util.Globs;
import io.jvmmedic.core.util.Phrases;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The gates in their order; the first that objects decides and is named in the verdict. Immutable, thread-safe.
 */
public final class Gates {

    public static final String MODE = "mode";
    public static final String OPT_OUT = "opt-out";
    public static final String REMEDY_OFF = "remedy off";
    public static final String CONFIDENCE = "confidence";
    public static final String PRECONDITION = "precondition";
    public static final String DATABASE_LIMIT = "database limit";
    public static final String STARTUP_GRACE = "start-up grace";
    public static final String ONE_TREATMENT = "one treatment";
    public static final String COOL_DOWN = "cool-down";
    public static final String REMEDY_BUDGET = "remedy budget";
    public static final String JVM_BUDGET = "jvm budget";
    public static final String STRESS = "stress";

    /**
     * How often a remedy may get stuck in one resource. Each time a thread of ours is left in the host's code, perhaps for
     * ever; once more may be a slow network, more than that is a lock that never opens.
     */
    static final int MAX_STUCK = 2;

    private record Named(String name, Gate gate) {
    }

    private final List<Named> inOrder = List.of(
            new Named(MODE, this::mode),
            new Named(OPT_OUT, this::optOut),
            new Named(REMEDY_OFF, this::remedyOff),
            new Named(CONFIDENCE, this::confidence),
            new Named(PRECONDITION, this::precondition),
            new Named(DATABASE_LIMIT, this::databaseLimit),
            new Named(STARTUP_GRACE, this::startupGrace),
            new Named(ONE_TREATMENT, this::oneTreatment),
            new Named(COOL_DOWN, this::coolDown),
            new Named(REMEDY_BUDGET, this::remedyBudget),
            new Named(JVM_BUDGET, this::jvmBudget),
            new Named(STRESS, this::stress));

    private final Globs excluded;
    private final Globs disabledRemedies;
    private final Globs forcedOnSuspicion;
    private final boolean gentleOnSuspicion;
    private final Duration startupGrace;
    private final Map<String, Option<Boolean>> drasticOptIns;
    private final MedicConfig config;

    /**
     * @param drasticOptIns for each DRASTIC remedy the switch that allows it; one that is not listed is never allowed
     */
    public Gates(MedicConfig config, Map<String, Option<Boolean>> drasticOptIns) {
        this.config = config;
        this.drasticOptIns = Map.copyOf(drasticOptIns);
        this.excluded = Globs.of(config.get(Options.EXCLUDE));
        this.disabledRemedies = Globs.of(config.get(Options.DISABLED_REMEDIES));
        this.forcedOnSuspicion = Globs.of(config.get(Options.FORCE_ON_SUSPICION));
        this.gentleOnSuspicion = config.get(Options.ACT_ON).equals("suspicion");
        this.startupGrace = config.get(Options.STARTUP_GRACE);
    }

    public Verdict decide(Request request, Situation situation) {
        for (Named named : inOrder) {
            Answer answer = named.gate.ask(request, situation);
            if (answer instanceof Refuse refuse) {
                return new Verdict(Verdict.Decision.REFUSED, named.name, about(request, refuse.reason()));
            }
            if (answer instanceof Shadow shadow) {
                return new Verdict(Verdict.Decision.SHADOWED, named.name, about(request, shadow.reason()));
            }
        }
        return Verdict.allowed();
    }

    /** Whether a refused plan will be refused again, so that the ladder goes on to the next rung at once. */
    public static boolean isRungSpent(Verdict verdict) {
        return verdict.gate().equals(REMEDY_BUDGET) || verdict.gate().equals(DATABASE_LIMIT)
                || verdict.gate().equals(REMEDY_OFF);
    }

    private static String about(Request request, String reason) {
        return request.plan().resource() + ": " + reason;
    }

    private Answer mode(Request request, Situation situation) {
        if (request.mode() == Mode.OFF) {
            return new Refuse("mode is off");
        }
        if (request.mode() == Mode.OBSERVE && request.plan().risk() != Risk.NONE) {
            return new Shadow("mode is observe; heal would consider " + request.plan().remedy());
        }
        return Answer.PASS;
    }

    private Answer optOut(Request request, Situation situation) {
        if (excluded.matches(request.plan().resource().toString())) {
            return new Refuse("excluded by " + Options.EXCLUDE.key());
        }
        return Answer.PASS;
    }

    private Answer remedyOff(Request request, Situation situation) {
        if (disabledRemedies.matches(request.plan().remedy())) {
            return new Refuse(request.plan().remedy() + " is switched off by " + Options.DISABLED_REMEDIES.key());
        }
        return Answer.PASS;
    }

    private Answer confidence(Request request, Situation situation) {
        Plan plan = request.plan();
        return switch (plan.risk()) {
            case NONE -> needs(plan, Confidence.HINT, "");
            case GENTLE -> gentleOnSuspicion
                    ? needs(plan, Confidence.SUSPECTED, "")
                    : needs(plan, Confidence.CERTAIN, Options.ACT_ON.key() + "=suspicion");
            case FORCEFUL -> forcedOnSuspicion.matches(plan.resource().toString())
                    ? needs(plan, Confidence.SUSPECTED, "")
                    : needs(plan, Confidence.CERTAIN, Options.FORCE_ON_SUSPICION.key() + "=" + plan.resource());
            case DRASTIC -> drastic(request);
        };
    }

    /** {@code promotion} is the setting under which SUSPECTED would do; empty when there is none. */
    private static Answer needs(Plan plan, Confidence needed, String promotion) {
        if (plan.confidence().atLeast(needed)) {
            return Answer.PASS;
        }
        boolean promotable = !promotion.isEmpty() && plan.confidence() == Confidence.SUSPECTED;
        return new Shadow("finding is " + plan.confidence() + ", " + plan.remedy() + " (" + plan.risk() + ") needs " + needed
                + (promotable ? " or " + promotion : ""));
    }

    private Answer drastic(Request request) {
        Plan plan = request.plan();
        Answer proof = needs(plan, Confidence.CERTAIN, "");
        if (!(proof instanceof Pass)) {
            return proof;
        }
        Option<Boolean> optIn = drasticOptIns.get(plan.remedy());
        if (optIn == null) {
            return new Refuse(plan.remedy() + " (DRASTIC) has no setting that allows it");
        }
        if (!config.get(optIn)) {
            return new Shadow(plan.remedy() + " (DRASTIC) needs " + optIn.key() + "=true");
        }
        if (!request.ladderExhausted()) {
            return new Refuse(plan.remedy() + " (DRASTIC) has to wait until every gentler remedy was tried");
        }
        return Answer.PASS;
    }

    private Answer precondition(Request request, Situation situation) {
        return refuseIf(request.noLongerNeeded());
    }

    private Answer databaseLimit(Request request, Situation situation) {
        return refuseIf(situation.databaseLimit(request.plan()));
    }

    private Answer startupGrace(Request request, Situation situation) {
        boolean proven = request.plan().confidence() == Confidence.CERTAIN && request.plan().risk() != Risk.DRASTIC;
        // Evidence changes nothing, and the fault of a start is the one that nobody can look at later.
        if (proven || request.plan().risk() == Risk.NONE || situation.uptime().compareTo(startupGrace) >= 0) {
            return Answer.PASS;
        }
        return new Refuse("up for " + text(situation.uptime()) + ", start-up grace is " + text(startupGrace)
                + "; until then only proof counts and nothing drastic is done");
    }

    private Answer oneTreatment(Request request, Situation situation) {
        if (request.plan().risk() == Risk.NONE) {
            return Answer.PASS;
        }
        Optional<String> other = situation.treatmentOf(request.plan().resource());
        return refuseIf(other.map(remedy -> "already under treatment by " + remedy));
    }

    private Answer coolDown(Request request, Situation situation) {
        ResourceId resource = request.plan().resource();
        Duration left = situation.restOf(resource);
        if (request.plan().risk() == Risk.NONE || left.isZero()) {
            return Answer.PASS;
        }
        return new Refuse("rests " + text(left) + " more after its last treatment");
    }

    private Answer remedyBudget(Request request, Situation situation) {
        Plan plan = request.plan();
        if (plan.risk() == Risk.DRASTIC && !situation.budgetsSurviveRestart()) {
            return new Refuse(plan.remedy() + " (DRASTIC) needs its budget on disk, else it could loop; make "
                    + Options.DIRECTORY.key() + " writable");
        }
        int stuck = situation.stuck(plan.resource(), plan.remedy());
        if (stuck >= MAX_STUCK) {
            return new Refuse(plan.remedy() + " got stuck in it " + Phrases.count(stuck, "time")
                    + " and is not tried on it again before the next start");
        }
        return situation.spendingOf(plan.remedy()).map(Gates::within).orElse(Answer.PASS);
    }

    private Answer jvmBudget(Request request, Situation situation) {
        return within(situation.spendingOfJvm());
    }

    private static Answer within(Spending spending) {
        if (!spending.exhausted()) {
            return Answer.PASS;
        }
        return new Refuse(spending.name() + " is spent, " + spending.spent() + " of " + spending.budget().times() + " in "
                + text(spending.budget().period())
                + (spending.freeIn().isZero() ? "" : ", next in " + text(spending.freeIn())));
    }

    private Answer stress(Request request, Situation situation) {
        return refuseIf(situation.stress().map(why -> "the agent is under stress, " + why));
    }

    private static Answer refuseIf(Optional<String> reason) {
        return reason.<Answer>map(Refuse::new).orElse(Answer.PASS);
    }

    private static String text(Duration duration) {
        return Phrases.duration(duration.toMillis());
    }
}
