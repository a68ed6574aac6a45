package io.jvmmedic.core.detect;

import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import java.util.ArrayList;
import java.util.List;

/** How much the error counts of pools grew within the last {@value #WINDOW_ROUNDS} rounds. */
final class Bursts {

    static final int WINDOW_ROUNDS = 10;

    /**
     * @param lost errors that ended a session
     * @param sessions distinct connections with an error
     * @param readOnly refused writes
     * @param lastReadOnly those of the last round
     */
    record Burst(long lost, long sessions, long readOnly, long lastReadOnly) {
    }

    private record Counts(long lost, long sessions, long readOnly) {
    }

    private final History<String, List<Counts>> counts = History.unbroken();

    void open(Round round) {
        counts.open(round);
    }

    /** Takes in a row; once per pool and round. */
    Burst of(Signal pool) {
        String resource = pool.text("resource");
        Counts now = new Counts(pool.number("lostErrors"), pool.number("failedSessions"), pool.number("readOnlyErrors"));
        List<Counts> known = counts.get(resource);
        List<Counts> window = known == null ? new ArrayList<>() : new ArrayList<>(known);
        window.add(now);
        if (window.size() > WINDOW_ROUNDS) {
            window.remove(0);
        }
        counts.put(resource, window);
        Counts first = window.get(0);
        Counts before = window.get(Math.max(0, window.size() - 2));
        return new Burst(now.lost() - first.lost(), now.sessions() - first.sessions(), now.readOnly() - first.readOnly(),
                now.readOnly() - before.readOnly());
    }
}
