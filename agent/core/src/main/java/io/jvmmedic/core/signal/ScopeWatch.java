package io.jvmmedic.core.signal;

import io.jvmmedic.core.resource.Borrower;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.ThreadView;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells whether the work that borrowed a lease is over, from one look a second: its thread is dead, was seen resting in
 * its executor, or has completed a task since the first look. What was seen sticks, for the thread goes on to other work,
 * until the lease is used again: then somebody has it, and the watch begins anew.
 *
 * <p>That the borrowing frame has left the stack proves nothing: it may have been a helper that hands connections out.
 * Nor does another entry point of the application on the stack, for a framework calls several within one transaction.
 */
final class ScopeWatch {

    /** @param tasks completed by that thread when first looked at; -1 when it does not tell */
    private record End(long thread, long tasks, boolean over) {

        static End first(long id, Borrower thread, ThreadView threads) {
            return new End(id, thread.tasksDone(threads), isIdle(thread));
        }

        End again(Borrower borrower, ThreadView threads) {
            return over || isIdle(borrower) || tasks >= 0 && borrower.tasksDone(threads) > tasks
                    ? new End(thread, tasks, true) : this;
        }

        private static boolean isIdle(Borrower thread) {
            return thread.isDead() || thread.isResting();
        }
    }

    private record Scope(long tick, long idleMillis, End borrower, End user) {

        boolean isOver() {
            return borrower.over() && user.over();
        }
    }

    /** A thread that began after the last census cannot be seen yet, and is not dead for that. */
    private static final long SETTLED_MILLIS = 1_000;

    private final ThreadView threads;
    private final Map<Long, Scope> scopes = new HashMap<>();
    private long tick;

    ScopeWatch(ThreadView threads) {
        this.threads = threads;
    }

    /**
     * @param user of the last use; the same object as {@code borrower} if that was the borrower
     * @param round number of the sampling round; leases not looked at for two of them are forgotten
     */
    boolean isOver(Lease.View lease, Borrower borrower, Borrower user, long round) {
        if (round != tick) {
            scopes.values().removeIf(scope -> scope.tick() < tick);
            tick = round;
        }
        if (lease.idleMillis() < SETTLED_MILLIS) {
            scopes.remove(lease.id());
            return false;
        }
        Scope before = scopes.get(lease.id());
        boolean goesOn = before != null && lease.idleMillis() >= before.idleMillis()
                && before.user().thread() == lease.userId();
        Scope now;
        if (goesOn) {
            End end = before.borrower().again(borrower, threads);
            now = new Scope(round, lease.idleMillis(), end, user == borrower ? end : before.user().again(user, threads));
        } else {
            End end = End.first(lease.threadId(), borrower, threads);
            now = new Scope(round, lease.idleMillis(), end,
                    user == borrower ? end : End.first(lease.userId(), user, threads));
        }
        scopes.put(lease.id(), now);
        return now.isOver();
    }

    /** Whether the work of the thread that used it last is over, by what {@link #isOver} has seen; before it looks, by this look. */
    boolean isUserDone(Lease.View lease, Borrower user) {
        Scope scope = scopes.get(lease.id());
        return scope == null ? End.isIdle(user) : scope.user().over();
    }
}
