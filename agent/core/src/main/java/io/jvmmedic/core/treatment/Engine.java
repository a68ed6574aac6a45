package io.jvmmedic.core.treatment;

import io.jvmmedic.bootstrap.AdviceFailures;
import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.audit.Chronicle;
import io.jvmmedic.core.detect.Detector;
import io.jvmmedic.core.detect.ExhaustionCause;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Mode;
import io.jvmmedic.core.model.Outcome;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.model.Verdict;
import io.jvmmedic.core.policy.Gates;
import io.jvmmedic.core.policy.Ladder;
import io.jvmmedic.core.policy.Policy;
import io.jvmmedic.core.policy.Request;
import io.jvmmedic.core.policy.ShadowBook;
import io.jvmmedic.core.policy.Stress;
import io.jvmmedic.core.policy.TreatmentState;
import io.jvmmedic.core.remedy.Action;
import io.jvmmedic.core.remedy.Preparation;
import io.jvmmedic.core.remedy.Remedy;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.DisposableCall;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop: rounds in, findings, diagnoses, plans, permission, treatment, verification, giving back. One thread; host
 * code runs on disposable ones. Knows no concrete detector, remedy or library.
 */
public final class Engine {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final int QUEUED_ROUNDS = 64;
    private static final long ROUND_MILLIS = 1_000;
    private static final int GC_ROUNDS = 6;
    /** How often treatments under way are looked after. */
    private static final long STEP_MILLIS = 50;
    /** How often loans are looked after. */
    private static final long LOAN_STEP_MILLIS = 500;
    /** A case that was not seen for this long is over. */
    private static final long GONE_AFTER_MILLIS = 4_000;
    /** Findings of one fault treated at once; a storm of cases is a fault of ours. */
    private static final int MAX_CASES = 200;
    /** Log lines for one that fails again and again. */
    private static final int FAILURES_SAID = 3;
    private static final Duration PREPARE_LIMIT = Duration.ofSeconds(2);
    /** A fault that still stands after this long would not have gone by itself: a shadowed plan was right. */
    private static final Duration SHADOW_RIGHT_AFTER = Duration.ofSeconds(60);

    private final List<Detector> detectors;
    private final BiFunction<List<Finding>, Round, List<Diagnosis>> diagnostician;
    private final Ward ward;
    private final Ladder ladder;
    private final Policy policy;
    private final Supplier<Mode> mode;
    private final ShadowBook shadows;
    private final Chronicle chronicle;
    private final Clock clock;
    private final Duration restAfterFailure;
    private final LoanBook loans;
    private final Consumer<Round> aside;
    private final BlockingQueue<Round> rounds = new ArrayBlockingQueue<>(QUEUED_ROUNDS);
    private final AtomicLong dropped = new AtomicLong();
    private final Map<Case.Key, Case> cases = new HashMap<>();
    private final Thread thread = new MedicThread(this::run, "engine");
    private volatile boolean stopped;
    private volatile int underWay;
    private volatile List<OpenCase> open = List.of();
    private volatile Round latest;
    private final Map<String, Integer> failures = new HashMap<>();
    private long nextLoanStep;
    private long lateAt = Long.MIN_VALUE / 2;
    private final Deque<Long> gcTimes = new ArrayDeque<>();

    /**
     * @param diagnostician folds the findings of a round into one diagnosis per resource
     * @param mode in force now, kill file and live changes included
     * @param undoAfter how long a loan must not have been needed before it is given back
     * @param aside what else looks at each round, on the engine's thread, before anything is treated
     * @param restAfterFailure until the ladder of a case is climbed again from its first rung
     */
    public Engine(List<Detector> detectors, BiFunction<List<Finding>, Round, List<Diagnosis>> diagnostician, Ward ward,
            Policy policy, Supplier<Mode> mode, ShadowBook shadows, Chronicle chronicle, Clock clock,
            Duration undoAfter, Duration restAfterFailure, Consumer<Round> aside) {
        this.detectors = List.copyOf(detectors);
        this.diagnostician = diagnostician;
        this.ward = ward;
        this.ladder = new Ladder(ward.rungs());
        this.policy = policy;
        this.mode = mode;
        this.shadows = shadows;
        this.chronicle = chronicle;
        this.clock = clock;
        this.restAfterFailure = restAfterFailure;
        this.aside = aside;
        this.loans = new LoanBook(clock, undoAfter, chronicle::undone);
    }

    public void start() {
        thread.start();
    }

    /** Gives all loans back and stops; waits at most {@code limit} for the loop to end. */
    public void stop(Duration limit, String reason) throws InterruptedException {
        stopped = true;
        thread.join(limit.toMillis());
        if (!thread.isAlive()) {
            // What is still being verified is lent all the same.
            cases.values().stream().filter(one -> one.treatment != null).forEach(one -> lend(one, one.treatment));
        }
        loans.giveBackAll(reason);
    }

    /** Takes a round from the stream's thread; drops and counts when the loop cannot follow. */
    public void offer(Round round) {
        if (!rounds.offer(round)) {
            dropped.incrementAndGet();
        }
    }

    /** Rounds dropped since start. */
    public long dropped() {
        return dropped.get();
    }

    /** Treatments and loans under way. */
    public int underWay() {
        return underWay;
    }

    /**
     * A case as it stands, for the status.
     *
     * @param state of its treatment; {@code CONFIRMED} while none is under way
     */
    public record OpenCase(String incident, ResourceId resource, Fault fault, String state, String remedy, long openedMillis) {
    }

    /** Cases open now; a snapshot at most half a second old. */
    public List<OpenCase> open() {
        return open;
    }

    /** The last round that was taken up; {@code null} before the first. */
    Round latest() {
        return latest;
    }

    private void run() {
        while (!stopped) {
            try {
                Round round = rounds.poll(idle() ? LOAN_STEP_MILLIS : STEP_MILLIS, TimeUnit.MILLISECONDS);
                if (round != null) {
                    evaluate(round);
                }
                attend();
            } catch (InterruptedException e) {
                return;
            } catch (Throwable e) {
                failed("engine", e);
            }
        }
    }

    /** What fails may fail each second for days: said a few times, and counted always. */
    private void failed(String who, Throwable e) {
        AdviceFailures.count(e);
        int times = failures.merge(who, 1, Integer::sum);
        if (times <= FAILURES_SAID) {
            LOG.warn("{}: a round failed and is skipped{}", who,
                    times == FAILURES_SAID ? ", further ones are only counted" : "", e);
        }
    }

    private boolean idle() {
        return cases.isEmpty() && loans.size() == 0;
    }

    // ---- one round

    private void evaluate(Round round) {
        latest = round;
        policy.observe(stress(round));
        if (mode.get() == Mode.OFF) {
            return;
        }
        aside.accept(round);
        List<Finding> findings = new ArrayList<>();
        for (Detector detector : detectors) {
            findings.addAll(evaluated(detector, round));
        }
        long now = clock.monotonicMillis();
        if (round.late()) {
            lateAt = now;
        }
        for (Diagnosis diagnosis : diagnostician.apply(findings, round)) {
            if (diagnosis.primary().confidence() != Confidence.HINT) {
                see(diagnosis, round, now);
            }
        }
        forgetGone(now);
    }

    /** One detector that throws must not silence the others. */
    private List<Finding> evaluated(Detector detector, Round round) {
        try {
            return detector.evaluate(round);
        } catch (RuntimeException e) {
            failed(detector.name(), e);
            return List.of();
        }
    }

    /**
     * Over some seconds, because one collection is no stress: the one that was asked for to prove a leak took half of its
     * second, and the gate then refused the repair that it had just made possible.
     */
    private Stress stress(Round round) {
        long lateness = round.of(Signal.HEALTH).stream().mapToLong(row -> row.number("lateness")).findFirst().orElse(0);
        round.of(Signal.MEMORY).stream().mapToLong(row -> row.number("gcTime")).filter(time -> time >= 0)
                .forEach(gcTimes::addLast);
        if (gcTimes.size() > GC_ROUNDS) {
            gcTimes.removeFirst();
        }
        return new Stress(lateness, gcTimes.isEmpty() ? 0
                : (gcTimes.getLast() - gcTimes.getFirst()) / (double) (GC_ROUNDS * ROUND_MILLIS + lateness));
    }

    private void see(Diagnosis diagnosis, Round round, long now) {
        Case.Key key = new Case.Key(diagnosis.resource(), diagnosis.primary().fault());
        Case known = cases.get(key);
        if (known == null) {
            if (cases.size() >= MAX_CASES) {
                return;
            }
            known = new Case(key, chronicle.opened(diagnosis), diagnosis, now, clock.millis());
            cases.put(key, known);
        } else if (round.millis() < known.blindUntilMillis) {
            // Taken before the last act took effect.
            known.seenAt = now;
            return;
        } else if (isWorse(diagnosis, known.diagnosis)) {
            chronicle.renewed(known.incident, diagnosis);
        }
        explain(diagnosis, known);
        if (diagnosis.primary().confidence().compareTo(known.diagnosis.primary().confidence()) > 0) {
            // The rest was taken on a weaker belief: what was only shadowed may be allowed now.
            known.restUntil = now;
        }
        known.diagnosis = diagnosis;
        known.seenAt = now;
        treat(known, now);
    }

    /** What is still found, but follows from something else, has not gone by itself when its case is closed. */
    private void explain(Diagnosis diagnosis, Case primary) {
        primary.explanation = null;
        for (Finding other : diagnosis.others()) {
            Case follows = cases.get(new Case.Key(other.resource(), other.fault()));
            if (follows != null && follows != primary) {
                follows.explanation = primary;
            }
        }
    }

    private static boolean isWorse(Diagnosis now, Diagnosis before) {
        return now.primary().confidence().compareTo(before.primary().confidence()) > 0
                || now.primary().evidence().leases().size() > before.primary().evidence().leases().size()
                || isBetterKnown(ExhaustionCause.of(now.primary().evidence()), ExhaustionCause.of(before.primary().evidence()));
    }

    private static boolean isBetterKnown(ExhaustionCause now, ExhaustionCause before) {
        return now != before && now.isTheServersWord();
    }

    /** A late round, and those after it in which detectors begin anew, are no word that a fault has gone. */
    private void forgetGone(long now) {
        for (Iterator<Case> all = cases.values().iterator(); all.hasNext();) {
            Case one = all.next();
            if (one.treatment == null && now - Math.max(one.seenAt, lateAt) >= GONE_AFTER_MILLIS) {
                all.remove();
                one.over = true;
                ladder.reset(one.key.resource(), one.key.fault());
                chronicle.closed(one.incident, one.diagnosis, one.end(), one.seenAt - one.openedAt);
            }
        }
    }

    // ---- one case

    private void treat(Case one, long now) {
        if (one.treatment != null) {
            return;
        }
        takeEvidence(one);
        if (now < one.restUntil) {
            return;
        }
        ResourceId resource = one.key.resource();
        Optional<String> rung = ladder.current(resource, one.key.fault());
        while (rung.isPresent()) {
            if (attempt(one, ward.remedy(rung.get()))) {
                return;
            }
            rung = ladder.next(resource, one.key.fault());
        }
        if (!one.givenUp && one.shadowed.isEmpty() && ward.canRepair(one.key.fault())) {
            one.givenUp = true;
            chronicle.impossible(one.incident, resource, "", "no rung is left on the ladder");
        }
        // A later round may find a lever, a budget or a cap that was not there: climb again after a rest.
        ladder.reset(resource, one.key.fault());
        one.restUntil = now + restAfterFailure.toMillis();
    }

    /**
     * What was refused because the JVM gasped for air is taken when it breathes again: one late tick had left a deadlock
     * without its signature for good.
     */
    private void takeEvidence(Case one) {
        if (one.evidenceDue == null) {
            one.evidenceDue = new ArrayList<>(ward.evidenceFor(one.key.fault()));
        } else if (policy.stress().isPresent()) {
            return;
        }
        one.evidenceDue.removeIf(remedy -> !isPutOff(one, remedy));
    }

    /** Evidence runs to its end before anything is repaired, but never longer than its own deadline. */
    private boolean isPutOff(Case one, Remedy remedy) {
        if (!(prepare(one, remedy) instanceof Preparation.Ready ready)) {
            return false;
        }
        Verdict verdict = policy.decide(new Request(ready.plan(), mode.get(), Optional.empty(), false));
        chronicle.decided(one.incident, ready.plan(), verdict);
        if (verdict.isAllowed()) {
            collect(one, remedy, ready);
        }
        return verdict.gate().equals(Gates.STRESS);
    }

    private void collect(Case one, Remedy remedy, Preparation.Ready ready) {
        policy.begin(ready.plan());
        Object begun = chronicle.begins(one.incident, ready.plan());
        Outcome outcome = Outcome.HEALED;
        String problem = "";
        try {
            DisposableCall.await(remedy.deadline(), clock, () -> {
                applied(ready.action());
                return null;
            });
        } catch (DisposableCall.StuckException e) {
            outcome = Outcome.STUCK;
            problem = e.getMessage();
        } catch (Throwable e) {
            outcome = Outcome.FAILED;
            problem = e.toString();
        }
        chronicle.ended(one.incident, begun, ready.plan(), outcome, "", "", problem);
        policy.end(ready.plan(), outcome);
    }

    private static void applied(Action action) throws Exception {
        try {
            action.apply();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** False when this rung is out of the question and the next one may be tried. */
    private boolean attempt(Case one, Remedy remedy) {
        if (!remedy.isMeantFor(one.diagnosis)) {
            return false;
        }
        Preparation preparation = prepare(one, remedy);
        if (preparation instanceof Preparation.Impossible impossible) {
            if (one.isNews(remedy.name(), impossible.reason())) {
                chronicle.impossible(one.incident, one.key.resource(), remedy.name(), impossible.reason());
            }
            return false;
        }
        Preparation.Ready ready = (Preparation.Ready) preparation;
        Plan plan = ready.plan();
        boolean exhausted = ladder.reached(plan.resource(), one.key.fault(), remedy.name());
        Verdict verdict = policy.decide(new Request(plan, mode.get(), stillNeeded(ready.action()), exhausted));
        if (verdict.isAllowed()) {
            verdict = policy.begin(plan);
        }
        if (verdict.isAllowed() || one.isNews(remedy.name(), verdict.decision() + verdict.gate())) {
            chronicle.decided(one.incident, plan, verdict);
        }
        return switch (verdict.decision()) {
            case ALLOWED -> {
                one.recording = chronicle.begins(one.incident, plan);
                one.treatment = new Treatment(plan, ready.action(), remedy.deadline(), clock);
                count();
                yield true;
            }
            case SHADOWED -> {
                shadow(one, plan);
                yield false;
            }
            // What is refused now may be allowed in a later round; a spent rung is left instead.
            case REFUSED -> !Gates.isRungSpent(verdict);
        };
    }

    private void shadow(Case one, Plan plan) {
        if (one.shadowed.add(plan.remedy())) {
            shadows.open(one.incident, plan, waited -> one.over
                    ? Optional.of(one.afterthought(plan.remedy()))
                    : waited.compareTo(SHADOW_RIGHT_AFTER) < 0 ? Optional.empty()
                    : Optional.of(new ShadowBook.Judgement(ShadowBook.Score.RIGHT,
                            "the fault still stands after " + waited.toSeconds() + " s")));
        }
    }

    private Preparation prepare(Case one, Remedy remedy) {
        try {
            return DisposableCall.await(PREPARE_LIMIT, clock, () -> remedy.prepare(one.diagnosis));
        } catch (Throwable e) {
            return new Preparation.Impossible(one.key.resource() + ": " + remedy.name() + " cannot be prepared: " + e);
        }
    }

    private Optional<String> stillNeeded(Action action) {
        try {
            return DisposableCall.await(PREPARE_LIMIT, clock, action::noLongerNeeded);
        } catch (Throwable e) {
            return Optional.of("live state cannot be read: " + e);
        }
    }

    // ---- between rounds

    private void attend() {
        for (Case one : cases.values()) {
            if (one.treatment != null) {
                one.treatment.step().ifPresent(outcome -> finish(one, outcome));
            }
        }
        long now = clock.monotonicMillis();
        if (now >= nextLoanStep) {
            nextLoanStep = now + LOAN_STEP_MILLIS;
            loans.step();
            shadows.review().forEach(chronicle::scored);
            count();
        }
    }

    private void finish(Case one, Outcome outcome) {
        Treatment treatment = one.treatment;
        Plan plan = treatment.plan();
        one.treatment = null;
        one.blindUntilMillis = clock.millis();
        one.seenAt = clock.monotonicMillis();
        chronicle.ended(one.incident, one.recording, plan, outcome,
                treatment.before(), treatment.after(), treatment.problem());
        policy.end(plan, outcome);
        if (outcome != Outcome.RETRACTED) {
            lend(one, treatment);
        }
        if (outcome == Outcome.HEALED || outcome == Outcome.RETRACTED) {
            if (outcome == Outcome.HEALED) {
                one.healedBy.add(plan.remedy());
            }
            ladder.reset(plan.resource(), one.key.fault());
        } else {
            ladder.next(plan.resource(), one.key.fault());
        }
        count();
    }

    private void lend(Case one, Treatment treatment) {
        Plan plan = treatment.plan();
        treatment.action().loan().ifPresent(loan -> loans.lend(one.incident, plan.resource(), plan.remedy(), loan));
    }

    private void count() {
        open = cases.values().stream().map(one -> new OpenCase(one.incident, one.key.resource(), one.key.fault(),
                (one.treatment == null ? TreatmentState.CONFIRMED : one.treatment.state()).name(),
                one.treatment == null ? "" : one.treatment.plan().remedy(), one.openedMillis)).toList();
        underWay = loans.size() + (int) cases.values().stream().filter(one -> one.treatment != null).count();
    }
}
