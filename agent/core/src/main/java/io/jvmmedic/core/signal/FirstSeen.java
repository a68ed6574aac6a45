package io.jvmmedic.core.signal;

import java.util.HashMap;
import java.util.Map;

/** Since when something is seen look after look; what was not seen for two minutes is forgotten. One thread only. */
final class FirstSeen {

    private static final long FORGET_MILLIS = 120_000;

    private record Seen(long first, long last) {
    }

    private final Map<String, Seen> known = new HashMap<>();

    /** How long it has been seen, ms; 0 at the first look. */
    long age(String what, long monotonicMillis) {
        known.values().removeIf(seen -> monotonicMillis - seen.last() > FORGET_MILLIS);
        Seen seen = known.merge(what, new Seen(monotonicMillis, monotonicMillis),
                (before, now) -> new Seen(before.first(), now.last()));
        return monotonicMillis - seen.first();
    }
}
