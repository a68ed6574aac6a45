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
 * @param inScope the code that borrowed it still runs; false also when that cannot be told
 * @param unreachable nobody can return it any more, and no statement may still be running on it
 */
record Holder(
        long leaseId, String thread, long threadId, long heldFor, long idleFor, long typicalHold,
        String site, String doing, Activity activity, String waitsFor,
        boolean inScope, boolean unreachable, boolean escaped) {

    static Holder of(Signal row) {
        long held = row.number("heldFor");
        long idle = row.number("idleFor");
        return new Holder(row.number("leaseId"), row.text("thread"), row.number("threadId"),
                held, idle < 0 ? held : idle, row.number("typicalHold"),
                row.text("site"), row.text("doing"), activity(row.text("activity")), row.text("waitsFor"),
                row.flag("inScope"), row.flag("unreachable") && !row.flag("inUse"), row.flag("escaped"));
    }

    private static Activity activity(String word) {
        for (Activity activity : Activity.values()) {
            if (activity.name().equals(word)) {
                return activity;
            }
        }
        return Activity.UNKNOWN;
    }

    /** Nobody can return it, and nobody can have kept a part of it. */
    boolean isProvenLeak() {
        return unreachable && !escaped;
    }

    /**
     * The work that borrowed it is over: the thread is dead, or rests in its own pool with no application frame on its
     * whole stack. A thread parked <em>below</em> an application frame waits for something and will come back.
     */
    boolean isUnattended() {
        return activity == Activity.ENDED || !inScope && activity == Activity.PARKED
                && !doing.isEmpty() && !Phrases.isApplicationSite(doing);
    }

    boolean waits() {
        return activity == Activity.WAITING_FOR_POOL || !waitsFor.isEmpty();
    }

    /** What the borrower does now, in words. */
    String words() {
        return switch (activity) {
            case JDBC -> "in JDBC";
            case WAITING_FOR_POOL -> "waiting for " + (waitsFor.isEmpty() ? "a pool" : waitsFor);
            case IO -> "in I/O";
            case BLOCKED -> "blocked on a lock";
            case PARKED -> isUnattended() ? "idle, its work is over" : "parked";
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
