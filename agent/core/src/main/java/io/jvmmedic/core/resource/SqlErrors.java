package io.jvmmedic.core.resource;

import java.util.concurrent.atomic.LongAdder;

/**
 * How often sessions of one pool failed for reasons that lie in the server. Counts only grow; who reads them each second
 * sees bursts. Wait-free, of fixed size.
 */
public final class SqlErrors {

    /**
     * @param lost errors that ended a session
     * @param sessions connections that had their first error of any kind below, each counted once
     * @param readOnly writes that were refused because the server takes none
     * @param refused attempts to open a new connection that failed
     * @param full those of them, and of all errors, in which the server had no session to spare
     * @param last the last of them as {@code 57P01} or {@code 08004/1040}; empty while there was none
     */
    public record Counts(long lost, long sessions, long readOnly, long refused, long full, String last) {

        static final Counts NONE = new Counts(0, 0, 0, 0, 0, "");
    }

    private static final int SEVERAL_SESSIONS = 2;
    private static final int MANY_ERRORS = 10;

    private final LongAdder lost = new LongAdder();
    private final LongAdder sessions = new LongAdder();
    private final LongAdder readOnly = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder full = new LongAdder();
    private volatile String last = "";

    /**
     * Whether sessions end in a way that one lost connection does not explain: several of them, or a dead one that its pool
     * lends again and again.
     *
     * @param lost errors within some seconds that ended a session
     * @param sessions connections that failed since these errors follow one another
     */
    public static boolean isBurst(long lost, long sessions) {
        return lost > 0 && sessions >= SEVERAL_SESSIONS || lost >= MANY_ERRORS;
    }

    void failed(SqlTrouble trouble, boolean firstOfSession) {
        count(trouble);
        if (firstOfSession) {
            sessions.increment();
        }
    }

    void refused(SqlTrouble trouble) {
        refused.increment();
        if (trouble.kind() == SqlTrouble.Kind.FULL) {
            full.increment();
        }
        last = trouble.text();
    }

    private void count(SqlTrouble trouble) {
        switch (trouble.kind()) {
            case LOST -> lost.increment();
            case READ_ONLY -> readOnly.increment();
            case FULL -> full.increment();
            default -> throw new IllegalArgumentException(trouble.text());
        }
        last = trouble.text();
    }

    Counts counts() {
        return new Counts(lost.sum(), sessions.sum(), readOnly.sum(), refused.sum(), full.sum(), last);
    }
}
