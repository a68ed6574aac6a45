package io.jvmmedic.core.detect;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds executors, pools and HTTP clients that are locked by each other, directly or through locks and tasks: workers of one wait for tasks
 * queued in the other and back, a thread holds a connection and waits for a task that cannot start because all workers wait
 * for a connection. What a single executor does to itself is {@link ExecutorSelfStarvationDetector}'s, what pools do among
 * themselves {@link NestedBorrowDetector}'s, and a cycle of threads without any slot {@link LockDeadlockDetector}'s.
 *
 * <p>{@code CERTAIN}: every worker and holder is accounted for and none has a way out, and a second round sees the same
 * threads wait for the same things with no task completed and no connection borrowed in between; a third one where some wait
 * has a time limit; and what is held is known to be still in use. {@code SUSPECTED}, after {@value #CONFIRM_ROUNDS} rounds:
 * the same, but of some threads it is not known who could end their wait, or whether their connection is in use; after
 * {@value #GUESS_ROUNDS} where part of it is only that queued tasks refer to what is waited for, and
 * {@value #FAR_GUESS_ROUNDS} where they do so from afar.
 *
 * <p>One slot more somewhere opens the knot. So only one resource of it is told as certain at first, executors before pools
 * and these before HTTP clients, for a worker is cheaper than a session of a database, and nothing makes a client larger; the next one when that did not help.
 */
public final class WaitKnotDetector implements Detector {

    private static final int CONFIRM_ROUNDS = 5;
    /** Where a part of it is only that queued tasks refer to what is waited for: a start gate looks alike, for a while. */
    private static final int GUESS_ROUNDS = 12;
    /** Where they only reach it through other objects, which many share. */
    private static final int FAR_GUESS_ROUNDS = 30;
    /** A wait with a time limit ends by itself, but only by failing: nothing else in the knot can move before it does. */
    private static final int TIMED_ROUNDS = 3;
    /** Rounds after which the next resource of a knot is told: a treatment of the one before has had its time. */
    private static final int PATIENCE_ROUNDS = 15;
    /** In which one slot more is tried. */
    private static final List<ResourceId.Kind> ORDER =
            List.of(ResourceId.Kind.EXECUTOR, ResourceId.Kind.POOL, ResourceId.Kind.HTTP_POOL);
    private static final int MAX_LINES = 4;
    private static final int MAX_THREADS = 64;

    /**
     * What must stay the same for a proof.
     *
     * @param edges what each thread behind the resource waits for
     * @param progress tasks completed and connections borrowed, by resource
     */
    private record Standstill(Map<Long, String> edges, Map<String, Long> progress, int rounds) {

        boolean isLike(Standstill other) {
            return edges.equals(other.edges) && progress.equals(other.progress);
        }
    }

    /** One locked resource in one round. */
    private record Knot(String resource, Set<Object> members, Set<Object> behind, ClosedWaits closed) {

        List<Signal> waits() {
            return ClosedWaits.threads(members).map(closed::waitOf).toList();
        }

        List<Signal> waiters() {
            return waits().stream().filter(row -> row.text("slotOf").equals(resource)).toList();
        }

        boolean isTimed() {
            return ClosedWaits.threads(behind).map(closed::waitOf)
                    .anyMatch(row -> row.flag("timed") && !row.text("kind").equals("POOL"));
        }

        /** Rounds it takes to be believed. */
        int patience() {
            List<Signal> guesses = waits().stream().filter(row -> !row.flag("proven") && !row.text("slotOf").isEmpty()).toList();
            return guesses.isEmpty() ? CONFIRM_ROUNDS
                    : guesses.stream().anyMatch(row -> row.number("queuePosition") < 0) ? FAR_GUESS_ROUNDS : GUESS_ROUNDS;
        }

        /** Whether it needs nobody else to be locked, so that another detector tells it. */
        boolean isOfOneKind() {
            if (isExecutor(resource)) {
                return closed.threadsOf(resource).stream().map(closed::waitOf)
                        .allMatch(row -> row.text("slotOf").equals(resource) || row.text("slotOf").isEmpty()
                                && row.text("holderIds").isEmpty());
            }
            return ClosedWaits.threads(behind).map(closed::waitOf).allMatch(row -> row.text("kind").equals("POOL")
                    && kind(row.text("slotOf")) == ResourceId.Kind.POOL);
        }

        /** Awaited tasks stand so far back in the queue; one slot each for those who wait for a pool. */
        long needed() {
            return Math.max(waiters().size(), firstAwaited());
        }

        long firstAwaited() {
            return waiters().stream().mapToLong(row -> row.number("queuePosition")).min().orElse(0) + 1;
        }
    }

    private final History<String, Standstill> standstills = History.unbroken();

    public WaitKnotDetector(MedicConfig config) {
        // Nothing to configure: a closed wait has no threshold. The parameter keeps all detectors alike.
    }

    @Override
    public String name() {
        return "wait-knot";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.THREAD_WAIT, Signal.EXECUTOR, Signal.POOL, Signal.HELD_CONNECTION, Signal.HTTP_POOL,
                Signal.HELD_RESPONSE);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        standstills.open(round);
        if (round.of(Signal.THREAD_WAIT).isEmpty()) {
            return List.of();
        }
        Map<String, Knot> proven = knots(new ClosedWaits(round, false));
        Map<String, Knot> all = knots(new ClosedWaits(round, true));
        all.putAll(proven);
        Map<String, Long> progress = progress(round);
        List<Finding> findings = new ArrayList<>();
        for (Knot knot : all.values()) {
            Standstill before = standstills.get(knot.resource());
            Standstill now = standstill(knot, progress, before);
            standstills.put(knot.resource(), now);
            Confidence confidence = confidence(knot, now.rounds(), proven, round);
            if (confidence != null) {
                findings.add(finding(knot, confidence, now.rounds(), round));
            }
        }
        return findings;
    }

    private static Map<String, Knot> knots(ClosedWaits closed) {
        Map<String, Knot> knots = new LinkedHashMap<>();
        for (String resource : closed.resources()) {
            Knot knot = new Knot(resource, closed.knotOf(resource), closed.behind(resource), closed);
            if (knot.members().size() > 1 && !knot.isOfOneKind()) {
                knots.put(resource, knot);
            }
        }
        return knots;
    }

    private static Map<String, Long> progress(Round round) {
        Map<String, Long> progress = new HashMap<>();
        round.of(Signal.EXECUTOR).forEach(row -> progress.put(row.text("resource"), row.number("completed")));
        round.of(Signal.POOL).forEach(row -> progress.put(row.text("resource"), row.number("borrows")));
        // Leases have numbers of their own: the same ones are out as long as none was returned.
        Rows.byResource(round, Signal.HELD_RESPONSE).forEach((resource, rows) -> progress.put(resource,
                (long) rows.stream().map(row -> row.number("leaseId")).collect(Collectors.toSet()).hashCode()));
        return progress;
    }

    private static Standstill standstill(Knot knot, Map<String, Long> progress, Standstill before) {
        Map<Long, String> edges = new HashMap<>();
        ClosedWaits.threads(knot.behind()).forEach(thread -> edges.put(thread, knot.closed().waitOf(thread).text("waitsFor")));
        Map<String, Long> own = new HashMap<>();
        ClosedWaits.resources(knot.behind()).forEach(resource -> own.put(resource, progress.get(resource)));
        Standstill now = new Standstill(edges, own, 1);
        return before == null || !now.isLike(before) ? now : new Standstill(edges, own, before.rounds() + 1);
    }

    /** {@code null} for nothing to say. */
    private static Confidence confidence(Knot knot, int rounds, Map<String, Knot> proven, Round round) {
        if (rounds < 2) {
            return null;
        }
        boolean inUse = proven.containsKey(knot.resource()) && isInUse(knot, round);
        if (!inUse) {
            return rounds >= knot.patience() ? Confidence.SUSPECTED : Confidence.HINT;
        }
        boolean due = rounds >= (knot.isTimed() ? TIMED_ROUNDS : 2) + PATIENCE_ROUNDS * rank(knot, proven);
        return due ? Confidence.CERTAIN : Confidence.HINT;
    }

    /** Whether every connection behind the knot is known to be used again by the thread that waits with it in hand. */
    private static boolean isInUse(Knot knot, Round round) {
        return areInUse(knot, round, Signal.POOL, Signal.HELD_CONNECTION)
                && areInUse(knot, round, Signal.HTTP_POOL, Signal.HELD_RESPONSE);
    }

    private static boolean areInUse(Knot knot, Round round, String pools, String leases) {
        Map<String, List<Signal>> held = Rows.byResource(round, leases);
        long sinceFullGc = Rows.sinceFullGc(round);
        return round.of(pools).stream().filter(sample -> knot.behind().contains(sample.text("resource")))
                .allMatch(sample -> Rows.holders(held.get(sample.text("resource"))).stream()
                        .filter(holder -> knot.closed().threadsOf(sample.text("resource")).contains(holder.threadId()))
                        .allMatch(holder -> holder.isKnownToBeInUse(
                                knot.closed().waitOf(holder.threadId()).number("waitedFor"),
                                pools.equals(Signal.POOL) && !sample.flag("keepsHandles") ? sample.number("sinceGc") : -1,
                                sample.flag("keepsHandles") ? -1 : sinceFullGc)));
    }

    /** How many resources of the same knot are to be tried first. */
    private static int rank(Knot knot, Map<String, Knot> proven) {
        return ClosedWaits.resources(knot.members()).map(proven::get).filter(other -> other != null)
                .sorted(Comparator.<Knot>comparingInt(other -> ORDER.indexOf(kind(other.resource())))
                        .thenComparing(Knot::needed).thenComparing(Knot::resource))
                .map(Knot::resource).toList().indexOf(knot.resource());
    }

    private static ResourceId.Kind kind(String resource) {
        return ResourceId.parse(resource).kind();
    }

    private static boolean isExecutor(String resource) {
        return kind(resource) == ResourceId.Kind.EXECUTOR;
    }

    private Finding finding(Knot knot, Confidence confidence, int rounds, Round round) {
        String resource = knot.resource();
        List<Signal> waits = knot.waits();
        String others = ClosedWaits.resources(knot.members()).filter(name -> !name.equals(resource)).sorted()
                .collect(Collectors.joining(", "));
        boolean certain = confidence == Confidence.CERTAIN;
        List<String> lines = waits.stream().map(WaitKnotDetector::line).toList();
        String sites = waits.stream().map(Rows::site).filter(site -> !site.isEmpty()).distinct().limit(MAX_LINES)
                .map(Phrases::site).collect(Collectors.joining(", "));
        return new Finding(name(), Fault.WAIT_KNOT, ResourceId.parse(resource), confidence,
                resource + ": " + (certain ? "locked" : "probably locked") + (others.isEmpty() ? "" : " with " + others) + ", "
                        + Phrases.count(waits.size(), "thread") + " wait in a circle; " + state(resource, round),
                cause(knot), victims(resource, round),
                "Do not wait for a task while its executor needs what you hold: connections, locks or workers"
                        + (sites.isEmpty() ? "." : "; at " + sites + "."),
                new Evidence(proof(knot, certain, rounds), Rows.facts(resource, lines), List.of(),
                        waits.stream().map(row -> row.number("threadId")).limit(MAX_THREADS).toList(), measures(knot, round)));
    }

    private static String proof(Knot knot, boolean certain, int rounds) {
        String all = "every worker of each executor in it and every holder of each pool is accounted for, and none can go on"
                + " before another of them";
        return certain ? all + "; a later round saw the same threads wait for the same, with no task completed and no connection"
                + " borrowed"
                : "seen for " + Phrases.count(rounds, "round") + " without any progress, but for some threads it is not known who"
                        + " could end their wait, whether they still use what they hold, or whether a slot was lent elsewhere already";
    }

    /** {@code 2 workers of executor:a wait for executor:b at X.run:12}; the most frequent first. */
    private static String cause(Knot knot) {
        Function<Signal, String> role = row -> {
            String holds = knot.closed().resources().stream()
                    .filter(name -> knot.members().contains(name) && !isExecutor(name)
                            && knot.closed().threadsOf(name).contains(row.number("threadId")))
                    .collect(Collectors.joining(" and "));
            String worker = row.text("resource");
            return (holds.isEmpty() ? "" : "with " + holds + " in hand, ")
                    + (worker.isEmpty() ? "" : "in " + worker + ", ") + "waiting for " + what(row)
                    + " at " + Phrases.site(Rows.site(row));
        };
        List<Map.Entry<String, Long>> roles = Rows.frequencies(knot.waits(), role);
        return roles.stream().limit(MAX_LINES).map(entry -> Phrases.count(entry.getValue(), "thread") + " " + entry.getKey())
                .collect(Collectors.joining("; "))
                + (roles.size() > MAX_LINES ? "; and " + (roles.size() - MAX_LINES) + " more kinds of waits" : "");
    }

    private static String what(Signal row) {
        return switch (row.text("kind")) {
            case "QUEUED_TASK" -> "a task queued in " + row.text("slotOf");
            case "RUNNING_TASK" -> "a task that " + row.text("holder") + " runs";
            case "JOIN" -> "the end of " + row.text("holder");
            case "POOL" -> row.text("slotOf");
            default -> row.text("holder").isEmpty() ? Phrases.type(row.text("waitsFor"))
                    : Phrases.type(row.text("waitsFor")) + " held by " + row.text("holder");
        };
    }

    private static String line(Signal row) {
        long position = row.number("queuePosition");
        return row.text("thread") + " waits for " + what(row)
                + (position < 0 ? "" : " at place " + (position + 1)) + " since " + Phrases.duration(row.number("waitedFor"))
                + " at " + Phrases.site(Rows.site(row));
    }

    private static String state(String resource, Round round) {
        ResourceId id = ResourceId.parse(resource);
        if (isExecutor(resource)) {
            return new ExecutorView(round.of(Signal.EXECUTOR, id).get(0), List.of()).state();
        }
        if (id.kind() == ResourceId.Kind.HTTP_POOL) {
            return HttpRoute.of(round.of(Signal.HTTP_POOL, id).get(0)).state();
        }
        Signal pool = round.of(Signal.POOL, id).get(0);
        return pool.number("active") + " of " + pool.number("max") + " out, " + pool.number("waiting") + " waiting";
    }

    private static String victims(String resource, Round round) {
        ResourceId id = ResourceId.parse(resource);
        return switch (id.kind()) {
            case EXECUTOR -> Phrases.count(round.of(Signal.EXECUTOR, id).get(0).number("queued"), "queued task")
                    + " cannot start";
            case HTTP_POOL -> Phrases.count(round.of(Signal.HTTP_POOL, id).get(0).number("pending"), "request") + " waiting";
            default -> Rows.victims(round.of(Signal.POOL, id).get(0).number("waiting"), round.of(Signal.WAITING_BORROWER, id));
        };
    }

    private static Map<String, Long> measures(Knot knot, Round round) {
        ResourceId id = ResourceId.parse(knot.resource());
        Map<String, Long> measures = new TreeMap<>();
        measures.put("threads", ClosedWaits.threads(knot.members()).count());
        measures.put("waiters", (long) knot.waiters().size());
        if (isExecutor(knot.resource())) {
            Signal sample = round.of(Signal.EXECUTOR, id).get(0);
            measures.put("firstAwaited", knot.firstAwaited());
            List.of("size", "core", "max", "queued", "completed").forEach(name -> measures.put(name, sample.number(name)));
        } else if (id.kind() == ResourceId.Kind.HTTP_POOL) {
            Signal sample = round.of(Signal.HTTP_POOL, id).get(0);
            List.of("leased", "max", "pending").forEach(name -> measures.put(name, sample.number(name)));
        } else {
            Signal sample = round.of(Signal.POOL, id).get(0);
            measures.put("neededSlots", Rows.neededSlots(round.of(Signal.WAITING_BORROWER, id),
                    ClosedWaits.threads(knot.members()).collect(Collectors.toSet())));
            List.of("active", "max", "waiting").forEach(name -> measures.put(name, sample.number(name)));
        }
        return measures;
    }
}
