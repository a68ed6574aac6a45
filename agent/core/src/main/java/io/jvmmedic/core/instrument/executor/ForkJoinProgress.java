package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.instrument.executor.JdkMembers.Ends;
import java.util.concurrent.ForkJoinPool;

/**
 * Stands for the number of tasks a fork-join pool has completed, which it does not count. Its count of steals is written down
 * by a worker when it runs out of work, so it stands still for as long as a queue never becomes empty; but each task
 * that is taken from a queue moves an end of it. What counts is that it grows whenever a task was taken.
 */
final class ForkJoinProgress {

    private final JdkMembers jdk;
    private Ends ends = Ends.UNKNOWN;
    private long steals;
    private long made;

    ForkJoinProgress(JdkMembers jdk) {
        this.jdk = jdk;
    }

    /** How much was done up to now. */
    synchronized long of(ForkJoinPool pool) {
        Ends endsNow = jdk.endsOfQueues(pool);
        long stealsNow = pool.getStealCount();
        boolean moved = !endsNow.equals(ends);
        made += Math.max(moved ? 1 : 0, Math.max(endsNow.bases() - ends.bases(), stealsNow - steals));
        ends = endsNow;
        steals = stealsNow;
        return made;
    }
}
