package io.jvmmedic.cli.report;

import io.jvmmedic.cli.text.Words;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The head of a report: labels and texts, the same for people at a terminal and in a ticket. */
final class Summary {

    private static final int MAX_SOURCES = 5;

    private Summary() {
    }

    static List<StepText.Detail> of(Story story, ZoneId zone) {
        List<StepText.Detail> lines = new ArrayList<>();
        add(lines, "read", sources(story.sources()));
        Story.Span span = story.span();
        if (span != null) {
            add(lines, "span", Times.day(span.from(), zone) + " to " + Times.day(span.to(), zone) + " (" + zone + "), "
                    + Times.duration(Duration.between(span.from(), span.to())) + (story.unfinished() ? ", unfinished" : ""));
        }
        story.jvms().forEach(jvm -> add(lines, "jvm", jvm));
        add(lines, "mode", String.join(", then ", story.health().modes()));
        int incidents = story.incidents().size();
        add(lines, "found", incidents == 0 ? nothing(story.health())
                : Words.count(incidents, "incident") + ": " + counts(story.faults(), true));
        long repairs = story.outcomes().values().stream().mapToLong(Long::longValue).sum();
        if (incidents > 0) {
            add(lines, "done", repairs == 0 ? "nothing" : Words.count(repairs, "repair") + ": " + counts(story.outcomes(), false));
        }
        add(lines, "not done", counts(story.stopped(), false));
        add(lines, "loans", counts(story.loans(), false));
        add(lines, "if done", counts(story.scores(), false));
        if (story.health().adviceFailures() > 0) {
            add(lines, "failures", story.health().adviceFailures() + " errors inside the agent's own hooks; please report this");
        }
        if (story.health().dropped() > 0) {
            add(lines, "dropped", Words.count(story.health().dropped(), "signal") + " the agent could not follow");
        }
        return lines;
    }

    private static String nothing(Story.Health health) {
        return health.rounds() == 0
                ? "no events of JVM Medic: the agent did not run, or nothing of it was recorded"
                : "nothing in " + Words.count(health.rounds(), "sampling round");
    }

    private static String sources(List<Path> files) {
        String shown = files.stream().limit(MAX_SOURCES).map(Path::toString).collect(Collectors.joining(", "));
        return files.size() <= MAX_SOURCES ? shown : shown + " and " + (files.size() - MAX_SOURCES) + " more";
    }

    private static String counts(Map<String, Long> counts, boolean faults) {
        return counts.entrySet().stream()
                .map(entry -> entry.getValue() + " " + (faults ? Words.constant(entry.getKey()) : entry.getKey()))
                .collect(Collectors.joining(", "));
    }

    private static void add(List<StepText.Detail> lines, String label, String text) {
        if (!text.isEmpty()) {
            lines.add(new StepText.Detail(label, text));
        }
    }
}
