package io.jvmmedic.core.policy;

import static io.jvmmedic.core.model.Confidence.CERTAIN;
import static io.jvmmedic.core.model.Confidence.HINT;
import static io.jvmmedic.core.model.Confidence.SUSPECTED;
import static io.jvmmedic.core.model.Risk.DRASTIC;
import static io.jvmmedic.core.model.Risk.FORCEFUL;
import static io.jvmmedic.core.model.Risk.GENTLE;
import static io.jvmmedic.core.model.Risk.NONE;
import static io.jvmmedic.core.model.Verdict.Decision.ALLOWED;
import static io.jvmmedic.core.model.Verdict.Decision.REFUSED;
import static io.jvmmedic.core.model.Verdict.Decision.SHADOWED;
import static io.jvmmedic.core.policy.Cases.plan;
import static io.jvmmedic.core.policy.Cases.request;
import static io.jvmmedic.core.policy.Cases.spending;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Mode;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.model.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatesTest {

    private static final Plan RECLAIM = plan("reclaim-leaked-connection", FORCEFUL, CERTAIN);
    private static final Plan RESTART = plan("graceful-restart", DRASTIC, CERTAIN);
    private static final Plan DUMP = plan("thread-dump", NONE, HINT);

    @Test
    void aProvenPlanInACalmSituationIsAllowed() {
        assertEquals(Verdict.allowed(), decide(Map.of(), RECLAIM, new Cases.Calm()));
    }

    /** The table of the design, in the default configuration and with each opt-in. */
    @ParameterizedTest
    @CsvSource({
            "NONE,     HINT,      '',                              ALLOWED",
            "GENTLE,   HINT,      '',                              SHADOWED",
            "GENTLE,   SUSPECTED, '',                              SHADOWED",
            "GENTLE,   CERTAIN,   '',                              ALLOWED",
            "GENTLE,   HINT,      act-on=suspicion,                SHADOWED",
            "GENTLE,   SUSPECTED, act-on=suspicion,                ALLOWED",
            "GENTLE,   SUSPECTED, force-on-suspicion=pool:orders,  SHADOWED",
            "FORCEFUL, HINT,      force-on-suspicion=pool:orders,  SHADOWED",
            "FORCEFUL, SUSPECTED, '',                              SHADOWED",
            "FORCEFUL, SUSPECTED, act-on=suspicion,                SHADOWED",
            "FORCEFUL, SUSPECTED, force-on-suspicion=pool:*,       ALLOWED",
            "FORCEFUL, SUSPECTED, force-on-suspicion=pool:billing, SHADOWED",
            "FORCEFUL, CERTAIN,   '',                              ALLOWED",
            "DRASTIC,  SUSPECTED, restart.enabled=true,            SHADOWED",
            "DRASTIC,  CERTAIN,   '',                              SHADOWED",
            "DRASTIC,  CERTAIN,   restart.enabled=true,            ALLOWED",
    })
    void confidenceAgainstRisk(Risk risk, Confidence confidence, String setting, Verdict.Decision expected) {
        Map<String, String> settings = setting.isEmpty() ? Map.of()
                : Map.of(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
        Plan plan = plan(risk == DRASTIC ? "graceful-restart" : "some-remedy", risk, confidence);

        Verdict verdict = decide(settings, plan, new Cases.Calm());

        assertEquals(expected, verdict.decision(), verdict.toString());
        assertEquals(expected == ALLOWED ? "" : Gates.CONFIDENCE, verdict.gate());
    }

    @Test
    void theReasonOfAShadowSaysWhatWouldAllowIt() {
        assertEquals("pool:orders: finding is SUSPECTED, grow-pool (GENTLE) needs CERTAIN or act-on=suspicion",
                decide(Map.of(), plan("grow-pool", GENTLE, SUSPECTED), new Cases.Calm()).reason());
        assertEquals("pool:orders: finding is SUSPECTED, reclaim (FORCEFUL) needs CERTAIN or force-on-suspicion=pool:orders",
                decide(Map.of(), plan("reclaim", FORCEFUL, SUSPECTED), new Cases.Calm()).reason());
        assertEquals("pool:orders: finding is HINT, reclaim (FORCEFUL) needs CERTAIN",
                decide(Map.of(), plan("reclaim", FORCEFUL, HINT), new Cases.Calm()).reason());
        assertEquals("pool:orders: graceful-restart (DRASTIC) needs restart.enabled=true",
                decide(Map.of(), RESTART, new Cases.Calm()).reason());
    }

    @Test
    void aDrasticRemedyWaitsForTheGentlerOnes() {
        Request early = new Request(RESTART, Mode.HEAL, Optional.empty(), false);
        Verdict verdict = gates(Map.of("restart.enabled", "true")).decide(early, new Cases.Calm());
        assertRefused(Gates.CONFIDENCE,
                "pool:orders: graceful-restart (DRASTIC) has to wait until every gentler remedy was tried", verdict);
    }

    @Test
    void aDrasticRemedyWithoutASwitchIsNeverAllowed() {
        assertRefused(Gates.CONFIDENCE, "pool:orders: hard-pool-reset (DRASTIC) has no setting that allows it",
                decide(Map.of("restart.enabled", "true"), plan("hard-pool-reset", DRASTIC, CERTAIN), new Cases.Calm()));
    }

    @Test
    void modeOffRefusesEverythingAndObserveAllButALook() {
        assertRefused(Gates.MODE, "pool:orders: mode is off", decide(Mode.OFF, RECLAIM));
        assertRefused(Gates.MODE, "pool:orders: mode is off", decide(Mode.OFF, DUMP));
        assertEquals(ALLOWED, decide(Mode.OBSERVE, DUMP).decision());
        assertEquals(new Verdict(SHADOWED, Gates.MODE,
                "pool:orders: mode is observe; heal would consider reclaim-leaked-connection"), decide(Mode.OBSERVE, RECLAIM));
    }

    @Test
    void optOutsCountForResourcesAndRemedies() {
        assertRefused(Gates.OPT_OUT, "pool:orders: excluded by exclude",
                decide(Map.of("exclude", "pool:reporting|pool:ord*"), RECLAIM, new Cases.Calm()));
        assertRefused(Gates.REMEDY_OFF, "pool:orders: thread-dump is switched off by disabled-remedies",
                decide(Map.of("disabled-remedies", "thread-dump"), DUMP, new Cases.Calm()));
    }

    @Test
    void onlyARefusalThatWillNotChangeLeavesTheRung() {
        for (String gate : List.of(Gates.REMEDY_BUDGET, Gates.REMEDY_OFF)) {
            assertTrue(Gates.isRungSpent(new Verdict(REFUSED, gate, "")), gate);
        }
        for (String gate : List.of(Gates.MODE, Gates.OPT_OUT, Gates.PRECONDITION, Gates.STARTUP_GRACE, Gates.ONE_TREATMENT,
                Gates.COOL_DOWN, Gates.JVM_BUDGET, Gates.STRESS)) {
            assertFalse(Gates.isRungSpent(new Verdict(REFUSED, gate, "")), gate);
        }
    }

    @Test
    void aRemedyThatGetsStuckAgainIsNotTriedAThirdTime() {
        for (int times : new int[] {Gates.MAX_STUCK - 1, Gates.MAX_STUCK}) {
            Situation stuck = new Cases.Calm() {
                @Override
                public int stuck(ResourceId resource, String remedy) {
                    return resource.equals(Cases.POOL) && remedy.equals(RECLAIM.remedy()) ? times : 0;
                }
            };
            if (times < Gates.MAX_STUCK) {
                assertEquals(ALLOWED, decide(Map.of(), RECLAIM, stuck).decision());
            } else {
                assertRefused(Gates.REMEDY_BUDGET, "pool:orders: reclaim-leaked-connection got stuck in it 2 times and is not "
                        + "tried on it again before the next start", decide(Map.of(), RECLAIM, stuck));
            }
        }
    }

    @Test
    void aFaultThatIsGoneIsNotTreated() {
        Request late = new Request(RECLAIM, Mode.HEAL, Optional.of("lease 7 came back"), true);
        assertRefused(Gates.PRECONDITION, "pool:orders: lease 7 came back", gates(Map.of()).decide(late, new Cases.Calm()));
    }

    @Test
    void duringStartUpOnlyProofCountsAndNothingDrasticIsDone() {
        Situation young = new Cases.Calm() {
            @Override
            public Duration uptime() {
                return Duration.ofMillis(9_999);
            }
        };
        Map<String, String> bold = Map.of("act-on", "suspicion", "restart.enabled", "true");
        assertEquals(ALLOWED, decide(bold, RECLAIM, young).decision());
        for (Plan plan : new Plan[] {plan("grow-pool", GENTLE, SUSPECTED), RESTART}) {
            assertRefused(Gates.STARTUP_GRACE, "pool:orders: up for 10.0 s, start-up grace is 10 s; until then only proof "
                    + "counts and nothing drastic is done", decide(bold, plan, young));
        }
        assertEquals(ALLOWED, decide(bold, DUMP, young).decision(), "evidence changes nothing");
        assertEquals(ALLOWED, decide(Map.of("startup-grace", "9s", "act-on", "suspicion"),
                plan("grow-pool", GENTLE, SUSPECTED), young).decision());
    }

    @Test
    void oneTreatmentPerResourceAtATimeButALookMayGoOn() {
        Situation busy = new Cases.Calm() {
            @Override
            public Optional<String> treatmentOf(ResourceId resource) {
                return Optional.of("grow-pool");
            }
        };
        assertRefused(Gates.ONE_TREATMENT, "pool:orders: already under treatment by grow-pool", decide(Map.of(), RECLAIM, busy));
        assertEquals(ALLOWED, decide(Map.of(), DUMP, busy).decision());
    }

    @Test
    void aResourceRestsAfterATreatmentButALookMayGoOn() {
        Situation resting = new Cases.Calm() {
            @Override
            public Duration restOf(ResourceId resource) {
                return Duration.ofSeconds(41);
            }
        };
        assertRefused(Gates.COOL_DOWN, "pool:orders: rests 41 s more after its last treatment",
                decide(Map.of(), RECLAIM, resting));
        assertEquals(ALLOWED, decide(Map.of(), DUMP, resting).decision());
    }

    @Test
    void aSpentBudgetRefusesWithItsNumbers() {
        Situation spent = new Cases.Calm() {
            @Override
            public Optional<Spending> spendingOf(String remedy) {
                return Optional.of(spending("budget.reclaim", 60, 60, Duration.ofSeconds(90)));
            }
        };
        assertRefused(Gates.REMEDY_BUDGET, "pool:orders: budget.reclaim is spent, 60 of 60 in 10 min, next in 90 s",
                decide(Map.of(), RECLAIM, spent));
    }

    @Test
    void theJvmHasABudgetOfItsOwn() {
        Situation spent = new Cases.Calm() {
            @Override
            public Spending spendingOfJvm() {
                return spending("budget.jvm", 0, 0, Duration.ZERO);
            }
        };
        assertRefused(Gates.JVM_BUDGET, "pool:orders: budget.jvm is spent, 0 of 0 in 10 min",
                decide(Map.of(), RECLAIM, spent));
    }

    @Test
    void aRemedyWithoutABudgetIsLimitedByTheOneOfTheJvmAlone() {
        Situation unlisted = new Cases.Calm() {
            @Override
            public Optional<Spending> spendingOf(String remedy) {
                return Optional.empty();
            }
        };
        assertEquals(ALLOWED, decide(Map.of(), RECLAIM, unlisted).decision());
    }

    @Test
    void nothingDrasticIsDoneWithoutALedgerThatSurvives() {
        Situation forgetful = new Cases.Calm() {
            @Override
            public boolean budgetsSurviveRestart() {
                return false;
            }
        };
        assertRefused(Gates.REMEDY_BUDGET,
                "pool:orders: graceful-restart (DRASTIC) needs its budget on disk, else it could loop; make dir writable",
                decide(Map.of("restart.enabled", "true"), RESTART, forgetful));
        assertEquals(ALLOWED, decide(Map.of(), RECLAIM, forgetful).decision());
    }

    @Test
    void anAgentUnderStressDoesNothing() {
        Situation stressed = new Cases.Calm() {
            @Override
            public Optional<String> stress() {
                return Optional.of("last tick 1200 ms late, 60 % of the time in GC");
            }
        };
        assertRefused(Gates.STRESS,
                "pool:orders: the agent is under stress, last tick 1200 ms late, 60 % of the time in GC",
                decide(Map.of(), RECLAIM, stressed));
        assertRefused(Gates.STRESS,
                "pool:orders: the agent is under stress, last tick 1200 ms late, 60 % of the time in GC",
                decide(Map.of(), DUMP, stressed));
    }

    /** Everything stands against the plan; taking one obstacle away at a time shows the next gate in order. */
    @Test
    void whatADatabaseRefusedIsNotAskedForAgain() {
        Situation full = new Cases.Calm() {
            @Override
            public Optional<String> databaseLimit(Plan plan) {
                return Optional.of("its database had no session to spare");
            }
        };
        Verdict verdict = decide(Map.of(), plan("grow-pool", GENTLE, CERTAIN), full);
        assertEquals(new Verdict(Verdict.Decision.REFUSED, Gates.DATABASE_LIMIT,
                "pool:orders: its database had no session to spare"), verdict);
        assertTrue(Gates.isRungSpent(verdict), "the next rung may need no more sessions");
    }

    @Test
    void theFirstObjectionIsTheOneOnRecord() {
        Plan unsure = plan("reclaim", FORCEFUL, SUSPECTED);
        String gone = "lease 7 came back";
        boolean[] clear = new boolean[6];
        Situation hopeless = new Situation() {
            @Override
            public Duration uptime() {
                return clear[0] ? Duration.ofHours(1) : Duration.ZERO;
            }

            @Override
            public Optional<String> treatmentOf(ResourceId resource) {
                return clear[1] ? Optional.empty() : Optional.of("grow-pool");
            }

            @Override
            public Duration restOf(ResourceId resource) {
                return clear[2] ? Duration.ZERO : Duration.ofSeconds(1);
            }

            @Override
            public Optional<Spending> spendingOf(String remedy) {
                return Optional.of(spending("budget.reclaim", clear[3] ? 0 : 1, 1, Duration.ZERO));
            }

            @Override
            public Spending spendingOfJvm() {
                return spending("budget.jvm", clear[4] ? 0 : 1, 1, Duration.ZERO);
            }

            @Override
            public int stuck(ResourceId resource, String remedy) {
                return 0;
            }

            @Override
            public boolean budgetsSurviveRestart() {
                return false;
            }

            @Override
            public Optional<String> databaseLimit(Plan plan) {
                return Optional.empty();
            }

            @Override
            public Optional<String> stress() {
                return clear[5] ? Optional.empty() : Optional.of("late");
            }
        };
        Map<String, String> excluded = Map.of("exclude", "pool:*");
        Map<String, String> bold = Map.of("force-on-suspicion", "pool:*");

        assertEquals(Gates.MODE, gate(excluded, Mode.OBSERVE, unsure, gone, hopeless));
        assertEquals(Gates.OPT_OUT, gate(excluded, Mode.HEAL, unsure, gone, hopeless));
        assertEquals(Gates.REMEDY_OFF, gate(Map.of("disabled-remedies", "*"), Mode.HEAL, unsure, gone, hopeless));
        assertEquals(Gates.CONFIDENCE, gate(Map.of(), Mode.HEAL, unsure, gone, hopeless));
        assertEquals(Gates.PRECONDITION, gate(bold, Mode.HEAL, unsure, gone, hopeless));
        String[] rest = {Gates.STARTUP_GRACE, Gates.ONE_TREATMENT, Gates.COOL_DOWN, Gates.REMEDY_BUDGET, Gates.JVM_BUDGET,
                Gates.STRESS};
        for (int i = 0; i < rest.length; i++) {
            assertEquals(rest[i], gate(bold, Mode.HEAL, unsure, null, hopeless));
            clear[i] = true;
        }
        assertEquals("", gate(bold, Mode.HEAL, unsure, null, hopeless));
    }

    @Test
    void theDefaultIsToActOnProofAndOnNothingElse() {
        long allowed = Stream.of(Risk.values())
                .flatMap(risk -> Stream.of(HINT, SUSPECTED).map(confidence -> plan("some-remedy", risk, confidence)))
                .filter(plan -> plan.risk() != NONE)
                .filter(plan -> decide(Map.of(), plan, new Cases.Calm()).isAllowed())
                .count();
        assertEquals(0, allowed);
    }

    private static String gate(Map<String, String> settings, Mode mode, Plan plan, String gone, Situation situation) {
        return gates(settings).decide(new Request(plan, mode, Optional.ofNullable(gone), true), situation).gate();
    }

    private static void assertRefused(String gate, String reason, Verdict verdict) {
        assertEquals(new Verdict(REFUSED, gate, reason), verdict);
    }

    private static Verdict decide(Mode mode, Plan plan) {
        return gates(Map.of()).decide(new Request(plan, mode, Optional.empty(), true), new Cases.Calm());
    }

    private static Verdict decide(Map<String, String> settings, Plan plan, Situation situation) {
        return gates(settings).decide(request(plan), situation);
    }

    private static Gates gates(Map<String, String> settings) {
        return new Gates(MedicConfig.of(settings), Map.of("graceful-restart", Options.RESTART_ENABLED));
    }
}
