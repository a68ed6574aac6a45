package io.jvmmedic.cli.report;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one or more recordings and journals tell.
 *
 * @param sources files that were read
 * @param span from and to; {@code null} when nothing tells
 * @param unfinished the JVM died or still runs: the last second may be missing
 * @param jvms one line each
 * @param health what the agent said of itself
 * @param incidents in order of their first step
 * @param notes what belongs to no incident: changes of mode, pauses, in order
 * @param warnings one sentence each
 */
public record Story(List<Path> sources, Span span, boolean unfinished, List<String> jvms, Health health,
        List<IncidentStory> incidents, List<Note> notes, List<String> warnings) {

    /** From the first to the last moment told of. */
    record Span(Instant from, Instant to) {

        /** Either may be {@code null}. */
        static Span join(Span one, Span other) {
            if (one == null || other == null) {
                return one == null ? other : one;
            }
            return new Span(one.from.isBefore(other.from) ? one.from : other.from, one.to.isAfter(other.to) ? one.to : other.to);
        }
    }

    /**
     * The agent's own rows.
     *
     * @param rounds sampling rounds recorded; 0 when the agent did not run
     * @param modes in the order first seen
     */
    record Health(long rounds, List<String> modes, long adviceFailures, long dropped) {
    }

    /** A line of the journal without incident. */
    record Note(Instant at, String text) {
    }

    /** How many incidents of which fault. */
    Map<String, Long> faults() {
        return count(incidents.stream(), incident -> incident.fault().isEmpty() ? "unknown" : incident.fault());
    }

    /** How many repairs with which outcome; dumps are not among them. */
    Map<String, Long> outcomes() {
        return count(incidents.stream().flatMap(incident -> incident.repairs().stream()), step -> step.field("outcome"));
    }

    /** How many decisions that stopped a repair, by verdict. */
    Map<String, Long> stopped() {
        return count(steps(Step.Kind.DECIDED).filter(step -> !step.field("verdict").equals("ALLOWED")),
                step -> step.field("verdict"));
    }

    Map<String, Long> loans() {
        return count(steps(Step.Kind.UNDONE), step -> step.field("outcome"));
    }

    Map<String, Long> scores() {
        return count(steps(Step.Kind.SCORED), step -> step.field("score"));
    }

    private Stream<Step> steps(Step.Kind kind) {
        return incidents.stream().flatMap(incident -> incident.steps().stream()).filter(step -> step.kind() == kind);
    }

    private static <T> Map<String, Long> count(Stream<T> all, Function<T, String> by) {
        return all.collect(Collectors.groupingBy(by, TreeMap::new, Collectors.counting()));
    }
}
