package io.jvmmedic.core.audit;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One step of a story: a line of the journal and of the incident.
 *
 * @param millis wall-clock time, ms since the epoch
 * @param incident id; empty for what belongs to none, such as a change of the mode
 * @param resource what it is about; empty for the agent itself
 * @param remedy name; empty where none is concerned
 * @param text one sentence
 * @param details further texts by name, in the order to show
 */
public record Entry(long millis, String incident, String resource, Kind kind, String remedy, String text,
        Map<String, String> details) {

    /** Longest text that is kept, characters. */
    private static final int LONGEST = 4_000;

    /** Kinds of step, in the order in which they usually happen. */
    public enum Kind {
        OPENED, RENEWED, DECIDED, IMPOSSIBLE,
        /** Written before the act: after a crash it says what was being done. */
        BEGINS,
        ENDED, UNDONE, SCORED, CLOSED,
        NOTE
    }

    public Entry {
        text = redacted(text);
        Map<String, String> kept = new LinkedHashMap<>();
        details.forEach((name, value) -> {
            if (!value.isEmpty()) {
                kept.put(name, redacted(value));
            }
        });
        details = Collections.unmodifiableMap(kept);
    }

    /** The time in UTC, as in {@code 2026-11-21T10:15:30.123Z}. */
    public String at() {
        return Instant.ofEpochMilli(millis).toString();
    }

    private static String redacted(String text) {
        return Redactor.redact(text.length() <= LONGEST ? text : text.substring(0, LONGEST) + " (cut)");
    }
}
