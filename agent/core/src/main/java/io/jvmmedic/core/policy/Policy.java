package io.jvmmedic.core.policy;

import io.jvmmedic.core.config.Budget;
import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Option;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.model.Outcome;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.model.Verdict;
import io.jvmmedic.core.util.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Decides whether a plan may be carried out, and remembers what has been. {@link #decide} only looks; what
 * {@link #begin} takes is taken right before the act, so a plan that is given up costs nothing. Thread-safe.
 */
public final class Policy {

    private record DeadEnd(ResourceId resource, String remedy) {
    }

    private final Gates gates;
    private final MedicConfig config;
    private final BudgetLedger ledger;
    private final Map<String, Option<Budget>> budgets;
    private final DatabaseLimits limits;
    private final CoolDowns coolDowns;
    private final StressBreaker stress = new StressBreaker();
    private final Map<ResourceId, String> treatments = new HashMap<>();
    private final Map<DeadEnd, Integer> stuck = new HashMap<>();
    private final Situation situation;

    /**
     * @param uptimeMillis time since the JVM started, ms
     * @param budgets the budget of each remedy; one that is not listed is limited by the budget of the JVM only
     * @param drasticOptIns for each DRASTIC remedy the switch that allows it; one that is not listed is never allowed
     * @param limits what databases have refused
     */
    public Policy(MedicConfig config, Clock clock, LongSupplier uptimeMillis, BudgetLedger ledger,
            Map<String, Option<Budget>> budgets, Map<String, Option<Boolean>> drasticOptIns, DatabaseLimits limits) {
        this.gates = new Gates(config, drasticOptIns);
        this.config = config;
        this.ledger = ledger;
        this.budgets = Map.copyOf(budgets);
        this.limits = limits;
        this.coolDowns = new CoolDowns(config, clock);
        this.situation = new Live(uptimeMillis);
    }

    /** How long the ledger has to remember: the longest period of any budget. */
    public static Duration longestPeriod(MedicConfig config) {
        Duration longest = Duration.ZERO;
        for (Option<?> option : Options.all()) {
            if (config.get(option) instanceof Budget budget && budget.period().compareTo(longest) > 0) {
                longest = budget.period();
            }
        }
        return longest;
    }

    /** Asks the gates; changes nothing. */
    public synchronized Verdict decide(Request request) {
        return gates.decide(request, situation);
    }

    /**
     * Takes the resource and spends the budgets; to be called right before the act, on an allowed plan.
     *
     * @return allowed; or refused, when a DRASTIC plan could not be written to the ledger and therefore might loop
     */
    public synchronized Verdict begin(Plan plan) {
        boolean drastic = plan.risk() == Risk.DRASTIC;
        boolean written = ledger.spend(Options.BUDGET_JVM.key(), drastic);
        Option<Budget> budget = budgets.get(plan.remedy());
        if (budget != null) {
            written &= ledger.spend(budget.key(), drastic);
        }
        if (drastic && !written) {
            return new Verdict(Verdict.Decision.REFUSED, Gates.REMEDY_BUDGET, plan.resource() + ": " + plan.remedy()
                    + " (DRASTIC) was not begun, its budget could not be written to disk and it could loop");
        }
        if (plan.risk() != Risk.NONE) {
            treatments.put(plan.resource(), plan.remedy());
        }
        return Verdict.allowed();
    }

    /** The act that was begun is over; the resource rests according to the outcome. */
    public synchronized void end(Plan plan, Outcome outcome) {
        if (plan.risk() != Risk.NONE) {
            treatments.remove(plan.resource());
            coolDowns.ended(plan.resource(), outcome);
        }
        if (outcome == Outcome.STUCK) {
            stuck.merge(new DeadEnd(plan.resource(), plan.remedy()), 1, Integer::sum);
        }
    }

    /** How the agent felt in the last tick. */
    public synchronized void observe(Stress sample) {
        stress.observe(sample);
    }

    /** Why the agent does nothing at present; empty when it is fit. For the status. */
    public synchronized Optional<String> stress() {
        return stress.reason();
    }

    /** All budgets, the one of the JVM last. For the status. */
    public synchronized List<Spending> spending() {
        List<Spending> all = new ArrayList<>();
        budgets.values().stream().distinct().sorted(Comparator.comparing(Option::key))
                .forEach(budget -> all.add(ledger.spending(budget.key(), config.get(budget))));
        all.add(situation.spendingOfJvm());
        return all;
    }

    private final class Live implements Situation {

        private final LongSupplier uptimeMillis;

        private Live(LongSupplier uptimeMillis) {
            this.uptimeMillis = uptimeMillis;
        }

        @Override
        public Duration uptime() {
            return Duration.ofMillis(uptimeMillis.getAsLong());
        }

        @Override
        public Optional<String> treatmentOf(ResourceId resource) {
            return Optional.ofNullable(treatments.get(resource));
        }

        @Override
        public Duration restOf(ResourceId resource) {
            return coolDowns.left(resource);
        }

        @Override
        public Optional<Spending> spendingOf(String remedy) {
            return Optional.ofNullable(budgets.get(remedy))
                    .map(budget -> ledger.spending(budget.key(), config.get(budget)));
        }

        @Override
        public Spending spendingOfJvm() {
            return ledger.spending(Options.BUDGET_JVM.key(), config.get(Options.BUDGET_JVM));
        }

        @Override
        public int stuck(ResourceId resource, String remedy) {
            return stuck.getOrDefault(new DeadEnd(resource, remedy), 0);
        }

        @Override
        public boolean budgetsSurviveRestart() {
            return ledger.durable();
        }

        @Override
        public Optional<String> databaseLimit(Plan plan) {
            return limits.refusal(plan);
        }

        @Override
        public Optional<String> stress() {
            return stress.reason();
        }
    }
}
