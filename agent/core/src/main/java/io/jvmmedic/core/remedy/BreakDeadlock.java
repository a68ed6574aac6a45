package io.jvmmedic.core.remedy;

import io.jvmmedic.core.instrument.lock.DeadlockBreaker;
import io.jvmmedic.core.instrument.lock.LockGraph;
import io.jvmmedic.core.instrument.lock.LockWait;
import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.util.Phrases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/**
 * Ends the wait of one thread of a lock cycle by an exception, so that it lets go of what it holds and all others go on.
 * Only waits for locks of {@code java.util.concurrent} can be ended; a cycle of monitors alone is left to a restart, for a
 * monitor that is taken away leaves its owner inside its critical section.
 */
public final class BreakDeadlock implements Remedy {

    public static final String NAME = "break-deadlock";

    private static final Duration WITHIN = Duration.ofSeconds(5);
    /** Two retransformations of a JDK class on a busy machine, a rehearsal, and the wake-up of the thread. */
    private static final Duration DEADLINE = Duration.ofSeconds(40);

    private final ThreadView threads;
    private final DeadlockBreaker breaker;
    private final LockGraph graph;
    private final Election election;
    private final BiFunction<ResourceId, Fault, Optional<String>> incidents;

    /** @param incidents the id of the incident that is open on a fault of a resource */
    public BreakDeadlock(ResourceRegistry registry, ThreadView threads, DeadlockBreaker breaker, LockGraph graph,
            BiFunction<ResourceId, Fault, Optional<String>> incidents) {
        this.threads = threads;
        this.breaker = breaker;
        this.graph = graph;
        this.election = new Election(registry);
        this.incidents = incidents;
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
    public Duration deadline() {
        return DEADLINE;
    }

    @Override
    public Preparation prepare(Diagnosis diagnosis) {
        ResourceId id = diagnosis.resource();
        Finding finding = diagnosis.primary();
        List<Long> members = finding.evidence().threads();
        if (finding.evidence().measure("monitors") == members.size()) {
            return impossible(id, "all of its " + Phrases.count(members.size(), "thread") + " wait for monitors, and such a"
                    + " wait cannot be ended; only a restart helps");
        }
        Optional<String> unavailable = breaker.unavailable();
        if (unavailable.isPresent()) {
            return impossible(id, unavailable.get());
        }
        CycleView cycle = view(diagnosis);
        List<LockWait> candidates = new ArrayList<>();
        List<String> obstacles = new ArrayList<>();
        for (LockWait wait : cycle.waits()) {
            Thread owner = wait.owner();
            if (owner != null && !owner.isAlive()) {
                return impossible(id, wait.lock() + " is held by " + owner.getName() + ", which has ended; what it guards may"
                        + " be half done, so it is not taken away");
            }
            obstacle(wait).ifPresentOrElse(
                    why -> obstacles.add(wait.name() + " " + why), () -> candidates.add(wait));
        }
        Optional<String> resolved = cycle.resolved();
        if (resolved.isPresent()) {
            return impossible(id, resolved.get());
        }
        if (candidates.isEmpty()) {
            return impossible(id, "none of its waits can be ended: "
                    + (obstacles.isEmpty() ? "no thread of it is seen to wait for a lock of java.util.concurrent, and only a"
                            + " restart ends other waits" : String.join("; ", obstacles)));
        }
        Attempt first = Attempt.of(cycle, election.elect(candidates, cycle));
        LockWait victim = first.victim();
        Claim claim = new Claim("the wait of " + victim.name() + " for " + Phrases.type(victim.lock())
                + " ends by an exception, it leaves the queue and lets go of what the cycle waits for, and who waits for that"
                + " gets it or none of the " + members.size() + " threads is deadlocked any more, within "
                + WITHIN.toSeconds() + " s; if it takes that back first, another one gives way too", WITHIN);
        Plan plan = new Plan(id, NAME, risk(), finding.confidence(), finding.evidence().proof(), claim,
                "the patch of the lock's class is taken out at once; what " + victim.name()
                        + " was doing fails as one request");
        return new Preparation.Ready(plan, new Break(diagnosis, first));
    }

    private CycleView view(Diagnosis diagnosis) {
        return LockCycle.isBeyondJvm(diagnosis) ? new UnseenCycle(diagnosis, graph) : new JvmCycle(diagnosis, threads, breaker);
    }

    private Optional<String> obstacle(LockWait wait) {
        return Election.obstacle(wait.thread()).or(() -> breaker.obstacle(wait));
    }

    private static Preparation impossible(ResourceId id, String why) {
        return new Preparation.Impossible(id + ": " + why);
    }

    /**
     * One thread that gives way.
     *
     * @param next the wait for what the victim holds; {@code null} where that is a monitor
     */
    private record Attempt(CycleView cycle, LockWait victim, LockWait next) {

        static Attempt of(CycleView cycle, LockWait victim) {
            return new Attempt(cycle, victim, cycle.waiterFor(victim.thread()).orElse(null));
        }

        /**
         * Once the next one has what it waited for, this cycle is broken. Threads that work without a pause on few locks may
         * by then stand in another one, of the same threads and locks: that is a fault of its own, which must not wait for a
         * failure of this treatment to be forgotten.
         */
        boolean hasWorked() {
            return victim.isGone() && (next != null && next.isOver() || cycle.isFreeOf(victim));
        }

        boolean isUndone() {
            return victim.isGone() && cycle.resolved().isEmpty() && !hasWorked();
        }

        String text() {
            return " victim=" + victim.name() + (victim.isOver() ? " ended" : " waiting")
                    + (next == null ? "" : " next=" + next.name() + (next.isOver() ? " served" : " waiting"));
        }
    }

    private final class Break implements Action {

        /** How long the next one may take to wake up. */
        private static final int LOOKS = 20;
        private static final int LOOK_MILLIS = 50;

        private final Diagnosis diagnosis;
        private final Set<Thread> gaveWay = ConcurrentHashMap.newKeySet();
        private volatile Attempt attempt;

        private Break(Diagnosis diagnosis, Attempt first) {
            this.diagnosis = diagnosis;
            this.attempt = first;
        }

        @Override
        public Optional<String> noLongerNeeded() {
            Attempt now = attempt;
            return now.cycle().resolved().or(() -> now.victim().isOver()
                    ? Optional.of(now.victim().name() + " does not wait any more") : Optional.empty());
        }

        @Override
        public String observe() {
            Attempt now = attempt;
            return "deadlocked=" + now.cycle().deadlocked() + " of=" + diagnosis.primary().evidence().threads().size()
                    + now.text();
        }

        /**
         * A lock that is not fair goes to whoever asks first. A victim that begins anew without a pause has back what it let
         * go of before the one that waits for it is awake, and the deadlock is there again: then another one of it gives way,
         * each once at most.
         */
        @Override
        public void apply() throws Throwable {
            end(attempt.victim());
            for (Optional<Attempt> more = another(); more.isPresent(); more = another()) {
                attempt = more.get();
                end(attempt.victim());
            }
        }

        private void end(LockWait victim) throws Throwable {
            ResourceId id = diagnosis.resource();
            String incident = incidents.apply(id, diagnosis.primary().fault()).map(one -> ", incident " + one).orElse("");
            gaveWay.add(victim.thread());
            election.elected(victim.thread());
            breaker.end(victim, "deadlock broken by JVM Medic" + incident + ": " + id + ", "
                    + diagnosis.primary().cause() + ". This thread gives way, it did not get "
                    + Phrases.type(victim.lock()));
        }

        /** Empty when the cycle is broken, when time will tell, or when there is nobody left to give way. */
        private Optional<Attempt> another() throws InterruptedException {
            Attempt last = attempt;
            for (int look = 0; look < LOOKS && !last.hasWorked(); look++) {
                Thread.sleep(LOOK_MILLIS);
            }
            if (!last.isUndone()) {
                return Optional.empty();
            }
            CycleView cycle = view(diagnosis);
            List<LockWait> waits = cycle.waits();
            // A victim that now tries for a while only lets go by itself.
            if (waits.stream().anyMatch(wait -> wait.thread().getState() == Thread.State.TIMED_WAITING)) {
                return Optional.empty();
            }
            List<LockWait> candidates = waits.stream()
                    .filter(wait -> !gaveWay.contains(wait.thread()) && obstacle(wait).isEmpty()).toList();
            return candidates.isEmpty() ? Optional.empty()
                    : Optional.of(Attempt.of(cycle, election.elect(candidates, cycle)));
        }

        @Override
        public boolean claimHolds() {
            return attempt.hasWorked();
        }
    }
}
