package io.jvmmedic.cli.report;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One thing that happened in an incident.
 *
 * @param lasted zero for what took no time
 * @param fields by the names the events have; texts that were empty are left out
 * @param fromJournal told by the journal alone
 */
record Step(String incident, String resource, Instant at, Kind kind, Duration lasted, Map<String, String> fields,
        boolean fromJournal) {

    /** Kinds of step; the word is for people. */
    enum Kind {
        FOUND("found"), DECIDED("decided"), IMPOSSIBLE("impossible"),
        /** A remedy with its outcome. */
        ACTED("acted"),
        /** A remedy without one: the JVM did not live to tell. */
        BEGAN("began"),
        CHECKED("checked"), UNDONE("gave back"), SCORED("scored"), CLOSED("closed");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    Step {
        Map<String, String> kept = new LinkedHashMap<>();
        fields.forEach((name, value) -> {
            if (value != null && !value.isBlank()) {
                kept.put(name, value);
            }
        });
        fields = Collections.unmodifiableMap(kept);
    }

    /** Empty when there is none. */
    String field(String name) {
        return fields.getOrDefault(name, "");
    }

    String remedy() {
        return field("remedy");
    }

    /** A thread dump or the like: it looks and repairs nothing. */
    boolean isEvidence() {
        return field("risk").equals("NONE");
    }
}
