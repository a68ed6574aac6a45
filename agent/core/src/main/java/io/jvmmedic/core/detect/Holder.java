package io.jvmmedic.core.detect;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.Activity;
import io.jvmmedic.core.util.Phrases;

/**
 * One borrowed slot, read from a {@code HeldConnection} or a {@code HeldResponse}.
 *
 * @param idleFor time since it was last used, ms; the whole time held where use cannot be seen
 * @param typicalHold learned hold time of the site, ms; -1 when not learned
 * @param waitsFor pool the borrowing thread waits for; empty if none
 * @param longestPause longest time a connection of the site lay unused and was used after that, ms; -1 for none
 * @param calmHold as {@code typicalHold}, while nobody waited
 * @param inScope the code that borrowed it still runs; false also when that cannot be told
 * @param scopeOver the work that borrowed it, and that used it last, is over
 * @param inUse a statement may be running on it
 * @param enlisted a distributed transaction keeps it
 * @param unreachable nobody can return it any more, and no statement may still be running on it
 */
record Holder(
        long leaseId, String thread, long threadId, long heldFor, long idleFor, long typicalHold,
        long longestPause, long calmHold, String site, String doing, Activity activity, String waitsFor,
        boolean inScope, boolean scopeOver, boolean inUse, boolean enlisted, boolean unreachable, boolean escaped) {

    /** A collection is noticed by the next round only, which may be late by this much without being called late. */
    private static final long GC_NOTICE_MILLIS = 2_500;
    /** A collection of the young generation says nothing of older objects. */
    private static final long YOUNG_MILLIS = 60_000;

    static Holder of(Signal row) {
        long held = row.number("heldFor");
        long idle = row.number("idleFor");
        return new Holder(row.number("leaseId"), row.text("thread"), row.number("threadId"),
                held, idle < 0 ? held : idle, row.number("typicalHold"),
                row.number("longestPause"), row.number("calmHold"),
                row.text("site"), row.text("doing"), activity(row.text("activity")), row.text("waitsFor"),
                row.flag("inScope"), row.flag("scopeOver"), row.flag("inUse"), row.flag("enlisted"),
                row.flag("unreachable") && !row.flag("inUse"), row.flag("escaped"));
    }

    private static Activity activity(String word) {
        for (Activity activity : Activity.values()) {
            if (activity.name().equals(word)) {
                return activity;
            }
        }
        return Activity.UNKNOWN;
    }

    /** Nobody can return it, nobody can have kept a part of it, and no transaction will give it back at its end. */
    boolean isProvenLeak() {
        return unreachable && !escaped && !enlisted;
    }

    /** The work that borrowed it is over, whatever its thread does now. */
    boolean isUnattended() {
        return scopeOver;
    }

    /** Its borrower waits for another slot, while it holds this one. One whose work is over waits for other work. */
    boolean waits() {
        return !isUnattended() && (activity == Activity.WAITING_FOR_POOL || !waitsFor.isEmpty());
    }

    /**
     * Whether it is known that its borrower, who waits for something else, will still use and return it: the code that
     * borrowed it is on the stack, or the garbage collector has looked at the handle since the wait began and found it
     * reachable. Threads that leaked what they borrowed look alike otherwise.
     *
     * @param waited how long its borrower waits, ms
     * @param sinceGc time since any collection, ms; -1 for none
     * @param sinceFullGc time since one of the whole heap, ms; -1 for none
     */
    boolean isKnownToBeInUse(long waited, long sinceGc, long sinceFullGc) {
        return inScope || sinceFullGc >= 0 && sinceFullGc + GC_NOTICE_MILLIS < waited
                || sinceGc >= 0 && heldFor < YOUNG_MILLIS && sinceGc + GC_NOTICE_MILLIS < waited;
    }

    /** Its borrower uses it now, as far as a stack can tell. */
    boolean isBusy() {
        return inUse || !isUnattended() && activity == Activity.JDBC;
    }

    /** What the borrower does now, in words. */
    String words() {
        if (scopeOver && activity != Activity.ENDED) {
            return "idle, its work is over";
        }
        return switch (activity) {
            case JDBC -> "in JDBC";
            case WAITING_FOR_POOL -> "waiting for " + (waitsFor.isEmpty() ? "a pool" : waitsFor);
            case IO -> "in I/O";
            case BLOCKED -> "blocked on a lock";
            case PARKED -> "parked";
            case SLEEPING -> "sleeping";
            case RUNNING -> "running";
            case ENDED -> "dead";
            case UNKNOWN -> "not visible";
        };
    }

    /** One line for the evidence. */
    String line() {
        return thread + " holds lease " + leaseId + " since " + Phrases.duration(heldFor)
                + ", idle " + Phrases.duration(idleFor) + ", borrowed at " + Phrases.site(site) + ", now " + words()
                + (Phrases.isApplicationSite(doing) ? " at " + Phrases.site(doing) : "");
    }
}
