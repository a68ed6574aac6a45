package io.jvmmedic.core.diagnose;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Round;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Folds the findings of one round into one diagnosis per resource, and tells the resource that is ill from the one that
 * only waits for it. Stateless.
 *
 * <p>The surest finding is the primary one; among equals the more specific, which explains the others: a leak explains an
 * exhausted pool. A resource most of whose holders wait for another ill resource is its victim: its finding names that one
 * as the cause and drops to {@code HINT}, for to grow an executor that waits for a pool would only add waiters. The ill one
 * counts it among its victims.
 */
public final class Diagnostician {

    /** From the most specific to the least. */
    private static final List<Fault> SPECIFIC_FIRST = List.of(Fault.LOCK_DEADLOCK, Fault.LOST_LOCK, Fault.CONNECTION_LEAK,
            Fault.HTTP_LEAK, Fault.WAIT_KNOT, Fault.NESTED_BORROW, Fault.DEAD_PEER, Fault.STALE_SESSIONS, Fault.POOL_CREATOR,
            Fault.EXECUTOR_SELF_STARVATION, Fault.CARRIER_STARVATION, Fault.POOL_EXHAUSTION, Fault.HTTP_POOL_EXHAUSTION,
            // A queue that will fill the heap comes of workers that do not keep up; it is what ends the JVM, and can be shed.
            Fault.EXECUTOR_STALLED, Fault.EXECUTOR_BACKLOG, Fault.EXECUTOR_SATURATED, Fault.STUCK_TASK,
            Fault.EXECUTOR_REJECTING, Fault.VIRTUAL_THREAD_PINNING, Fault.WORKERS_DYING, Fault.SCHEDULE_LATE,
            Fault.SCHEDULE_ENDED, Fault.EXECUTOR_LEAK, Fault.THREAD_LEAK);
    /** They say that something does not move, not why; only these can be victims. */
    private static final Set<Fault> UNSPECIFIC =
            Set.of(Fault.POOL_EXHAUSTION, Fault.HTTP_POOL_EXHAUSTION, Fault.EXECUTOR_STALLED,
                    Fault.EXECUTOR_SATURATED);

    private static final Comparator<Finding> PRIMARY_FIRST = Comparator.comparing(Finding::confidence).reversed()
            .thenComparingInt(finding -> SPECIFIC_FIRST.indexOf(finding.fault()));

    /**
     * A resource that waits for an ill one.
     *
     * @param waiting how many of its {@code slots} holders wait for it
     */
    private record Victim(Finding finding, Finding cause, long waiting, long slots) {

        String who() {
            return waiting + " of " + slots + (finding.resource().kind() == ResourceId.Kind.EXECUTOR ? " workers" : " holders");
        }
    }

    /** One diagnosis per resource that has findings; the surest first, then by name. */
    public List<Diagnosis> diagnose(List<Finding> findings, Round round) {
        if (findings.isEmpty()) {
            return List.of();
        }
        WaitForGraph graph = WaitForGraph.of(round);
        Map<ResourceId, Finding> primaries = new LinkedHashMap<>();
        findings.stream().sorted(PRIMARY_FIRST).forEach(finding -> primaries.putIfAbsent(finding.resource(), finding));
        List<Victim> victims = findings.stream().flatMap(finding -> victim(finding, graph, primaries).stream()).toList();
        Map<ResourceId, List<Finding>> judged = findings.stream().map(finding -> judged(finding, victims))
                .sorted(PRIMARY_FIRST)
                .collect(Collectors.groupingBy(Finding::resource, LinkedHashMap::new, Collectors.toList()));
        return judged.entrySet().stream()
                .map(entry -> new Diagnosis(entry.getKey(), entry.getValue().get(0),
                        entry.getValue().subList(1, entry.getValue().size()), graph.text(entry.getKey())))
                .sorted(Comparator.comparing(Diagnosis::primary, PRIMARY_FIRST)
                        .thenComparing(diagnosis -> diagnosis.resource().toString()))
                .toList();
    }

    private static Optional<Victim> victim(Finding finding, WaitForGraph graph, Map<ResourceId, Finding> primaries) {
        if (!UNSPECIFIC.contains(finding.fault())) {
            return Optional.empty();
        }
        long slots = slots(finding);
        Map<String, Long> blockers = graph.blockers(finding.resource());
        return primaries.values().stream()
                .filter(cause -> blockers.getOrDefault(cause.resource().toString(), 0L) * 2 >= Math.max(1, slots))
                .filter(cause -> isIll(cause, finding.resource(), graph))
                .min(PRIMARY_FIRST)
                .map(cause -> new Victim(finding, cause, blockers.get(cause.resource().toString()), slots));
    }

    /** Slots or workers that are out, as the finding counted them. */
    private static long slots(Finding finding) {
        Evidence evidence = finding.evidence();
        return switch (finding.fault()) {
            case EXECUTOR_STALLED, EXECUTOR_SATURATED -> evidence.measure("size");
            case HTTP_POOL_EXHAUSTION -> evidence.measure("leased");
            default -> evidence.measure("active");
        };
    }

    /** Can be blamed: more than a hint, and not waiting for its accuser in turn without a better reason. */
    private static boolean isIll(Finding cause, ResourceId accuser, WaitForGraph graph) {
        return cause.confidence().atLeast(Confidence.SUSPECTED)
                && (!UNSPECIFIC.contains(cause.fault())
                        || !graph.blockers(cause.resource()).containsKey(accuser.toString()));
    }

    private static Finding judged(Finding finding, List<Victim> victims) {
        for (Victim victim : victims) {
            if (victim.finding() == finding) {
                return asVictim(victim);
            }
        }
        List<String> own = victims.stream().filter(victim -> victim.cause() == finding)
                .map(victim -> victim.finding().resource() + " (" + victim.who() + " wait for it)").toList();
        return own.isEmpty() ? finding : withVictims(finding, own);
    }

    private static Finding asVictim(Victim victim) {
        Finding finding = victim.finding();
        Finding cause = victim.cause();
        String waits = victim.who() + " wait for " + cause.resource();
        Evidence evidence = finding.evidence();
        List<String> facts = new ArrayList<>(evidence.facts());
        facts.add(0, finding.resource() + ": victim of " + cause.resource() + ", " + waits);
        return new Finding(finding.detector(), finding.fault(), finding.resource(), Confidence.HINT,
                finding.summary() + "; victim of " + cause.resource(),
                waits + (cause.cause().isEmpty() ? "" : ": " + cause.cause()),
                finding.victims(), "Look at " + cause.resource() + " first. " + cause.advice(),
                new Evidence(evidence.proof() + "; " + waits + ", which is ill itself",
                        facts, evidence.leases(), evidence.threads(), evidence.measures()));
    }

    private static Finding withVictims(Finding finding, List<String> resources) {
        String victims = Stream.concat(Stream.of(finding.victims()).filter(text -> !text.isEmpty()), resources.stream())
                .collect(Collectors.joining("; "));
        return new Finding(finding.detector(), finding.fault(), finding.resource(), finding.confidence(),
                finding.summary(), finding.cause(), victims, finding.advice(), finding.evidence());
    }
}
