package io.jvmmedic.core.detect;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.LockCycles;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Finds cycles of threads that wait for each other's locks.
 *
 * <p>{@code CERTAIN}: the JVM, or a look into the locks where the JVM is blind, shows the same threads waiting for the
 * same locks twice, a second apart, the cycle closes, and no wait has a time limit. {@code HINT} before that, and for ever
 * when some wait is timed: two threads that retry {@code tryLock} with a limit meet in a cycle and part again.
 */
public final class LockDeadlockDetector implements Detector {

    /**
     * Measure of a cycle that the JVM cannot be asked about: it leads over readers, classes, tasks, joined threads or a
     * virtual thread.
     */
    public static final String BEYOND_JVM = "beyondJvm";

    /** Measure of a cycle: waits in it for the initialization of a class. */
    public static final String CLASSES = "classes";

    /** Measure of a cycle: waits in it for a task that another thread runs. */
    public static final String TASKS = "tasks";

    /** Measure of a cycle: waits in it for a thread to end. */
    public static final String JOINS = "joins";

    private static final Set<String> UNKNOWN_TO_JVM = Set.of(LockCycles.READ_LOCK, LockCycles.CLASS, LockCycles.TASK,
            LockCycles.JOIN);
    /** Calls that keep others away from an entry while they run the code that makes its value. */
    private static final Set<String> LOADS = Set.of("java.util.concurrent.ConcurrentHashMap.compute",
            "java.util.concurrent.ConcurrentHashMap.merge", "com.github.benmanes.caffeine.cache.",
            "com.google.common.cache.LocalCache", "org.springframework.cache.", "org.ehcache.", "javax.cache.");

    /** A second, less the jitter of the sampler. */
    private static final long MIN_APART_MILLIS = 900;
    /** The JVM is asked at the price of a pause, so in a big one not every round. */
    private static final int MAX_ROUNDS_APART = 60;

    /** @param members threads and locks in order: a cycle of other members is another cycle, whatever its id */
    private record Sighting(List<String> members, long firstMillis) {
    }

    private final History<String, Sighting> sightings = History.unbroken(MAX_ROUNDS_APART);

    public LockDeadlockDetector(MedicConfig config) {
        // Nothing to configure: a cycle has no threshold. The parameter keeps all detectors alike.
    }

    @Override
    public String name() {
        return "lock-deadlock";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.DEADLOCKED_THREAD);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        sightings.open(round);
        Map<String, List<Signal>> cycles = round.of(Signal.DEADLOCKED_THREAD).stream()
                .sorted(Comparator.comparingLong(row -> row.number("position")))
                .collect(Collectors.groupingBy(row -> row.text("cycleId"), LinkedHashMap::new, Collectors.toList()));
        List<Finding> findings = new ArrayList<>();
        cycles.forEach((id, cycle) -> {
            List<String> members = cycle.stream().map(row -> row.number("threadId") + "@" + row.text("lock")).toList();
            Sighting before = sightings.get(id);
            boolean same = before != null && before.members().equals(members);
            sightings.put(id, same ? before : new Sighting(members, round.millis()));
            boolean confirmed = same && round.millis() - before.firstMillis() >= MIN_APART_MILLIS;
            boolean timed = cycle.stream().anyMatch(row -> row.flag("timed"));
            boolean proven = confirmed && !timed && isClosed(cycle);
            findings.add(finding(cycle, proven ? Confidence.CERTAIN : Confidence.HINT, timed, confirmed));
        });
        return findings;
    }

    /** Each waits for a lock of the next: a row lost on the way leaves a gap, and no proof. */
    private static boolean isClosed(List<Signal> cycle) {
        for (int i = 0; i < cycle.size(); i++) {
            Signal next = cycle.get((i + 1) % cycle.size());
            if (cycle.get(i).number("position") != i || !cycle.get(i).text("ownerThread").equals(next.text("thread"))) {
                return false;
            }
        }
        return true;
    }

    private Finding finding(List<Signal> cycle, Confidence confidence, boolean timed, boolean confirmed) {
        ResourceId resource = cycle.get(0).resource();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < cycle.size(); i++) {
            lines.add(line(cycle.get(i), cycle.get((i + cycle.size() - 1) % cycle.size())));
        }
        String threads = cycle.stream().map(row -> row.text("thread")).collect(Collectors.joining(", "));
        boolean beyondJvm = cycle.stream().anyMatch(row -> row.number("threadId") < 0
                || UNKNOWN_TO_JVM.contains(row.text("kind")));
        String witness = beyondJvm ? "a look into the locks show" : "the JVM report";
        String proof = timed ? witness + "s a cycle, but some wait in it has a time limit and ends by itself"
                : confirmed ? witness + "ed the same threads waiting for the same locks twice, a second apart,"
                        + " and no wait has a time limit"
                : witness + "s a cycle; a second look is due";
        String sites = cycle.stream().map(row -> Phrases.site(row.text("site"))).distinct()
                .collect(Collectors.joining(", "));
        return new Finding(name(), Fault.LOCK_DEADLOCK, resource, confidence,
                resource + ": " + (confidence == Confidence.CERTAIN ? "deadlock" : "possible deadlock") + " of "
                        + Phrases.count(cycle.size(), "thread") + ": " + threads,
                String.join("; ", lines), threads,
                advice(cycle) + ": " + sites + ".",
                new Evidence(proof, Rows.facts(resource.toString(), lines), List.of(),
                        cycle.stream().map(row -> row.number("threadId")).toList(),
                        measures(cycle, beyondJvm)));
    }

    private static Map<String, Long> measures(List<Signal> cycle, boolean beyondJvm) {
        Map<String, Long> measures = new TreeMap<>(Map.of("threads", (long) cycle.size(),
                "monitors", count(cycle, LockCycles.MONITOR)));
        if (beyondJvm) {
            measures.put(BEYOND_JVM, 1L);
        }
        Map.of(CLASSES, LockCycles.CLASS, TASKS, LockCycles.TASK, JOINS, LockCycles.JOIN).forEach((measure, kind) -> {
            if (count(cycle, kind) > 0) {
                measures.put(measure, count(cycle, kind));
            }
        });
        return measures;
    }

    private static long count(List<Signal> cycle, String kind) {
        return cycle.stream().filter(row -> row.text("kind").equals(kind)).count();
    }

    private static String advice(List<Signal> cycle) {
        if (cycle.stream().anyMatch(row -> row.text("kind").equals(LockCycles.CLASS))) {
            return "Break the circle between these static initializers, or initialize one of the classes early, on one thread";
        }
        if (cycle.stream().anyMatch(row -> row.text("kind").equals(LockCycles.TASK))) {
            return "Do not wait for a task while holding what it needs";
        }
        if (cycle.stream().anyMatch(row -> row.text("kind").equals(LockCycles.JOIN))) {
            return "Do not wait for a thread to end while it needs something of you";
        }
        if (cycle.stream().allMatch(row -> LOADS.stream().anyMatch(row.text("through")::startsWith))) {
            return "Do not load one entry of a cache or map while loading another";
        }
        return cycle.size() == 1 ? "Do not wait for the write lock while holding the read lock"
                : "Take these locks in the same order everywhere";
    }

    private static String name(Signal row) {
        return switch (row.text("kind")) {
            case LockCycles.CLASS -> "the initialization of " + Phrases.type(row.text("lock"));
            case LockCycles.TASK -> "the task " + Phrases.type(row.text("lock"));
            default -> Phrases.type(row.text("lock"));
        };
    }

    /** {@code A holds Account@1b taken at Transfer.from:12 and waits at Transfer.to:14 for Account@2c held by B}. */
    private static String line(Signal member, Signal previous) {
        String through = member.text("through");
        return member.text("thread") + role(member, previous) + " and waits at " + Phrases.site(member.text("site"))
                + (LOADS.stream().anyMatch(through::startsWith) ? " in " + Phrases.site(through + "()") : "")
                + " for " + switch (member.text("kind")) {
                    case LockCycles.TASK -> name(member) + " run by ";
                    case LockCycles.JOIN -> "the end of ";
                    default -> name(member) + " held by ";
                } + member.text("ownerThread");
    }

    /** Why the one before waits for it. */
    private static String role(Signal member, Signal previous) {
        String takenAt = member.text("holdsAt");
        return switch (previous.text("kind")) {
            case LockCycles.JOIN -> " is to end";
            case LockCycles.TASK -> " runs " + name(previous);
            default -> " holds " + name(previous) + (takenAt.isEmpty() ? "" : " taken at " + Phrases.site(takenAt));
        };
    }
}
