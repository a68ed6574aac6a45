package io.jvmmedic.core.policy;

import io.jvmmedic.core.config.Budget;
import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Mode;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import java.time.Duration;
import java.util.Optional;

/** Plans and situations for the tests of this package. */
final class Cases {

    static final ResourceId POOL = new ResourceId(ResourceId.Kind.POOL, "orders");

    private Cases() {
    }

    static Plan plan(String remedy, Risk risk, Confidence confidence) {
        return new Plan(POOL, remedy, risk, confidence, "the handle is unreachable",
                new Claim("active falls from 10 to at most 9 within 5 s", Duration.ofSeconds(5)), "nothing to give back");
    }

    static Request request(Plan plan) {
        return new Request(plan, Mode.HEAL, Optional.empty(), true);
    }

    static Spending spending(String name, int spent, int times, Duration freeIn) {
        return new Spending(name, new Budget(times, Duration.ofMinutes(10)), spent, freeIn);
    }

    /** A situation in which nothing stands against acting; each test makes one thing worse. */
    static class Calm implements Situation {

        @Override
        public Duration uptime() {
            return Duration.ofHours(1);
        }

        @Override
        public Optional<String> treatmentOf(ResourceId resource) {
            return Optional.empty();
        }

        @Override
        public Duration restOf(ResourceId resource) {
            return Duration.ZERO;
        }

        @Override
        public Optional<Spending> spendingOf(String remedy) {
            return Optional.of(spending("budget.reclaim", 0, 60, Duration.ZERO));
        }

        @Override
        public Spending spendingOfJvm() {
            return spending("budget.jvm", 0, 120, Duration.ZERO);
        }

        @Override
        public int stuck(ResourceId resource, String remedy) {
            return 0;
        }

        @Override
        public boolean budgetsSurviveRestart() {
            return true;
        }

        @Override
        public Optional<String> databaseLimit(Plan plan) {
            return Optional.empty();
        }

        @Override
        public Optional<String> stress() {
            return Optional.empty();
        }
    }
}
