package io.jvmmedic.core.policy;

import static io.jvmmedic.core.model.Confidence.CERTAIN;
import static io.jvmmedic.core.policy.Cases.plan;
import static io.jvmmedic.core.policy.Cases.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Outcome;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.util.FakeClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {

    private static final Plan RECLAIM = plan("reclaim-leaked-connection", Risk.FORCEFUL, CERTAIN);
    private static final Plan GROW = plan("grow-pool", Risk.GENTLE, CERTAIN);
    private static final Plan RESTART = plan("graceful-restart", Risk.DRASTIC, CERTAIN);
    private static final Plan DUMP = plan("thread-dump", Risk.NONE, Confidence.HINT);
    private static final Stress CALM = new Stress(0, 0);

    @TempDir
    private Path folder;
    private final FakeClock clock = new FakeClock();

    @Test
    void aTreatmentHoldsItsResourceUntilItEnds() {
        Policy policy = policy(Map.of());
        assertTrue(policy.begin(RECLAIM).isAllowed());
        assertEquals(Gates.ONE_TREATMENT, policy.decide(request(GROW)).gate());
        assertTrue(policy.decide(request(DUMP)).isAllowed());
        policy.end(RECLAIM, Outcome.RETRACTED);
        assertTrue(policy.decide(request(GROW)).isAllowed());
    }

    @Test
    void aLookHoldsNothing() {
        Policy policy = policy(Map.of());
        policy.begin(DUMP);
        assertTrue(policy.decide(request(GROW)).isAllowed());
        policy.end(DUMP, Outcome.FAILED);
        assertTrue(policy.decide(request(GROW)).isAllowed());
    }

    @ParameterizedTest
    @CsvSource({"HEALED,500", "FAILED,60000", "STUCK,60000", "GIVEN_UP,60000", "INEFFECTIVE,0", "RETRACTED,0"})
    void aResourceRestsByItsOutcome(Outcome outcome, int millis) {
        Policy policy = policy(Map.of());
        policy.begin(RECLAIM);
        policy.end(RECLAIM, outcome);
        if (millis > 0) {
            clock.advance(Duration.ofMillis(millis - 1));
            assertEquals(Gates.COOL_DOWN, policy.decide(request(RECLAIM)).gate());
            assertTrue(policy.decide(request(DUMP)).isAllowed());
            clock.advance(Duration.ofMillis(1));
        }
        assertTrue(policy.decide(request(RECLAIM)).isAllowed());
    }

    @Test
    void aRemedyThatGetsStuckTwiceIsGivenUpOnThisResourceAndOthersAreNot() {
        Policy policy = policy(Map.of());
        for (int i = 0; i < Gates.MAX_STUCK; i++) {
            assertTrue(policy.decide(request(RECLAIM)).isAllowed());
            policy.begin(RECLAIM);
            policy.end(RECLAIM, Outcome.STUCK);
            clock.advance(Duration.ofMinutes(1));
        }
        clock.advance(Duration.ofDays(1));
        assertEquals(Gates.REMEDY_BUDGET, policy.decide(request(RECLAIM)).gate());
        assertTrue(policy.decide(request(GROW)).isAllowed());
    }

    @Test
    void askingCostsNothingBeginningSpendsBothBudgets() {
        Policy policy = policy(Map.of("budget.reclaim", "1/10m"));
        for (int i = 0; i < 10; i++) {
            assertTrue(policy.decide(request(RECLAIM)).isAllowed());
        }
        policy.begin(RECLAIM);
        policy.end(RECLAIM, Outcome.INEFFECTIVE);

        assertEquals(Gates.REMEDY_BUDGET, policy.decide(request(RECLAIM)).gate());
        assertTrue(policy.decide(request(GROW)).isAllowed(), "another remedy has its own budget");
        assertEquals(List.of("budget.grow 0", "budget.reclaim 1", "budget.restart 0", "budget.jvm 1"),
                policy.spending().stream().map(spending -> spending.name() + " " + spending.spent()).toList());
    }

    @Test
    void theBudgetOfTheJvmEndsEverything() {
        Policy policy = policy(Map.of("budget.jvm", "2/10m", "cool-down", "0s"));
        for (Plan plan : List.of(RECLAIM, GROW)) {
            policy.begin(plan);
            policy.end(plan, Outcome.HEALED);
        }
        assertEquals(Gates.JVM_BUDGET, policy.decide(request(GROW)).gate());
        assertEquals(Gates.JVM_BUDGET, policy.decide(request(DUMP)).gate());
        clock.advance(Duration.ofMinutes(10));
        assertTrue(policy.decide(request(GROW)).isAllowed());
    }

    @Test
    void restartsAreCountedAcrossRestarts() {
        Map<String, String> settings = Map.of("restart.enabled", "true", "budget.restart", "2/1h");
        for (int restarts = 0; restarts < 2; restarts++) {
            Policy run = policy(settings);
            assertTrue(run.decide(request(RESTART)).isAllowed());
            assertTrue(run.begin(RESTART).isAllowed());
            clock.advance(Duration.ofMinutes(1));
        }
        assertEquals(Gates.REMEDY_BUDGET, policy(settings).decide(request(RESTART)).gate());
    }

    @Test
    void aRestartThatCannotBeCountedIsNotBegun() throws IOException {
        Policy policy = policy(Map.of("restart.enabled", "true"));
        assertTrue(policy.decide(request(RESTART)).isAllowed());
        // The disk goes bad between the decision and the act.
        Files.delete(ledgerFile());
        Files.createDirectory(ledgerFile());

        assertEquals(Gates.REMEDY_BUDGET, policy.begin(RESTART).gate());
        assertEquals(Gates.REMEDY_BUDGET, policy.decide(request(RESTART)).gate());
        assertTrue(policy.decide(request(RECLAIM)).isAllowed(), "what was not begun holds no resource");
    }

    @Test
    void stressPausesAndOnlyRealReliefResumes() {
        Policy policy = policy(Map.of());
        policy.observe(new Stress(StressBreaker.LATE_MILLIS - 1, StressBreaker.GC_SHARE - 0.01));
        assertTrue(policy.decide(request(GROW)).isAllowed());

        policy.observe(new Stress(0, StressBreaker.GC_SHARE));
        assertEquals(Gates.STRESS, policy.decide(request(GROW)).gate());
        assertEquals(Optional.of("last tick 0 ms late, 50 % of the time in GC"), policy.stress());

        // One of the two is relieved, then neither quite; calm must last.
        Stress late = new Stress(StressBreaker.RELIEVED_LATE_MILLIS + 1, 0);
        Stress collecting = new Stress(0, StressBreaker.RELIEVED_GC_SHARE + 0.01);
        for (Stress stress : List.of(CALM, CALM, late, CALM, CALM, collecting, CALM, CALM)) {
            policy.observe(stress);
            assertEquals(Gates.STRESS, policy.decide(request(GROW)).gate());
        }
        policy.observe(CALM);
        assertTrue(policy.decide(request(GROW)).isAllowed());
        assertEquals(Optional.empty(), policy.stress());
    }

    @Test
    void aLateTickAloneIsStress() {
        Policy policy = policy(Map.of());
        policy.observe(new Stress(StressBreaker.LATE_MILLIS, 0));
        assertEquals(Gates.STRESS, policy.decide(request(GROW)).gate());
    }

    @Test
    void theLedgerRemembersTheLongestPeriod() {
        assertEquals(Duration.ofHours(1), Policy.longestPeriod(MedicConfig.of(Map.of())));
        assertEquals(Duration.ofDays(2), Policy.longestPeriod(MedicConfig.of(Map.of("budget.grow", "5/2d"))));
    }

    private Policy policy(Map<String, String> settings) {
        MedicConfig config = MedicConfig.of(settings);
        BudgetLedger ledger = BudgetLedger.open(ledgerFile(), Policy.longestPeriod(config), clock, warning -> {
        });
        return new Policy(config, clock, () -> Duration.ofHours(1).toMillis(), ledger,
                Map.of("reclaim-leaked-connection", Options.BUDGET_RECLAIM, "abort-http-lease", Options.BUDGET_RECLAIM,
                        "grow-pool", Options.BUDGET_GROW, "graceful-restart", Options.BUDGET_RESTART),
                Map.of("graceful-restart", Options.RESTART_ENABLED), DatabaseLimits.inMemory(Set.of(), clock));
    }

    private Path ledgerFile() {
        return folder.resolve("orders.ledger");
    }
}
