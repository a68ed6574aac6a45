package io.jvmmedic.core.remedy;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.Activity;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.CoarseClock;
import io.jvmmedic.core.util.DisposableCall;
import io.jvmmedic.core.util.Phrases;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Asks for a garbage collection where one would prove a leak. No rung of a ladder: it heals nothing, it helps to see. A
 * service whose pool is exhausted allocates little, and then the collection that finds its leaked handles may not come for
 * minutes; there is no cheaper way to ask whether an object is reachable.
 *
 * <p>Belongs to one thread. {@link #observe} is for each round, in order; {@link #refusal} changes nothing.
 */
public final class AskForGc {

    /** Somebody waits, or something lies unused, for so long before it counts. */
    private static final long NOTABLE_MILLIS = 1_000;
    /** A collection may be asked for again after so many times its own length: at most 2 % of the time. */
    private static final long REST_FACTOR = 50;
    private static final Duration GC_LIMIT = Duration.ofSeconds(60);
    private static final int REMEMBERED_LEASES = 1_000;
    private static final int REMEMBERED_COLLECTIONS = 256;

    /** A lease whose fate a collection could tell. */
    private record Lease(String resource, long id) {
    }

    /** When its handle was made, and last used; wall-clock ms. */
    private record Candidate(Lease lease, long borrowedMillis, long idleSinceMillis) {
    }

    /** Young collections that ran between two rounds; wall-clock ms. */
    private record YoungGc(long after, long until) {
    }

    private final String setting;
    private final long maxHeap;
    private final long everyMillis;
    private final ExplicitGc vm;
    private final Clock clock;
    private final Runnable collector;

    private final Map<String, Long> pressedSince = new HashMap<>();
    private final LeakySites leaky = new LeakySites();
    private final Set<Lease> askedFor = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Lease, Boolean> eldest) {
            return size() > REMEMBERED_LEASES;
        }
    });
    private boolean late;
    private long heapUsed = -1;
    private long youngGcCount = -1;
    private final Deque<YoungGc> youngGcs = new ArrayDeque<>();
    /** What lay unused before has been looked at by a collection of the whole heap, wall-clock ms. */
    private long fullGcMillis = Long.MIN_VALUE;
    private long lastRoundMillis;
    private List<String> pressed = List.of();
    /** At least half of their slots are out. */
    private Set<String> busy = Set.of();
    /** A collection can tell nothing of their leases. */
    private Set<String> keepsHandles = Set.of();
    private List<Candidate> candidates = List.of();
    private long askedAt = Long.MIN_VALUE;
    private DisposableCall<Void> running;
    private volatile long lastLengthMillis;

    public AskForGc(MedicConfig config, ExplicitGc vm, Clock clock) {
        this(config, vm, clock, System::gc);
    }

    AskForGc(MedicConfig config, ExplicitGc vm, Clock clock, Runnable collector) {
        this.setting = config.get(Options.GC_ASK);
        this.maxHeap = config.get(Options.GC_MAX_HEAP);
        this.everyMillis = config.get(Options.GC_EVERY).toMillis();
        this.vm = vm;
        this.clock = clock;
        this.collector = collector;
    }

    /** Takes in a round. */
    public void observe(Round round) {
        late = round.late();
        round.of(Signal.MEMORY).forEach(row -> memory(row, round.millis()));
        lastRoundMillis = round.millis();
        List<Signal> full = new ArrayList<>();
        round.of(Signal.POOL).stream().filter(AskForGc::isExhaustedPool).forEach(full::add);
        round.of(Signal.HTTP_POOL).stream().filter(AskForGc::isExhaustedHttpPool).forEach(full::add);
        pressedSince.keySet().retainAll(full.stream().map(pool -> pool.text("resource")).toList());
        full.forEach(pool -> pressedSince.putIfAbsent(pool.text("resource"), round.millis()));
        pressed = full.stream().filter(pool -> isPressed(pool, round.millis()))
                .map(pool -> pool.text("resource")).toList();
        busy = Stream.concat(
                        round.of(Signal.POOL).stream().filter(pool -> isHalfOut(pool, "active", "max")),
                        round.of(Signal.HTTP_POOL).stream().filter(pool -> isHalfOut(pool, "leased", "max")
                                || isHalfOut(pool, "routeLeased", "routeMax")))
                .map(pool -> pool.text("resource")).collect(Collectors.toSet());
        keepsHandles = round.of(Signal.POOL).stream().filter(pool -> pool.flag("keepsHandles"))
                .map(pool -> pool.text("resource")).collect(Collectors.toSet());
        candidates = new ArrayList<>();
        Stream.concat(round.of(Signal.HELD_CONNECTION).stream(), round.of(Signal.HELD_RESPONSE).stream())
                .forEach(row -> leaky.observe(row, round.millis()));
        round.of(Signal.HELD_CONNECTION).forEach(row -> candidate(row, row.number("idleFor"), round.millis()));
        round.of(Signal.HELD_RESPONSE).stream().filter(row -> !row.text("activity").equals(Activity.IO.name()))
                .forEach(row -> candidate(row, row.number("heldFor"), round.millis()));
    }

    private void memory(Signal row, long now) {
        heapUsed = row.number("heapUsed");
        if (youngGcCount >= 0 && row.number("youngGcCount") > youngGcCount) {
            youngGcs.addLast(new YoungGc(lastRoundMillis, now));
            if (youngGcs.size() > REMEMBERED_COLLECTIONS) {
                youngGcs.removeFirst();
            }
        }
        youngGcCount = row.number("youngGcCount");
        long sinceFull = row.number("sinceFullGc");
        fullGcMillis = sinceFull < 0 ? Long.MIN_VALUE : now - sinceFull;
    }

    private static boolean isExhaustedPool(Signal pool) {
        return pool.number("waiting") > 0 && pool.number("max") > 0 && pool.number("active") >= pool.number("max");
    }

    private static boolean isExhaustedHttpPool(Signal pool) {
        return pool.number("pending") > 0
                && (isFull(pool, "leased", "max") || isFull(pool, "routeLeased", "routeMax"));
    }

    private static boolean isFull(Signal pool, String out, String max) {
        return pool.number(max) > 0 && pool.number(out) >= pool.number(max);
    }

    private static boolean isHalfOut(Signal pool, String out, String max) {
        return pool.number(max) > 0 && 2 * pool.number(out) >= pool.number(max);
    }

    private boolean isPressed(Signal pool, long now) {
        return pool.number("oldestWait") >= NOTABLE_MILLIS
                || now - pressedSince.get(pool.text("resource")) >= NOTABLE_MILLIS;
    }

    /**
     * Not a borrower that is about to go on, because it uses the connection or because the code that borrowed it still
     * runs: a connection held across a slow call would cost a collection each. One that waits for another connection of
     * the same pool is asked about too: either it leaked the first, or it holds it, and only a collection tells which. Where a site has leaked before, its leases are asked about while there
     * are still free slots, so that a leak that goes on makes nobody wait.
     */
    private void candidate(Signal row, long idleMillis, long now) {
        String resource = row.text("resource");
        String activity = row.text("activity");
        boolean matters = pressed.contains(resource) || busy.contains(resource) && leaky.contains(row, now);
        boolean held = row.flag("inScope") && !row.flag("scopeOver");
        if (matters && !held && !keepsHandles.contains(resource) && idleMillis >= NOTABLE_MILLIS
                && !row.flag("unreachable") && !row.flag("escaped") && !row.flag("inUse")
                && (row.flag("scopeOver") || !activity.equals(Activity.JDBC.name()))) {
            candidates.add(new Candidate(new Lease(resource, row.number("leaseId")),
                    now - row.number("heldFor"), now - idleMillis));
        }
    }

    /** Why none is asked for now, one sentence; empty when one should be. */
    public Optional<String> refusal() {
        return Optional.ofNullable(objection());
    }

    private String objection() {
        if (setting.equals("off")) {
            return Options.GC_ASK.key() + " is off";
        }
        if (vm.ignored()) {
            return "this JVM ignores System.gc(), it was started with -XX:+DisableExplicitGC";
        }
        if (late) {
            return "the last round was late, nobody was looking";
        }
        if (pressed.isEmpty() && candidates.isEmpty()) {
            return "no pool had all its slots out and somebody waiting for " + Phrases.duration(NOTABLE_MILLIS);
        }
        String where = Stream.concat(pressed.stream(), candidates.stream().map(one -> one.lease().resource()))
                .distinct().sorted().collect(Collectors.joining(", ")) + ": ";
        if (candidates.isEmpty()) {
            return where + "no lease lies unused whose fate a collection could tell";
        }
        if (candidates.stream().noneMatch(this::isUnseen)) {
            return where + "a collection has run since the " + Phrases.count(candidates.size(), "unused lease")
                    + " were last used and found their handles in use";
        }
        if (open().isEmpty()) {
            return where + "a collection was asked for on behalf of these leases before and proved nothing";
        }
        return running().or(this::tooSoon).or(this::tooExpensive).orElse(null);
    }

    /**
     * No collection has looked at its handle since it was last used. The first young collection after the borrow finds the
     * handle in the young generation; by the next it may be old, and only collections of the whole heap see it.
     */
    private boolean isUnseen(Candidate candidate) {
        if (fullGcMillis > candidate.idleSinceMillis() + CoarseClock.TICK_MILLIS) {
            return false;
        }
        boolean remembered = youngGcs.size() < REMEMBERED_COLLECTIONS
                || youngGcs.getFirst().until() <= candidate.borrowedMillis();
        return !remembered || youngGcs.stream().filter(gc -> gc.until() > candidate.borrowedMillis()).findFirst()
                .map(first -> first.after() < candidate.idleSinceMillis() + CoarseClock.TICK_MILLIS).orElse(true);
    }

    private List<Candidate> open() {
        return candidates.stream().filter(this::isUnseen)
                .filter(candidate -> !askedFor.contains(candidate.lease())).toList();
    }

    private Optional<String> running() {
        return running == null || running.isDone() || running.isOverdue() ? Optional.empty()
                : Optional.of("the collection that was asked for last still runs");
    }

    private Optional<String> tooSoon() {
        long since = clock.monotonicMillis() - askedAt;
        long rest = lastLengthMillis * REST_FACTOR;
        if (askedAt == Long.MIN_VALUE || since >= Math.max(everyMillis, rest)) {
            return Optional.empty();
        }
        return Optional.of("the last collection was asked for " + Phrases.duration(since) + " ago, " + (rest > everyMillis
                ? "it took " + Phrases.duration(lastLengthMillis) + " and " + REST_FACTOR + " times as long must pass"
                : Options.GC_EVERY.key() + " is " + Phrases.duration(everyMillis)));
    }

    private Optional<String> tooExpensive() {
        if (setting.equals("on") || vm.concurrent() || heapUsed >= 0 && heapUsed <= maxHeap) {
            return Optional.empty();
        }
        String help = "; -XX:+ExplicitGCInvokesConcurrent (G1) makes it cheap, " + Options.GC_ASK.key() + "=on accepts the pause";
        return Optional.of(heapUsed < 0 ? "how much heap a collection would walk is unknown" + help
                : "a collection would stop this JVM with " + mebibytes(heapUsed) + " in use, " + Options.GC_MAX_HEAP.key()
                        + " is " + mebibytes(maxHeap) + help);
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }

    /**
     * Asks for a collection, without waiting for it. To be called only while {@link #refusal} is empty.
     *
     * @return what was asked for and why, one sentence
     */
    public String perform() {
        List<Candidate> open = open();
        askedAt = clock.monotonicMillis();
        open.forEach(candidate -> askedFor.add(candidate.lease()));
        running = DisposableCall.start(GC_LIMIT, clock, () -> {
            long begin = clock.monotonicMillis();
            collector.run();
            lastLengthMillis = clock.monotonicMillis() - begin;
            return null;
        });
        Map<String, Long> byPool = open.stream()
                .collect(Collectors.groupingBy(candidate -> candidate.lease().resource(), Collectors.counting()));
        return byPool.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .map(pool -> pool.getKey() + ": " + Phrases.count(pool.getValue(), "lease"))
                .collect(Collectors.joining("; "))
                + " unused" + (pressed.isEmpty() ? " where others leaked" : " while borrowers wait") + "; asked for a garbage collection to learn whether they are leaked";
    }
}
