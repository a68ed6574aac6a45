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
import java.util.stream.Collectors;

/**
 * Finds cycles of threads that wait for each other's locks.
 *
 * <p>{@code CERTAIN}: the JVM, or a look into the locks where the JVM is blind, shows the same threads waiting for the
 * same locks twice, a second apart, the cycle closes, and no wait has a time limit. {@code HINT} before that, and for ever
 * when some wait is timed: two threads that retry {@code tryLock} with a limit meet in a cycle and part again.
 */
public final class LockDeadlockDetector implements Detector {

    /** Measure of a cycle that the JVM cannot be asked about: readers hold a lock of it, or a thread is virtual. */
    public static final String BEYOND_JVM = "beyondJvm";

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
                || row.text("kind").equals(LockCycles.READ_LOCK));
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
                cycle.size() == 1 ? "Do not wait for the write lock while holding the read lock: " + sites + "."
                        : "Take these locks in the same order everywhere: " + sites + ".",
                new Evidence(proof, Rows.facts(resource.toString(), lines), List.of(),
                        cycle.stream().map(row -> row.number("threadId")).toList(),
                        measures(cycle, beyondJvm)));
    }

    private static Map<String, Long> measures(List<Signal> cycle, boolean beyondJvm) {
        long monitors = cycle.stream().filter(row -> row.text("kind").equals(LockCycles.MONITOR)).count();
        return beyondJvm ? Map.of("threads", (long) cycle.size(), "monitors", monitors, BEYOND_JVM, 1L)
                : Map.of("threads", (long) cycle.size(), "monitors", monitors);
    }

    /** {@code A holds Account@1b taken at Transfer.from:12 and waits at Transfer.to:14 for Account@2c held by B}. */
    private static String line(Signal member, Signal previous) {
        String takenAt = member.text("holdsAt");
        return member.text("thread") + " holds " + Phrases.type(previous.text("lock"))
                + (takenAt.isEmpty() ? "" : " taken at " + Phrases.site(takenAt))
                + " and waits at " + Phrases.site(member.text("site")) + " for " + Phrases.type(member.text("lock"))
                + " held by " + member.text("ownerThread");
    }
}
