package io.jvmmedic.cli.report;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.consumer.EventStream;
import jdk.jfr.consumer.RecordedEvent;

/** Copies what a report needs out of a recording. */
final class RecordingReader {

    /** Without any event for this long the JDK's reader is given up; our files end well, but not every JDK is known. */
    private static final Duration SILENCE = Duration.ofSeconds(60);
    private static final String OURS = "jvmmedic.";

    private static final Map<String, Step.Kind> KINDS = Map.of(
            "Finding", Step.Kind.FOUND, "Decision", Step.Kind.DECIDED, "Remediation", Step.Kind.ACTED,
            "Verification", Step.Kind.CHECKED, "Undo", Step.Kind.UNDONE, "ShadowScore", Step.Kind.SCORED);
    private static final Map<String, List<String>> FIELDS = Map.of(
            "Finding", List.of("detector", "fault", "confidence", "summary", "proof", "cause", "victims", "advice"),
            "Decision", List.of("remedy", "risk", "verdict", "gate", "reason", "mode"),
            "Remediation", List.of("remedy", "risk", "confidence", "proof", "claim", "outcome", "before", "after", "undo"),
            "Verification", List.of("remedy", "claim", "observed", "held"),
            "Undo", List.of("remedy", "loan", "outcome", "reason"),
            "ShadowScore", List.of("remedy", "score", "reason"));

    private final List<Step> steps = new ArrayList<>();
    private final Set<String> jvms = new LinkedHashSet<>();
    private final Set<String> modes = new LinkedHashSet<>();
    private final AtomicLong events = new AtomicLong();
    private Instant last;
    private long rounds;
    private long adviceFailures;
    private long dropped;
    private Throwable problem;

    private RecordingReader() {
    }

    /**
     * What one recording tells.
     *
     * @param last time of the last event read; {@code null} for none
     * @param problem why reading ended early; empty when it did not
     */
    record Content(List<Step> steps, List<String> jvms, Story.Health health, Instant last, String problem) {
    }

    /** @param file one that ends well, see {@link Chunks} */
    static Content read(Path file) throws IOException {
        return new RecordingReader().readAll(file);
    }

    private Content readAll(Path file) throws IOException {
        boolean silent = false;
        try (EventStream stream = EventStream.openFile(file)) {
            stream.setOrdered(false);
            stream.onError(this::failed);
            KINDS.forEach((name, kind) -> stream.onEvent(OURS + name, event -> step(event, name, kind)));
            stream.onEvent(OURS + "AgentHealth", this::health);
            stream.onEvent("jdk.JVMInformation", this::jvm);
            Thread reader = new Thread(() -> {
                try {
                    stream.start();
                } catch (RuntimeException | LinkageError e) {
                    failed(e);
                }
            }, "report-reader");
            reader.setDaemon(true);
            reader.start();
            silent = !joinWhileBusy(reader);
        }
        synchronized (this) {
            String why = silent ? "the JDK's reader fell silent after " + events.get() + " events"
                    : problem == null ? "" : problem.getMessage() == null ? problem.toString() : problem.getMessage();
            return new Content(List.copyOf(steps), List.copyOf(jvms),
                    new Story.Health(rounds, List.copyOf(modes), adviceFailures, dropped), last, why);
        }
    }

    /** Returns false when the reader neither ends nor reads any more. */
    private boolean joinWhileBusy(Thread reader) throws IOException {
        long seen;
        do {
            seen = events.get();
            try {
                reader.join(SILENCE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        } while (reader.isAlive() && events.get() > seen);
        return !reader.isAlive();
    }

    private synchronized void failed(Throwable e) {
        if (problem == null) {
            problem = e;
        }
    }

    private synchronized void met(RecordedEvent event) {
        events.incrementAndGet();
        if (last == null || event.getEndTime().isAfter(last)) {
            last = event.getEndTime();
        }
    }

    private synchronized void step(RecordedEvent event, String name, Step.Kind kind) {
        met(event);
        Map<String, String> fields = new LinkedHashMap<>();
        FIELDS.get(name).forEach(field -> fields.put(field, text(event, field)));
        steps.add(new Step(text(event, "incidentId"), text(event, "resource"), event.getStartTime(), kind,
                event.getDuration().isNegative() ? Duration.ZERO : event.getDuration(), fields, false));
    }

    private synchronized void health(RecordedEvent event) {
        met(event);
        rounds++;
        modes.add(text(event, "mode"));
        adviceFailures = Math.max(adviceFailures, number(event, "adviceFailures"));
        dropped = Math.max(dropped, number(event, "dropped"));
    }

    private synchronized void jvm(RecordedEvent event) {
        met(event);
        String command = text(event, "javaArguments");
        jvms.add(text(event, "jvmName") + " " + release(text(event, "jvmVersion")) + ", pid " + number(event, "pid")
                + (command.isEmpty() ? "" : ", " + command));
    }

    /** The sentence of {@code jvmVersion} goes on for a line about the compiler that built it. */
    private static String release(String version) {
        int from = version.indexOf('(');
        int to = version.indexOf(')', from + 1);
        return from < 0 || to < 0 ? version : version.substring(from + 1, to);
    }

    private static String text(RecordedEvent event, String field) {
        Object value = event.hasField(field) ? event.getValue(field) : null;
        return value == null ? "" : value.toString();
    }

    private static long number(RecordedEvent event, String field) {
        Object value = event.hasField(field) ? event.getValue(field) : null;
        return value instanceof Number number ? number.longValue() : 0;
    }
}
