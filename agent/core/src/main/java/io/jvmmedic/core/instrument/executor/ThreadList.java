package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.util.Jdk;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * The platform threads alive now. To list 5,000 of them was a fifth of what the sampler cost, so they are listed only when
 * the JVM's two counters, which cost nothing to read, say that one has begun or ended; and once more in the round after that:
 * the counters go ahead of the list by the moment that a thread takes to end.
 *
 * <p>Belongs to one thread.
 */
final class ThreadList {

    /** Threads may start while the list is being taken. */
    private static final int HEADROOM = 64;

    /**
     * @param started since the JVM began
     * @param alive of these
     */
    record Counters(long started, int alive) {
    }

    private final Supplier<Counters> counters;
    private final Supplier<List<Thread>> list;
    private List<Thread> threads = List.of();
    private Counters before;
    private boolean settled;

    /**
     * @param counters of the JVM; {@code null} of them where nobody counts
     * @param list asks the JVM for all threads
     */
    ThreadList(Supplier<Counters> counters, Supplier<List<Thread>> list) {
        this.counters = counters;
        this.list = list;
    }

    static ThreadList ofThisJvm() {
        return new ThreadList(Jdk.hasModule("java.management") ? Beans::counters : () -> null, new Listing());
    }

    /** The same list as the last time as long as nobody began or ended. */
    List<Thread> now() {
        Counters current = counters.get();
        boolean same = current != null && current.equals(before);
        if (!same || !settled) {
            threads = List.copyOf(list.get());
        }
        settled = same;
        before = current;
        return threads;
    }

    /** To ask for their number first is, from 21 on, as dear as to ask for all of them. */
    private static final class Listing implements Supplier<List<Thread>> {

        private int last;

        @Override
        public List<Thread> get() {
            ThreadGroup root = Thread.currentThread().getThreadGroup();
            while (root.getParent() != null) {
                root = root.getParent();
            }
            Thread[] found = new Thread[last + HEADROOM];
            int count = root.enumerate(found, true);
            while (count == found.length) {
                found = new Thread[found.length * 2];
                count = root.enumerate(found, true);
            }
            last = count;
            return Arrays.asList(found).subList(0, count);
        }
    }

    /** Apart, for {@code java.management} may be missing. */
    private static final class Beans {

        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

        static Counters counters() {
            return new Counters(THREADS.getTotalStartedThreadCount(), THREADS.getThreadCount());
        }
    }
}
