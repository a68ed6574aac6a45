package io.jvmmedic.core.inquiry;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.inquiry.Interview.Reason;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.Borrower;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.SqlErrors;
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.util.Activity;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.DisposableCall;
import io.jvmmedic.core.util.Globs;
import io.jvmmedic.core.util.Phrases;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * Asks the server behind a pool when its sessions fail in bursts, hang, or are not made any more. Heals nothing: what it
 * learns is written as signals, and detectors judge them, so that a recording tells the whole proof.
 *
 * <p>Each talk costs the server one connection for a moment. So one at a time for a pool, not more often than every
 * {@value #EVERY_MILLIS} ms, and half as often after each that told of nothing ill: a report of 20 minutes is not to be
 * asked about 400 times. After each failure half as often too: a server that is full or down is not to be knocked at. Only
 * a session that was said to be dead for the first time, or will be telling in a moment, is asked about sooner: its
 * borrower, and whoever waits behind it, waits for the second word.
 *
 * <p>A connect may hang for ever, where a network swallows everything or a server accepts and says nothing; nobody but the
 * driver can end it. After {@value #LIMIT_MILLIS} ms that is the answer, told anew while it hangs. The next talk then waits
 * ever longer, about twice as long as it has lasted so far, and there are never more than {@value #MAX_HANGING} for a pool
 * and {@value #MAX_HANGING_OVERALL} in all; not none, for what hangs may hang on long after others would get through. What
 * one of them says in the end is of the past, and dropped; but that it says something, or that another pool is reached
 * again, is a reason to ask at once.
 *
 * <p>Belongs to the engine's thread; the talks run on disposable ones.
 */
public final class ServerInquiry {

    static final long EVERY_MILLIS = 3_000;
    private static final long MAX_EVERY_MILLIS = 60_000;
    private static final long MAX_EVERY_MILLIS_IF_REACHED = 10_000;
    /** Between two talks of one streak in which the way to the server is taken to have worked all the time. */
    private static final long STREAK_GAP_MILLIS = 20_000;
    /** For so long after a session was said to be dead the others of its pool are asked about like it. */
    private static final long DEAD_MILLIS = 60_000;
    static final long LIMIT_MILLIS = 10_000;
    private static final Duration LIMIT = Duration.ofMillis(LIMIT_MILLIS);
    private static final int MAX_AT_ONCE = 4;
    static final int MAX_HANGING = 8;
    static final int MAX_HANGING_OVERALL = 12;
    /** The pauses after talks that hang: with the last of them an outage of four hours is still seen to end. */
    private static final long AFTER_HANGING_MILLIS = 15_000;
    private static final int LONGER_AFTER_HANGING = 3;
    /** How far back errors count as one burst. */
    private static final long WINDOW_MILLIS = 10_000;
    private static final int READ_ONLY_ERRORS = 3;
    private static final int LEARNED_FACTOR = 4;
    /** What is read over a slow line may pause for a moment, and the server has long since sent it. */
    private static final long QUIET_MILLIS = 2_500;
    private static final long CREATOR_MILLIS = 5_000;
    /** A jam of statements is asked about when it is no moment's peak, and seldom: most are only slow. */
    private static final int JAM_ROUNDS = 3;
    private static final long JAM_EVERY_MILLIS = 10_000;
    /** A jam is asked about seldom enough, and the first look at those who are silent in it is not to wait for that. */
    private static final long AFTER_JAM_MILLIS = 500;

    /** A pool's counts at one round. */
    private record Moment(long millis, long lost, long sessions, long readOnly, long total, boolean wanted) {
    }

    /**
     * A silent session when it was looked at last.
     *
     * @param cpuNanos CPU time of its thread, -1 if unknown
     * @param quietFrom idle time of the session when its thread was first seen with this CPU time
     * @param times in a row, in the same statement
     * @param dead it was said to be dead
     */
    private record Look(long cpuNanos, long idleMillis, long quietFrom, int times, boolean dead) {
    }

    /** What is asked of one pool. */
    private static final class Talks {
        private final Deque<Moment> moments = new ArrayDeque<>();
        /** When errors began to follow one another; {@code null} while there are none. */
        private Moment burst;
        private Talk talk;
        /** Given up, but not over: a thread of ours each. */
        private final List<Talk> hanging = new ArrayList<>();
        private long hangingToldAt;
        private Reason reason;
        private long endedAt = Long.MIN_VALUE / 2;
        private long everyMillis = EVERY_MILLIS;
        private boolean reached = true;
        /** Since when each talk has reached the server; -1 when the last one has not. */
        private long worksSince = -1;
        /** When one of its sessions in use was said to be dead. */
        private long deadAt = Long.MIN_VALUE / 2;
        private long wantedSince = -1;
        private int jamRounds;
        private long jamAskedAt = Long.MIN_VALUE;
    }

    /** One talk, which either tells what it learned or is given up, never both. */
    private final class Talk {
        private final PoolHandle pool;
        private final Reason reason;
        private final long beganAt = clock.monotonicMillis();
        private final AtomicBoolean over = new AtomicBoolean();
        private final long workedMillis;
        private final boolean dead;
        private final DisposableCall<Interview> call;
        private volatile long endedAt;

        /**
         * @param workedMillis for how long each talk before has reached the server
         * @param dead some of its sessions were said to be dead
         */
        private Talk(PoolHandle pool, Reason reason, long workedMillis, boolean dead) {
            this.pool = pool;
            this.reason = reason;
            this.workedMillis = workedMillis;
            this.dead = dead;
            this.call = DisposableCall.start(LIMIT, clock, this::hold);
        }

        private Interview hold() {
            Interview interview = new Interview(pool, registry.leases(), reason,
                    reason == Reason.SILENT ? silent(pool, dead) : List.of(), workedMillis, clock);
            List<Signal> rows = interview.conduct();
            endedAt = clock.monotonicMillis();
            if (over.compareAndSet(false, true)) {
                rows.forEach(ServerInquiry.this::remember);
                rows.forEach(target);
            }
            return interview;
        }

        /** False when it has told meanwhile. */
        private boolean giveUp() {
            return over.compareAndSet(false, true);
        }

        private Signal noAnswer() {
            long millis = clock.monotonicMillis() - beganAt;
            return Signal.of(Signal.FRESH_CONNECTION, clock.millis()).with("tick", -1).with("resource", pool.id())
                    .with("reason", reason.name()).with("outcome", "FAILED").with("took", millis)
                    .with("error", "no answer within " + Phrases.duration(millis)).with("role", Dialect.Role.UNKNOWN.name())
                    .with("pooledRole", Dialect.Role.UNKNOWN.name()).build();
        }
    }

    private final ResourceRegistry registry;
    private final ThreadView threads;
    private final ToLongFunction<Thread> cpuNanos;
    private final Consumer<Signal> target;
    private final Clock clock;
    private final boolean enabled;
    private final Globs excluded;
    private final long suspectAfter;
    private final Map<String, Talks> talks = new HashMap<>();
    /** By lease. */
    private final Map<Long, Look> looks = new ConcurrentHashMap<>();

    /**
     * @param cpuNanos CPU time of a thread, -1 if unknown
     * @param target gets the answers, on the thread of the talk
     */
    public ServerInquiry(MedicConfig config, ResourceRegistry registry, ThreadView threads,
            ToLongFunction<Thread> cpuNanos, Consumer<Signal> target, Clock clock) {
        this.registry = registry;
        this.threads = threads;
        this.cpuNanos = cpuNanos;
        this.target = target;
        this.clock = clock;
        this.enabled = config.get(Options.SERVER_ASK);
        this.excluded = Globs.of(config.get(Options.EXCLUDE));
        this.suspectAfter = config.get(Options.DEAD_PEER_SUSPECT_AFTER).toMillis();
    }

    /**
     * Takes in a round, and asks where there is a reason to.
     *
     * @param allowed whether asking is allowed now; nothing but looking is done otherwise
     */
    public void observe(Round round, boolean allowed) {
        Set<String> present = new HashSet<>();
        for (Signal row : round.of(Signal.POOL)) {
            String resource = row.text("resource");
            present.add(resource);
            Talks own = talks.computeIfAbsent(resource, key -> new Talks());
            settle(own);
            Optional<Reason> reason = reason(own, row, round);
            if (reason.isPresent() && allowed && enabled && !excluded.matches(resource)) {
                tellOfHanging(own);
                ask(own, row, reason.get());
            }
        }
        // What hangs on for a pool that is gone still counts.
        talks.entrySet().removeIf(one -> !present.contains(one.getKey()) && isQuiet(one.getValue()));
    }

    /** Whether a talk is under way that was not given up. */
    boolean isAsking() {
        return talks.values().stream().anyMatch(one -> one.talk != null && !one.talk.call.isDone());
    }

    private static boolean isQuiet(Talks own) {
        own.hanging.removeIf(talk -> talk.call.isDone());
        return own.hanging.isEmpty() && (own.talk == null || own.talk.call.isDone());
    }

    private void settle(Talks own) {
        if (own.hanging.removeIf(talk -> talk.call.isDone())) {
            own.everyMillis = EVERY_MILLIS;
        }
        Talk talk = own.talk;
        if (talk == null || !talk.call.isDone() && !talk.call.isOverdue()) {
            return;
        }
        own.talk = null;
        own.endedAt = clock.monotonicMillis();
        boolean failedBefore = !own.reached;
        own.reached = false;
        if (!talk.call.isDone() && talk.giveUp()) {
            own.worksSince = -1;
            own.hanging.add(talk);
            own.hangingToldAt = own.endedAt;
            own.everyMillis = own.hanging.size() == 1 ? AFTER_HANGING_MILLIS : own.everyMillis * LONGER_AFTER_HANGING;
            target.accept(talk.noAnswer());
            return;
        }
        long again = -1;
        try {
            Interview interview = talk.call.result();
            own.endedAt = talk.endedAt;
            own.reached = interview.reached();
            own.deadAt = interview.saysDead() ? own.endedAt : own.deadAt;
            again = interview.againMillis();
        } catch (Throwable e) {
            // As good as no answer.
        }
        own.worksSince = !own.reached ? -1 : own.worksSince == -1 ? talk.beganAt : own.worksSince;
        own.everyMillis = own.reached && again >= 0 ? again
                : Math.min(own.reached ? MAX_EVERY_MILLIS_IF_REACHED : MAX_EVERY_MILLIS,
                        Math.max(EVERY_MILLIS, own.everyMillis) * 2);
        if (own.reached && failedBefore) {
            // Not whenever it is reached: the others may have another server, which is still down.
            talks.values().stream().filter(one -> !one.hanging.isEmpty())
                    .forEach(one -> one.everyMillis = Math.min(one.everyMillis, EVERY_MILLIS));
        }
    }

    /** What it means holds only for some seconds. */
    private void tellOfHanging(Talks own) {
        if (!own.hanging.isEmpty() && own.talk == null
                && clock.monotonicMillis() - own.hangingToldAt >= LIMIT_MILLIS) {
            own.hangingToldAt = clock.monotonicMillis();
            target.accept(own.hanging.get(own.hanging.size() - 1).noAnswer());
        }
    }

    private Optional<Reason> reason(Talks own, Signal row, Round round) {
        Moment now = new Moment(round.millis(), row.number("lostErrors"), row.number("failedSessions"),
                row.number("readOnlyErrors"), row.number("total"), row.flag("creatorWanted"));
        if (round.late()) {
            own.moments.clear();
            own.burst = null;
        }
        own.moments.addLast(now);
        while (now.millis() - own.moments.getFirst().millis() > WINDOW_MILLIS) {
            own.moments.removeFirst();
        }
        Moment first = own.moments.getFirst();
        own.wantedSince = !now.wanted() || now.total() != first.total() ? -1
                : own.wantedSince == -1 ? now.millis() : own.wantedSince;
        if (now.readOnly() - first.readOnly() >= READ_ONLY_ERRORS) {
            return Optional.of(Reason.READ_ONLY);
        }
        own.burst = now.lost() == first.lost() ? null : own.burst == null ? first : own.burst;
        if (own.burst != null
                && SqlErrors.isBurst(now.lost() - first.lost(), now.sessions() - own.burst.sessions())) {
            return Optional.of(Reason.LOST);
        }
        if (round.of(Signal.HELD_CONNECTION).stream()
                .anyMatch(held -> held.text("resource").equals(row.text("resource")) && isSilent(held, hasDead(own)))) {
            return Optional.of(Reason.SILENT);
        }
        if (own.wantedSince != -1 && now.millis() - own.wantedSince >= CREATOR_MILLIS) {
            return Optional.of(Reason.CREATOR);
        }
        own.jamRounds = isJam(row, round) ? own.jamRounds + 1 : 0;
        return own.jamRounds >= JAM_ROUNDS && (own.jamAskedAt == Long.MIN_VALUE
                || clock.monotonicMillis() - own.jamAskedAt >= JAM_EVERY_MILLIS) ? Optional.of(Reason.JAM) : Optional.empty();
    }

    /** Full, with borrowers waiting, and most of the slots in a statement. */
    private static boolean isJam(Signal pool, Round round) {
        long inStatement = round.of(Signal.HELD_CONNECTION).stream()
                .filter(held -> held.text("resource").equals(pool.text("resource"))
                        && held.text("activity").equals(Activity.JDBC.name())).count();
        return pool.number("waiting") > 0 && pool.number("active") >= pool.number("max")
                && inStatement * 2 > pool.number("active");
    }

    private boolean hasDead(Talks own) {
        return clock.monotonicMillis() - own.deadAt < DEAD_MILLIS;
    }

    private boolean isSilent(Signal held, boolean dead) {
        boolean maybeInDriver = held.text("activity").equals(Activity.JDBC.name())
                || held.number("threadId") < 0 && held.text("activity").equals(Activity.UNKNOWN.name());
        return maybeInDriver && isSilent(held.number("idleFor"), held.number("typicalHold"), held.number("calmHold"), dead);
    }

    /**
     * Inside the driver for longer than this connection's site ever held one, by a factor. What it took in a jam is no habit
     * of the site, and once a neighbour's session is dead none of them is excused by a habit: they went the same way.
     */
    private boolean isSilent(long idleMillis, long typicalMillis, long calmMillis, boolean dead) {
        long habit = calmMillis < 0 ? typicalMillis : Math.min(typicalMillis, calmMillis);
        return idleMillis >= (dead || habit < 0 ? suspectAfter : Math.max(suspectAfter, LEARNED_FACTOR * habit));
    }

    private void ask(Talks own, Signal row, Reason reason) {
        // Another reason is another question, to a server that answers.
        long other = own.reason == Reason.JAM ? AFTER_JAM_MILLIS : EVERY_MILLIS;
        long every = own.reached && own.reason != reason ? Math.min(own.everyMillis, other) : own.everyMillis;
        if (own.talk != null || clock.monotonicMillis() < own.endedAt + every || own.hanging.size() >= MAX_HANGING
                || count(one -> one.talk == null ? 0 : 1) >= MAX_AT_ONCE
                || count(one -> one.hanging.size() + (one.talk == null ? 0 : 1)) >= MAX_HANGING_OVERALL) {
            return;
        }
        PoolHandle pool = registry.byId(row.resource()).orElse(null) instanceof PoolHandle found ? found : null;
        if (pool == null || !pool.connect().isPresent()) {
            return;
        }
        if (reason == Reason.JAM) {
            own.jamAskedAt = clock.monotonicMillis();
        }
        if (own.reason != reason) {
            own.reason = reason;
            own.everyMillis = own.reached ? EVERY_MILLIS : own.everyMillis;
        }
        if (own.worksSince != -1 && clock.monotonicMillis() - own.endedAt > STREAK_GAP_MILLIS) {
            own.worksSince = -1;
        }
        own.talk = new Talk(pool, reason, own.worksSince == -1 ? 0 : clock.monotonicMillis() - own.worksSince, hasDead(own));
    }

    private int count(ToIntFunction<Talks> what) {
        return talks.values().stream().mapToInt(what).sum();
    }

    private List<Interview.Silent> silent(PoolHandle pool, boolean dead) {
        List<Interview.Silent> found = new ArrayList<>();
        Map<Long, Boolean> waiting = new HashMap<>();
        for (Lease slot : registry.leases().slots(pool)) {
            Lease.View lease = slot.read();
            if (lease != null && isSilent(lease.idleMillis(), lease.typicalHoldMillis(), lease.calmHoldMillis(), dead)) {
                Borrower borrower = Borrower.of(lease.userId(), threads);
                boolean maybeInDriver = lease.userId() < 0 || borrower.activity(null) == Activity.JDBC;
                // Asked after the stack: what it used before that look, it may have been in.
                // Of a virtual thread only what its session is known to be is told.
                boolean executing = lease.isTest() || lease.userId() < 0 || borrower.isExecutingBehind(pool);
                if (maybeInDriver && !registry.leases().mayWaitElsewhere(lease)
                        && (executing || !registry.leases().hasOthersInHand(lease))) {
                    found.add(look(slot, lease, borrower, executing || isTheOnlyOne(lease, waiting)));
                }
            }
        }
        looks.keySet().removeIf(lease -> registry.leases().byId(lease) == null);
        return found;
    }

    /**
     * Whether a thread that fetches or commits can only do so on this connection: each other one that is as long unused is
     * accounted for by a thread of its own that waits for an answer. A step that reads on many threads opens its cursor on one.
     *
     * @param waiting whether a thread waits for an answer, by its id: each stack is read once, however many are silent
     */
    private boolean isTheOnlyOne(Lease.View lease, Map<Long, Boolean> waiting) {
        return registry.leases().out().filter(other -> other.id() != lease.id() && other.idleMillis() >= QUIET_MILLIS)
                .allMatch(other -> waiting.computeIfAbsent(other.userId(),
                        user -> Dialect.waitsForAnswer(Borrower.of(user, threads))));
    }

    private Interview.Silent look(Lease slot, Lease.View lease, Borrower borrower, boolean theOnlyOne) {
        Thread thread = lease.userId() < 0 ? null : threads.byId(lease.userId());
        long cpu = thread == null ? -1 : cpuNanos.applyAsLong(thread);
        Look before = looks.get(lease.id());
        boolean same = before != null && lease.idleMillis() >= before.idleMillis();
        boolean still = same && cpu >= 0 && before.cpuNanos() == cpu;
        Look now = new Look(cpu, lease.idleMillis(), still ? before.quietFrom() : lease.idleMillis(),
                same ? before.times() + 1 : 1, same && before.dead());
        looks.put(lease.id(), now);
        return new Interview.Silent(slot, lease, borrower, theOnlyOne, now.idleMillis() - now.quietFrom() >= QUIET_MILLIS,
                now.times(), now.dead());
    }

    private void remember(Signal row) {
        if (row.type().equals(Signal.SESSION_CHECK)) {
            looks.computeIfPresent(row.number("leaseId"), (lease, look) -> new Look(look.cpuNanos(), look.idleMillis(),
                    look.quietFrom(), look.times(), Interview.saysDead(row)));
        }
    }
}
