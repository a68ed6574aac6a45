package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.bootstrap.AdviceFailures;
import io.jvmmedic.bootstrap.EndedFutures;
import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.instrument.ModuleOpener;
import java.lang.instrument.Instrumentation;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Periodic tasks of schedulers that an exception has just ended, also those that did not live long enough to be seen in a
 * queue. Told by the JDK's own code in the moment of the death, on the host's thread; kept until somebody looks at the
 * scheduler, which may be found only then.
 *
 * <p>Thread-safe. What is kept refers to the host weakly, but for the task where ended series may be started again.
 */
public final class SeriesDeaths implements BiConsumer<Object, Throwable> {

    private static final Logger LOG = LoggerFactory.getLogger(SeriesDeaths.class);

    /** More than these between two looks are not told of: a program that starts a series each moment shall not feel us. */
    private static final int MAX_WAITING = 256;
    /** A scheduler that was not found until then is none that anybody looks at. */
    private static final long MAX_AGE_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** @param task {@code null} unless ended series may be started again */
    record Death(WeakReference<Object> executor, WeakReference<Object> future, Runnable task, String name, long periodNanos,
            String error, String site, long at) {

        boolean isOf(Object scheduler) {
            return executor.refersTo(scheduler);
        }

        private boolean isOver(long now) {
            return executor.refersTo(null) || now - at > MAX_AGE_NANOS;
        }
    }

    /** Nobody tells of any. */
    static final SeriesDeaths NONE = new SeriesDeaths(null, false);

    private final ModuleOpener opener;
    private final boolean keepsTasks;
    private final ConcurrentLinkedQueue<Death> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private volatile SeriesMembers members;
    private SeriesDeathPatch patch;
    private boolean closed;

    /**
     * @param opener opens {@code java.lang} and {@code java.util.concurrent} to us
     * @param keepsTasks whether any ended series may be started again
     */
    public SeriesDeaths(ModuleOpener opener, boolean keepsTasks) {
        this.opener = opener;
        this.keepsTasks = keepsTasks;
    }

    /**
     * Has the JDK tell from now on; takes some ten milliseconds and one pause of the JVM. Never throws.
     *
     * @param moment returns when the pause may be, all else being ready
     */
    public synchronized void install(Instrumentation instrumentation, Runnable moment) {
        if (closed || patch != null) {
            return;
        }
        try {
            opener.open(Object.class.getModule(), "java.lang");
            opener.open(Object.class.getModule(), "java.util.concurrent");
            members = new SeriesMembers();
            SeriesDeathPatch.rehearse();
            moment.run();
            EndedFutures.connect(this);
            patch = SeriesDeathPatch.install(instrumentation);
        } catch (Throwable e) {
            EndedFutures.connect(null);
            LOG.warn("java.util.concurrent.FutureTask: cannot tell of periodic tasks that end, so those that end within "
                    + "their first second are not seen", e);
        }
    }

    /** Takes it out again, for good. */
    public synchronized void uninstall() {
        closed = true;
        EndedFutures.connect(null);
        waiting.clear();
        if (patch != null) {
            patch.close();
            patch = null;
        }
    }

    /** While the future still has its task, and nobody can cancel it any more. */
    @Override
    public void accept(Object future, Throwable error) {
        try {
            if (!(Thread.currentThread() instanceof MedicThread) && members.isPeriodic(future)
                    && !(error instanceof CancellationException)) {
                died(future, error);
            }
        } catch (Throwable e) {
            AdviceFailures.count(e);
        }
    }

    private void died(Object future, Throwable error) {
        Object executor = members.executorOf(future);
        if (executor == null || count.get() >= MAX_WAITING && !forgetOld()) {
            return;
        }
        Runnable task = members.taskOf(future);
        count.incrementAndGet();
        waiting.add(new Death(new WeakReference<>(executor), new WeakReference<>(future), keepsTasks ? task : null,
                SeriesMembers.name(task), members.period(future), error.getClass().getName(), members.site(error),
                System.nanoTime()));
    }

    /** Whether there is room now. */
    private boolean forgetOld() {
        take(null);
        return count.get() < MAX_WAITING;
    }

    /** Those of one scheduler since it was asked for last. */
    List<Death> take(Object executor) {
        List<Death> taken = new ArrayList<>();
        long now = System.nanoTime();
        for (Iterator<Death> all = waiting.iterator(); all.hasNext();) {
            Death death = all.next();
            boolean own = executor != null && death.isOf(executor);
            if (own || death.isOver(now)) {
                all.remove();
                count.decrementAndGet();
            }
            if (own) {
                taken.add(death);
            }
        }
        return taken;
    }
}
