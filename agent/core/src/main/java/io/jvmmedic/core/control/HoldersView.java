package io.jvmmedic.core.control;

import java.util.List;

/**
 * Who holds the slots of one resource and who waits for them, longest first.
 *
 * @param diagnosis what is believed of it at this moment
 * @param sites where the slots of a pool went since borrowers began to wait, longest first; empty while nobody waits
 * @param holders for an executor its workers
 * @param waiters empty where the library does not show them
 */
public record HoldersView(PoolView pool, Belief diagnosis, List<Site> sites, List<Holder> holders, List<Waiting> waiters) {

    public HoldersView {
        sites = List.copyOf(sites);
        holders = List.copyOf(holders);
        waiters = List.copyOf(waiters);
    }

    /** Of a resource that is no pool, or of which nothing is believed. */
    public HoldersView(PoolView pool, List<Holder> holders, List<Waiting> waiters) {
        this(pool, Belief.NONE, List.of(), holders, waiters);
    }

    HoldersView with(Belief belief) {
        return new HoldersView(pool, belief, sites, holders, waiters);
    }

    /**
     * What an incident that is open says; all empty while there is none.
     *
     * @param summary one sentence, with the verdict
     * @param cause who causes it
     * @param victims who suffers
     */
    public record Belief(String incident, String summary, String cause, String victims) {

        public static final Belief NONE = new Belief("", "", "", "");
    }

    /**
     * One borrow site in a jam.
     *
     * @param site application code that borrowed; empty when not captured
     * @param slots it has now
     * @param jdbcMillis slot time with the borrower in the driver, all slots added up
     * @param otherMillis the same, doing something else
     * @param unseenMillis the same, by borrowers that cannot be seen
     */
    public record Site(String site, int slots, long jdbcMillis, long otherMillis, long unseenMillis) {
    }

    /**
     * One slot that is out.
     *
     * @param leaseId -1 for a worker
     * @param heldMillis -1 for a worker
     * @param idleMillis since it was last used; -1 when unknown
     * @param typicalMillis 99.9th percentile of what this borrow site takes; -1 when not learned
     * @param site application code that borrowed; empty when not captured
     * @param doing topmost application frame of the thread now
     * @param activity what the thread does now, one of {@link io.jvmmedic.core.util.Activity}
     * @param waitsFor what the thread waits for; empty for nothing
     * @param unreachable nobody can give it back any more: the garbage collector proved it
     */
    public record Holder(
            long leaseId, String thread, long threadId, long heldMillis, long idleMillis, long typicalMillis,
            String site, String doing, String activity, String waitsFor, boolean unreachable) {
    }

    /**
     * One thread that waits.
     *
     * @param holds slots of the same resource that it holds already
     */
    public record Waiting(String thread, long threadId, long waitedMillis, int holds, String doing) {
    }
}
