package io.jvmmedic.core.instrument.c3p0;

import io.jvmmedic.core.instrument.Members;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TimerTask;

/**
 * The helper threads of a data source, which make, look over and close its connections. Known are those of c3p0's own
 * runner, which is what one gets without a {@code TaskRunnerFactory} of one's own.
 */
final class HelperThreads {

    static final String THREAD = "com.mchange.v2.async.ThreadPoolAsynchronousRunner$PoolThread";
    private static final String ACQUIRES = "com.mchange.v2.resourcepool.BasicResourcePool$ScatteredAcquireTask";
    private static final String NAME = "dataSourceName->";
    private static final String TOKEN = "identityToken->";

    private HelperThreads() {
    }

    /** The name of the data source, which is part of the name of its threads; {@code c3p0} when it has another runner. */
    static String dataSource(Object pool) {
        Object runner = Members.read(pool, "taskRunner");
        Object label = runner == null ? null : Members.read(runner, "threadLabel");
        return label instanceof String text ? name(text) : C3p0Handle.LIBRARY;
    }

    private static String name(String label) {
        int begin = label.indexOf(NAME);
        begin = begin >= 0 ? begin + NAME.length() : label.indexOf(TOKEN) + TOKEN.length();
        int end = label.lastIndexOf(']');
        return begin < end ? label.substring(begin, end) : C3p0Handle.LIBRARY;
    }

    /** Those of the pool's runner; empty when there are none left, or the runner is not c3p0's own. */
    static List<Thread> of(Object pool) {
        Object runner = Members.read(pool, "taskRunner");
        Object threads = runner == null ? null : Members.read(runner, "managed");
        List<Thread> found = new ArrayList<>();
        if (threads instanceof Collection<?> collection) {
            try {
                collection.forEach(thread -> found.add((Thread) thread));
            } catch (RuntimeException changedMeanwhile) {
                return List.of();
            }
        }
        return found;
    }

    static boolean areOwn(Object pool) {
        Object runner = Members.read(pool, "taskRunner");
        return runner != null && runner.getClass().getName().equals(THREAD.substring(0, THREAD.indexOf('$')));
    }

    /** The one that makes a connection for this pool now; {@code null} when none does. */
    static Thread acquiring(Object pool, List<Thread> threads) {
        for (Thread thread : threads) {
            Object task = Members.read(thread, "currentTask");
            if (task != null && task.getClass().getName().equals(ACQUIRES) && Members.read(task, "this$0") == pool) {
                return thread;
            }
        }
        return null;
    }

    /**
     * What c3p0 runs every ten seconds: helper threads that left all their work lying since the last run are replaced, and
     * others do the work.
     */
    static Optional<TimerTask> deadlockDetector(Object pool) {
        return Members.read(Members.read(pool, "taskRunner"), "deadlockDetector") instanceof TimerTask task
                ? Optional.of(task) : Optional.empty();
    }
}
