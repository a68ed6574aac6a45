package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.Signal;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where proven leaks were borrowed of late: what leaked once will leak again. Belongs to one thread. */
final class LeakySites {

    private static final long REMEMBERED_MILLIS = 600_000;
    private static final int MAX_SITES = 200;

    /** By resource and site, until when; wall-clock ms. */
    private final Map<String, Long> until = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_SITES;
        }
    };

    /** Takes in a lease. */
    void observe(Signal held, long now) {
        if (held.flag("unreachable") && !held.flag("escaped") && !held.text("site").isEmpty()) {
            until.put(key(held), now + REMEMBERED_MILLIS);
        }
    }

    boolean contains(Signal held, long now) {
        return until.getOrDefault(key(held), Long.MIN_VALUE) > now;
    }

    private static String key(Signal held) {
        return held.text("resource") + ' ' + held.text("site");
    }
}
