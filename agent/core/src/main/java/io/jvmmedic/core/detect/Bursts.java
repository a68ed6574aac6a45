package io.jvmmedic.core.detect;

import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import java.util.ArrayList;
import java.util.List;

/**
 * How much the error counts of pools grew within the last {@value #WINDOW_ROUNDS} rounds. A session counts once, at its first
 * error, and a pool that keeps lending the same dead ones counts no more of them: so sessions are counted since the errors
 * began to follow one another without a pause of that length.
 */
final class Bursts {

    static final int WINDOW_ROUNDS = 10;

    /**
     * @param lost errors that ended a session
     * @param sessions distinct connections with an error, since the burst began
     * @param readOnly refused writes
     * @param lastReadOnly those of the last round
     */
    record Burst(long lost, long sessions, long readOnly, long lastReadOnly) {
    }

    private record Counts(long lost, long sessions, long readOnly) {
    }

    /** @param begin the counts before the first error of a burst that lasts; {@code null} while there is none */
    private record Past(List<Counts> window, Counts begin) {
    }

    private final History<String, Past> pasts = History.unbroken();

    void open(Round round) {
        pasts.open(round);
    }

    /** Takes in a row; once per pool and round. */
    Burst of(Signal pool) {
        String resource = pool.text("resource");
        Counts now = new Counts(pool.number("lostErrors"), pool.number("failedSessions"), pool.number("readOnlyErrors"));
        Past known = pasts.get(resource);
        List<Counts> window = known == null ? new ArrayList<>() : new ArrayList<>(known.window());
        window.add(now);
        if (window.size() > WINDOW_ROUNDS) {
            window.remove(0);
        }
        Counts first = window.get(0);
        Counts before = window.get(Math.max(0, window.size() - 2));
        Counts begin = now.lost() == first.lost() ? null
                : known != null && known.begin() != null ? known.begin() : first;
        pasts.put(resource, new Past(window, begin));
        return new Burst(now.lost() - first.lost(), now.sessions() - (begin == null ? first : begin).sessions(),
                now.readOnly() - first.readOnly(), now.readOnly() - before.readOnly());
    }
}
