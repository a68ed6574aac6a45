package io.jvmmedic.core.audit;

import io.jvmmedic.core.model.Diagnosis;
import java.util.ArrayList;
import java.util.List;

/**
 * One fault on one resource from its discovery to its end. Immutable; each step makes a new one.
 *
 * @param openedMillis wall-clock time, ms since the epoch
 * @param closedMillis the same; 0 while it lasts
 * @param diagnosis the latest
 * @param entries what happened, oldest first; of a long story the first and the last
 * @param leftOut entries of a long story that are not kept
 * @param recurrence how often this fault was met on this resource since the agent started, this time included
 */
public record Incident(String id, long openedMillis, long closedMillis, Diagnosis diagnosis, List<Entry> entries,
        int leftOut, int recurrence) {

    static final int FIRST_KEPT = 50;
    static final int KEPT = 200;

    public Incident {
        entries = List.copyOf(entries);
    }

    static Incident opened(String id, long millis, Diagnosis diagnosis, int recurrence) {
        return new Incident(id, millis, 0, diagnosis, List.of(), 0, recurrence);
    }

    Incident with(Diagnosis newer) {
        return new Incident(id, openedMillis, closedMillis, newer, entries, leftOut, recurrence);
    }

    Incident with(Entry entry) {
        List<Entry> longer = new ArrayList<>(entries);
        longer.add(entry);
        int surplus = longer.size() > KEPT ? 1 : 0;
        if (surplus > 0) {
            longer.remove(FIRST_KEPT);
        }
        return new Incident(id, openedMillis, closedMillis, diagnosis, longer, leftOut + surplus, recurrence);
    }

    Incident closed(long millis) {
        return new Incident(id, openedMillis, millis, diagnosis, entries, leftOut, recurrence);
    }

    public boolean isOpen() {
        return closedMillis == 0;
    }
}
