package io.jvmmedic.bootstrap;

/**
 * The static methods that inlined advice calls, one frame deep. Calls from the agent's own threads are dropped, so a
 * remedy does not observe itself.
 */
public final class Hooks {

    private static volatile Probes probes = Probes.NONE;

    private Hooks() {
    }

    public static void connect(Probes target) {
        probes = target;
    }

    public static void disconnect() {
        probes = Probes.NONE;
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

    public static void selfTest() {
        probes.selfTest();
    }

    private static boolean own() {
        return Thread.currentThread() instanceof MedicThread;
    }
}
