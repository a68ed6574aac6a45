package io.jvmmedic.bootstrap;

/**
 * The static methods that inlined advice calls, one frame deep. Calls from the agent's own threads are dropped, so a
 * remedy does not observe itself.
 */
public final class Hooks {

    private static volatile Probes probes = Probes.NONE;
    private static volatile Gates gates = Gates.NONE;
    private static volatile boolean rowsFollowed;

    private Hooks() {
    }

    public static void connect(Probes target) {
        probes = target;
    }

    public static void disconnect() {
        probes = Probes.NONE;
        gates = Gates.NONE;
        rowsFollowed = false;
    }

    /**
     * Whether who fetches rows is to be told as well. A row costs less than a probe, so nobody is told of it while nobody
     * wonders who has a connection in hand.
     */
    public static void followRows(boolean wanted) {
        rowsFollowed = wanted;
    }

    /** Whether {@link #used} is to be told of the row that is being fetched; never after a detach, whoever still wishes it. */
    public static boolean followsRows() {
        return rowsFollowed && probes != Probes.NONE;
    }

    /** {@link Gates#NONE} opens all gates. */
    public static void connectGates(Gates target) {
        gates = target;
    }

    public static void appeared(String integration, Object pool) {
        probes.appeared(integration, pool);
    }

    public static void borrowed(String integration, Object pool, Object entry, Object handle) {
        if (handle != null && !own()) {
            probes.borrowed(integration, pool, entry, handle);
        }
    }

    /** What the borrower of an entry really got, where the pool wraps it after {@link #borrowed}. */
    public static void handedOut(Object entry, Object handle) {
        if (!own()) {
            probes.handedOut(entry, handle);
        }
    }

    // Returns and discards are never dropped, not even from our own threads: a slot that a remedy freed is free.

    public static void returned(Object entry) {
        probes.returned(entry);
    }

    public static void discarded(Object entry) {
        probes.discarded(entry);
    }

    public static void used(Object entry) {
        probes.used(entry);
    }

    public static void testing(Object entry) {
        if (!own()) {
            probes.testing(entry);
        }
    }

    public static void tested(Object entry) {
        probes.tested(entry);
    }

    /** For statements that know what the lease watches, but not the pool's entry. */
    public static void usedThrough(Object watched) {
        probes.usedThrough(watched);
    }

    public static void escaped(Object handle) {
        if (handle != null) {
            probes.escaped(handle);
        }
    }

    public static void waiting(String integration, Object pool) {
        if (!own()) {
            probes.waiting(integration, pool);
        }
    }

    public static void gaveUp(Object pool) {
        if (!own()) {
            probes.gaveUp(pool);
        }
    }

    public static void waited() {
        probes.waited();
    }

    public static void failed(Object entry, Throwable error) {
        if (!own()) {
            probes.failed(entry, error);
        }
    }

    public static void refused(Object pool, Throwable error) {
        if (!own()) {
            probes.refused(pool, error);
        }
    }

    public static void opened(String integration, Object source, Object connection) {
        if (connection != null && !own()) {
            probes.opened(integration, source, connection);
        }
    }

    public static void closed(Object connection) {
        probes.closed(connection);
    }

    // The gates' calls stand in the host's code itself and not in advice, so what goes wrong in them ends here.

    /** @param before token of a hold at the same place that this call of the method has not ended; 0 for none */
    public static int enterGate(Object lock, int site, int before) {
        try {
            if (before != 0) {
                gates.leave(before);
            }
            return own() ? 0 : gates.enter(lock, site);
        } catch (Throwable e) {
            swallowed(e);
            return 0;
        }
    }

    /** @param before as for {@link #enterGate} */
    public static int enterGateOf(Object receiver, int site, int before) {
        try {
            if (before != 0) {
                gates.leave(before);
            }
            return own() ? 0 : gates.enterOf(receiver, site);
        } catch (Throwable e) {
            swallowed(e);
            return 0;
        }
    }

    /** After an acquisition that may fail; returns what is left of the hold. */
    public static int acquired(boolean acquired, int token) {
        if (acquired) {
            return token;
        }
        leaveGate(token);
        return 0;
    }

    public static void leaveGate(int token) {
        if (token != 0) {
            try {
                gates.leave(token);
            } catch (Throwable e) {
                swallowed(e);
            }
        }
    }

    public static int released(Object lock, int token) {
        if (token != 0) {
            try {
                return gates.released(lock, token);
            } catch (Throwable e) {
                swallowed(e);
            }
        }
        return token;
    }

    public static void endGate(int token) {
        if (token != 0) {
            try {
                gates.end(token);
            } catch (Throwable e) {
                swallowed(e);
            }
        }
    }

    /** A stack that is used up is the host's. */
    private static void swallowed(Throwable e) {
        if (!(e instanceof StackOverflowError)) {
            AdviceFailures.count(e);
        }
    }

    public static void selfTest() {
        probes.selfTest();
    }

    private static boolean own() {
        return Thread.currentThread() instanceof MedicThread;
    }
}
