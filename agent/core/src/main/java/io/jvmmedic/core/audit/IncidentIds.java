package io.jvmmedic.core.audit;

import io.jvmmedic.core.util.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/** Ids such as {@code 20261121-101530-1}: UTC second, then the number within it. Unique within the JVM. Thread-safe. */
final class IncidentIds {

    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
    private static final Pattern FORM = Pattern.compile("\\d{8}-\\d{6}-\\d{1,9}");

    private final Clock clock;
    private String second = "";
    private int number;

    IncidentIds(Clock clock) {
        this.clock = clock;
    }

    synchronized String next() {
        String now = SECOND.format(Instant.ofEpochMilli(clock.millis()));
        if (now.compareTo(second) > 0) {
            second = now;
            number = 0;
        }
        // A clock that was set back goes on counting in the old second, so that no id comes twice.
        return second + "-" + ++number;
    }

    /** Whether a text from outside has the form of an id, and therefore may become part of a path. */
    static boolean isId(String text) {
        return FORM.matcher(text).matches();
    }
}
