package io.jvmmedic.core.treatment;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.audit.Chronicle;
import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.detect.Detector;
import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Mode;
import io.jvmmedic.core.model.Outcome;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.model.Verdict;
import io.jvmmedic.core.policy.BudgetLedger;
import io.jvmmedic.core.policy.DatabaseLimits;
import io.jvmmedic.core.policy.Policy;
import io.jvmmedic.core.policy.ShadowBook;
import io.jvmmedic.core.remedy.Action;
import io.jvmmedic.core.remedy.Loan;
import io.jvmmedic.core.remedy.Preparation;
import io.jvmmedic.core.remedy.Remedy;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The loop on a fault that is a flag and remedies that are counters. */
class EngineTest {

    private static final ResourceId POOL = new ResourceId(ResourceId.Kind.POOL, "orders");

    private static final Duration PATIENT = Duration.ofMinutes(1);
    private static final Duration IMPATIENT = Duration.ofMillis(400);

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final AtomicInteger tick = new AtomicInteger();
    private volatile boolean broken = true;
    private volatile boolean loanNeeded;
    private final AtomicInteger acts = new AtomicInteger();
    private Confidence confidence = Confidence.CERTAIN;
    private volatile Supplier<Optional<String>> precondition = Optional::empty;
    private List<Detector> detectors = List.of(new FlagDetector());
    private List<Remedy> evidence = List.of();
    private Duration rest = Duration.ofMillis(500);
    /** Of the remedies that are made from now on; short only where the act hangs. */
    private Duration deadline = PATIENT;
    private Clock clock = Clock.SYSTEM;
    private Engine engine;

    private final class Recorder implements Chronicle {
        @Override
        public String opened(Diagnosis diagnosis) {
            told.add("opened");
            return "1";
        }

        @Override
        public void renewed(String incident, Diagnosis diagnosis) {
            told.add("renewed");
        }

        @Override
        public void decided(String incident, Plan plan, Verdict verdict) {
            told.add(verdict.decision() + " " + plan.remedy() + " " + verdict.gate());
        }

        @Override
        public void impossible(String incident, ResourceId resource, String remedy, String reason) {
            told.add("impossible " + remedy);
        }

        @Override
        public Object begins(String incident, Plan plan) {
            told.add("begins " + plan.remedy());
            return plan;
        }

        @Override
        public void ended(String incident, Object begun, Plan plan, Outcome outcome, String before, String after,
                String problem) {
            assertEquals(plan, begun);
            told.add(outcome + " " + plan.remedy());
        }

        @Override
        public void undone(String incident, ResourceId resource, String remedy, String loan, String outcome,
                String reason) {
            told.add(outcome + " " + loan);
        }

        @Override
        public void scored(ShadowBook.Scored scored) {
            told.add(scored.judgement().score() + " " + scored.plan().remedy());
        }

        @Override
        public void closed(String incident, Diagnosis diagnosis, String how, long lastedMillis) {
            told.add("closed " + how);
        }
    }

    private class FlagDetector implements Detector {
        @Override
        public String name() {
            return "flag";
        }

        @Override
        public Set<String> needs() {
            return Set.of();
        }

        @Override
        public List<Finding> evaluate(Round round) {
            return !broken ? List.of() : List.of(new Finding(name(), Fault.CONNECTION_LEAK, POOL, confidence,
                    "broken", "", "", "", Evidence.of("the flag says so")));
        }
    }

    /** What a test remedy does. */
    private interface Deed {
        void run() throws Exception;
    }

    private Remedy remedy(String name, Risk risk, Deed deed, boolean lends) {
        Duration limit = deadline;
        return new Remedy() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Risk risk() {
                return risk;
            }

            @Override
            public Duration deadline() {
                return limit;
            }

            @Override
            public Preparation prepare(Diagnosis diagnosis) {
                Plan plan = new Plan(POOL, name, risk, confidence, "proof",
                        new Claim("the flag falls", Duration.ofMillis(300)), "none");
                return new Preparation.Ready(plan, new Action() {
                    @Override
                    public Optional<String> noLongerNeeded() {
                        return precondition.get();
                    }

                    @Override
                    public String observe() {
                        return "broken=" + broken;
                    }

                    @Override
                    public void apply() throws Exception {
                        acts.incrementAndGet();
                        deed.run();
                    }

                    @Override
                    public boolean claimHolds() {
                        return !broken;
                    }

                    @Override
                    public Optional<Loan> loan() {
                        return lends ? Optional.of(new FlagLoan()) : Optional.empty();
                    }
                });
            }
        };
    }

    private final class FlagLoan implements Loan {
        @Override
        public String text() {
            return "one slot";
        }

        @Override
        public boolean unneeded() {
            return !loanNeeded;
        }

        @Override
        public boolean moot() {
            return false;
        }

        @Override
        public void giveBack() {
            told.add("gave back");
        }
    }

    private void start(Map<String, String> settings, Mode mode, Remedy... ladder) {
        Map<String, String> all = new HashMap<>(settings);
        all.putIfAbsent("cool-down", "0s");
        MedicConfig config = MedicConfig.of(all);
        Policy policy = new Policy(config, Clock.SYSTEM, () -> 60_000,
                BudgetLedger.inMemory(Duration.ofHours(1), Clock.SYSTEM),
                Map.of("repair", Options.BUDGET_RECLAIM), Map.of(), DatabaseLimits.inMemory(Set.of(), Clock.SYSTEM));
        engine = new Engine(detectors, EngineTest::fold, new Ward(Map.of(Fault.CONNECTION_LEAK, evidence),
                Map.of(Fault.CONNECTION_LEAK, List.of(ladder))), policy, () -> mode,
                new ShadowBook(Clock.SYSTEM, Duration.ofMinutes(5)), new Recorder(), clock,
                Duration.ofMillis(600), rest, round -> { });
        engine.start();
    }

    private static List<Diagnosis> fold(List<Finding> findings, Round round) {
        return findings.isEmpty() ? List.of() : List.of(new Diagnosis(findings.get(0).resource(), findings.get(0),
                findings.subList(1, findings.size()), ""));
    }

    /** Rounds come until the story has the line. */
    private void roundsUntil(String line) {
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50)).until(() -> {
            round(System.currentTimeMillis());
            return told.contains(line);
        });
    }

    private void round(long millis) {
        engine.offer(new Round(tick.incrementAndGet(), millis, false, Map.of()));
    }

    /** Some rounds of that time; all but the last are through when it returns. */
    private void roundsOf(long millis) {
        for (int i = 0; i < 5; i++) {
            round(millis);
        }
        awaitLatest();
    }

    private void awaitLatest() {
        await().atMost(Duration.ofSeconds(60)).until(() -> engine.latest() != null && engine.latest().tick() == tick.get());
    }

    @AfterEach
    void stop() throws InterruptedException {
        engine.stop(Duration.ofSeconds(60), "test over");
    }

    @Test
    void healsVerifiesAndGivesBack() {
        loanNeeded = true;
        start(Map.of(), Mode.HEAL, remedy("repair", Risk.FORCEFUL, () -> broken = false, true));
        roundsUntil("closed healed");
        assertEquals(List.of("opened", "ALLOWED repair ", "begins repair", "HEALED repair", "closed healed"), told);
        loanNeeded = false;
        roundsUntil("GIVEN_BACK one slot");
        assertEquals(1, acts.get());
    }

    @Test
    void observesWithoutActingAndScoresWrongWhenTheFaultGoesByItself() {
        start(Map.of(), Mode.OBSERVE, remedy("repair", Risk.FORCEFUL, () -> broken = false, false));
        roundsUntil("SHADOWED repair mode");
        broken = false;
        roundsUntil("WRONG repair");
        assertEquals(0, acts.get());
        assertFalse(told.contains("impossible "), "a shadowed plan is not a fault without remedy");
    }

    /** A pool that is full, until it is known that its connections are leaked. */
    @Test
    void whatIsExplainedBySomethingElseHasNotGoneByItself() {
        AtomicReference<List<Fault>> known = new AtomicReference<>(List.of(Fault.CONNECTION_LEAK));
        detectors = List.of(new FlagDetector() {
            @Override
            public List<Finding> evaluate(Round round) {
                return known.get().stream().map(fault -> new Finding(name(), fault, POOL, confidence, "broken", "", "", "",
                        Evidence.of("the flag says so"))).toList();
            }
        });
        start(Map.of(), Mode.OBSERVE, remedy("repair", Risk.FORCEFUL, () -> { }, false));
        roundsUntil("SHADOWED repair mode");
        known.set(List.of(Fault.DEAD_PEER, Fault.CONNECTION_LEAK));
        roundsUntil("closed explained by DEAD_PEER of incident 1");
        roundsUntil("UNKNOWN repair");
    }

    @Test
    void doesNotActOnSuspicion() {
        confidence = Confidence.SUSPECTED;
        start(Map.of(), Mode.HEAL, remedy("repair", Risk.FORCEFUL, () -> broken = false, false));
        roundsUntil("SHADOWED repair confidence");
        assertEquals(0, acts.get());
    }

    @Test
    void actsAtOnceWhenSuspicionBecomesProof() {
        confidence = Confidence.SUSPECTED;
        rest = Duration.ofHours(1);
        start(Map.of(), Mode.HEAL, remedy("repair", Risk.FORCEFUL, () -> broken = false, false));
        roundsUntil("SHADOWED repair confidence");
        confidence = Confidence.CERTAIN;
        roundsUntil("HEALED repair");
        assertEquals(1, acts.get());
        roundsUntil("RIGHT repair");
    }

    @Test
    void climbsWhenTheClaimDoesNotComeTrue() {
        start(Map.of(), Mode.HEAL, remedy("useless", Risk.GENTLE, () -> { }, false),
                remedy("repair", Risk.FORCEFUL, () -> broken = false, false));
        roundsUntil("HEALED repair");
        assertTrue(told.indexOf("INEFFECTIVE useless") < told.indexOf("begins repair"));
    }

    @Test
    void anActThatHangsIsAbandonedAndSaidToBeStuck() {
        CountDownLatch never = new CountDownLatch(1);
        deadline = IMPATIENT;
        start(Map.of(), Mode.HEAL, remedy("repair", Risk.FORCEFUL, never::await, false));
        roundsUntil("STUCK repair");
        never.countDown();
    }

    @Test
    void anActThatThrowsHasFailed() {
        start(Map.of(), Mode.HEAL, remedy("repair", Risk.FORCEFUL, () -> {
            throw new IllegalStateException("no");
        }, false));
        roundsUntil("FAILED repair");
    }

    @Test
    void aSpentBudgetRefuses() {
        start(Map.of("budget.reclaim", "0/1m"), Mode.HEAL, remedy("repair", Risk.FORCEFUL, () -> broken = false, false));
        roundsUntil("REFUSED repair remedy budget");
        assertEquals(0, acts.get());
    }

    @Test
    void anExcludedResourceIsNeverTouched() {
        start(Map.of("exclude", "pool:*"), Mode.HEAL, remedy("repair", Risk.FORCEFUL, () -> broken = false, false));
        roundsUntil("REFUSED repair opt-out");
        assertEquals(0, acts.get());
    }

    @Test
    void openLoansAreGivenBackWhenTheAgentStops() throws InterruptedException {
        loanNeeded = true;
        start(Map.of(), Mode.HEAL, remedy("repair", Risk.FORCEFUL, () -> broken = false, true));
        roundsUntil("HEALED repair");
        engine.stop(Duration.ofSeconds(60), "detached");
        assertTrue(told.contains("gave back"));
    }

    @Test
    void whatIsStillBeingVerifiedIsGivenBackTooWhenTheAgentStops() throws InterruptedException {
        loanNeeded = true;
        start(Map.of(), Mode.HEAL, remedy("repair", Risk.GENTLE, () -> { }, true));
        roundsUntil("begins repair");
        await().atMost(Duration.ofSeconds(60)).until(() -> acts.get() == 1);
        engine.stop(Duration.ofSeconds(60), "detached");
        assertTrue(told.contains("gave back"), told.toString());
    }

    @Test
    void whatRepairedItselfBetweenPermissionAndActIsNotTouched() {
        AtomicInteger asked = new AtomicInteger();
        precondition = () -> asked.incrementAndGet() == 1 ? Optional.empty() : Optional.of("it was returned meanwhile");
        start(Map.of(), Mode.HEAL, remedy("repair", Risk.FORCEFUL, () -> broken = false, true));
        roundsUntil("RETRACTED repair");
        assertTrue(told.contains("ALLOWED repair "), "the policy had allowed it: " + told);
        assertEquals(0, acts.get());
        broken = false;
        roundsUntil("closed gone by itself");
        assertFalse(told.contains("GIVEN_BACK one slot"), "nothing was lent");
    }

    @Test
    void evidenceIsTakenToItsEndBeforeAnythingIsRepaired() {
        evidence = List.of(remedy("look", Risk.NONE, () -> told.add("looked, broken=" + broken), false));
        start(Map.of(), Mode.HEAL, remedy("repair", Risk.FORCEFUL, () -> broken = false, false));
        roundsUntil("closed healed");
        assertEquals(List.of("opened", "ALLOWED look ", "begins look", "looked, broken=true", "HEALED look",
                "ALLOWED repair ", "begins repair", "HEALED repair", "closed healed"), told);
    }

    /** A deadlock that nothing can break was left without its signature because one tick had been late. */
    @Test
    void evidenceThatStressForbadeIsTakenWhenTheJvmBreathesAgain() {
        evidence = List.of(remedy("look", Risk.NONE, () -> told.add("looked"), false));
        start(Map.of(), Mode.OBSERVE, remedy("repair", Risk.FORCEFUL, () -> { }, false));
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50)).until(() -> {
            engine.offer(lateRound());
            return told.contains("REFUSED look stress");
        });
        assertFalse(told.contains("looked"), told.toString());
        roundsUntil("HEALED look");
        roundsOf(System.currentTimeMillis());
        assertEquals(List.of("REFUSED look stress", "ALLOWED look ", "begins look", "looked", "HEALED look"),
                told.stream().filter(line -> line.contains("look")).toList());
    }

    private Round lateRound() {
        return new Round(tick.incrementAndGet(), System.currentTimeMillis(), false, Map.of(Signal.HEALTH,
                List.of(Signal.of(Signal.HEALTH, 0).with("tick", tick.get()).with("lateness", 1_200L).build())));
    }

    @Test
    void evidenceThatHangsDelaysTheRepairByItsDeadlineOnly() {
        CountDownLatch never = new CountDownLatch(1);
        deadline = IMPATIENT;
        evidence = List.of(remedy("look", Risk.NONE, never::await, false));
        deadline = PATIENT;
        start(Map.of(), Mode.HEAL, remedy("repair", Risk.FORCEFUL, () -> broken = false, false));
        roundsUntil("HEALED repair");
        assertTrue(told.contains("STUCK look"), told.toString());
        never.countDown();
    }

    @Test
    void aDetectorThatThrowsDoesNotSilenceTheOthers() {
        AtomicInteger thrown = new AtomicInteger();
        Detector throwing = new FlagDetector() {
            @Override
            public List<Finding> evaluate(Round round) {
                thrown.incrementAndGet();
                throw new IllegalStateException("a field is missing");
            }
        };
        detectors = List.of(throwing, new FlagDetector());
        start(Map.of(), Mode.HEAL, remedy("repair", Risk.FORCEFUL, () -> broken = false, false));
        roundsUntil("HEALED repair");
        assertTrue(thrown.get() > 0);
    }

    @Test
    void roundsTakenBeforeAnActSayNothingOfItsEffect() {
        long before = System.currentTimeMillis();
        start(Map.of(), Mode.HEAL, remedy("useless", Risk.GENTLE, () -> { }, false),
                remedy("repair", Risk.FORCEFUL, () -> broken = false, false));
        round(before);
        await().atMost(Duration.ofSeconds(60)).until(() -> told.contains("INEFFECTIVE useless"));
        roundsOf(before);
        assertFalse(told.contains("begins repair"), "the next rung was climbed on old news: " + told);
        roundsUntil("HEALED repair");
    }

    /** Detectors begin anew with it, so for some rounds they say nothing of what stands as before. */
    @Test
    void whatIsNotSeenAfterALateRoundIsNotGone() {
        FakeClock hand = new FakeClock();
        clock = hand;
        start(Map.of(), Mode.OBSERVE, remedy("repair", Risk.FORCEFUL, () -> { }, false));
        roundsUntil("SHADOWED repair mode");
        broken = false;
        roundsOf(System.currentTimeMillis());
        hand.advance(Duration.ofSeconds(5));
        for (int i = 0; i < 2; i++) {
            engine.offer(new Round(tick.incrementAndGet(), System.currentTimeMillis(), true, Map.of()));
        }
        awaitLatest();
        hand.advance(Duration.ofSeconds(3));
        roundsOf(System.currentTimeMillis());
        assertFalse(told.contains("closed gone by itself"), told.toString());
        hand.advance(Duration.ofSeconds(2));
        roundsUntil("closed gone by itself");
    }

    @Test
    void switchedOffItDoesNotEvenLook() {
        AtomicInteger looked = new AtomicInteger();
        detectors = List.of(new FlagDetector() {
            @Override
            public List<Finding> evaluate(Round round) {
                looked.incrementAndGet();
                return super.evaluate(round);
            }
        });
        start(Map.of(), Mode.OFF, remedy("repair", Risk.FORCEFUL, () -> broken = false, false));
        roundsOf(System.currentTimeMillis());
        assertEquals(0, looked.get());
        assertEquals(List.of(), told);
    }

    /** The collection that was asked for to prove a leak must not forbid the repair it proves. */
    @Test
    void oneLongCollectionIsNoStress() {
        start(Map.of(), Mode.HEAL, remedy("repair", Risk.FORCEFUL, () -> broken = false, false));
        broken = false;
        for (int i = 1; i <= 6; i++) {
            engine.offer(roundWithGcTime(0));
        }
        broken = true;
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50)).until(() -> {
            engine.offer(roundWithGcTime(700));
            return told.contains("HEALED repair");
        });
        assertFalse(told.contains("REFUSED repair stress"), told.toString());
    }

    private Round roundWithGcTime(long millis) {
        return new Round(tick.incrementAndGet(), System.currentTimeMillis(), false, Map.of(Signal.MEMORY,
                List.of(Signal.of(Signal.MEMORY, 0).with("tick", tick.get()).with("gcTime", millis).build())));
    }
}
