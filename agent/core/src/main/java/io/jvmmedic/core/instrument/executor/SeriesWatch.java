package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.resource.ExecutorHandle.Series;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Watches the periodic tasks of one scheduler. When a run throws, the JDK drops the series without a word; the exception
 * stays in a future that mostly nobody has kept. So the futures in the queue are remembered from one look to the next, and
 * one that is not in the queue any more is asked whether it runs, was cancelled, or has died. A task that runs once counts
 * as planned when it was seen in the queue before its time: cron expressions of frameworks are made of such ones. A series
 * that dies before anybody has seen it is told of by the JDK itself, see {@link SeriesDeaths}.
 *
 * <p>Until the next look they are held strongly: they keep nothing alive that the workers of the scheduler do not keep, and
 * without a worker none is remembered. Looked at by the sampler, asked by anybody.
 */
final class SeriesWatch {

    private static final int MAX_SERIES = 1_000;
    /** Those that are due first are at the front of the queue, more or less; a scheduler of time limits holds thousands. */
    private static final int MAX_SINGLE = 100;
    /** All tasks that run once share a number: what the scheduler is behind with them is one thing to be learned. */
    private static final long SINGLE = 0;
    /** Ended series are told for so long; the incident has it all by then. */
    private static final long TOLD_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int MAX_ENDED = 50;
    private static final long LATE_MILLIS = 1_000;

    /**
     * @param task what the series runs; {@code null} when it cannot be told
     * @param due of its next run, or of the one under way, in the scheduler's own time
     */
    private record Known(FutureTask<?> future, long number, Runnable task, long periodNanos, long due, long runs) {

        Series series(Series.State state, long behindMillis, String error, String site) {
            return new Series(number, SeriesMembers.name(task), state,
                    TimeUnit.NANOSECONDS.toMillis(Math.abs(periodNanos)), behindMillis, runs, error, site);
        }

        Known dueAt(long time) {
            return time == due ? this : new Known(future, number, task, periodNanos, time, runs + 1);
        }
    }

    /** @param task kept only where an ended series may be started again */
    private record Ended(Series series, WeakReference<Object> future, Runnable task, long periodNanos, long since) {

        private Ended(Series series, Object future, Runnable task, long periodNanos) {
            this(series, new WeakReference<>(future), task, periodNanos, System.nanoTime());
        }

        private Ended withoutTask() {
            return new Ended(series, future, null, periodNanos, since);
        }

        /** Found by its future when it was in the queue before, and told of by the JDK: the same end twice. */
        private boolean isOf(Object other) {
            return future.refersTo(other);
        }
    }

    private final boolean keepsEnded;
    private final SeriesDeaths deaths;
    private final SeriesMembers members = new SeriesMembers();
    private Map<FutureTask<?>, Known> known = Map.of();
    private final Map<Long, Ended> ended = new HashMap<>();
    private List<Series> late = List.of();
    private long numbers;

    /**
     * @param keepsEnded whether ended series may be started again, so that what they ran must be kept
     * @param deaths those that the JDK has told of
     */
    SeriesWatch(boolean keepsEnded, SeriesDeaths deaths) {
        this.keepsEnded = keepsEnded;
        this.deaths = deaths;
    }

    synchronized void look(ScheduledThreadPoolExecutor executor, boolean hasWorkers) {
        List<SeriesDeaths.Death> told = deaths.take(executor);
        if (!executor.isShutdown()) {
            told.forEach(this::end);
        }
        if (executor.isShutdown() || !hasWorkers || !members.areReadable()) {
            known = Map.of();
            late = List.of();
            if (executor.isShutdown()) {
                ended.clear();
            }
            return;
        }
        Map<FutureTask<?>, Known> now = new IdentityHashMap<>();
        List<Series> behind = new ArrayList<>();
        Series overdue = null;
        int seen = 0;
        for (Runnable queued : executor.getQueue()) {
            if (seen++ == MAX_SERIES) {
                break;
            }
            if (members.isPeriodic(queued)) {
                remember((FutureTask<?>) queued, now, behind, Series.State.WAITING);
            } else if (seen <= MAX_SINGLE && SeriesMembers.isOfScheduler(queued)) {
                overdue = later(overdue, planned((FutureTask<?>) queued, now));
            }
        }
        if (overdue != null) {
            behind.add(overdue);
        }
        for (Known before : known.values()) {
            if (now.containsKey(before.future()) || before.number() == SINGLE) {
                continue;
            }
            if (!before.future().isDone()) {
                remember(before.future(), now, behind, Series.State.RUNNING);
            } else if (!before.future().isCancelled() && !isTold(before.future())) {
                end(before);
            }
        }
        known = now;
        late = behind;
        long oldest = System.nanoTime() - TOLD_NANOS;
        ended.values().removeIf(one -> one.since() - oldest < 0);
    }

    private void remember(FutureTask<?> future, Map<FutureTask<?>, Known> now, List<Series> behind, Series.State state) {
        long due = members.time(future);
        Known before = known.get(future);
        Known series = before != null ? before.dueAt(due)
                : new Known(future, ++numbers, members.taskOf(future), members.period(future), due, 0);
        now.put(future, series);
        long millis = -((Delayed) future).getDelay(TimeUnit.MILLISECONDS);
        if (millis >= LATE_MILLIS) {
            behind.add(series.series(state, millis, "", ""));
        }
    }

    /** Remembers a task that runs once; {@code null} unless it is late and was seen before it was due. */
    private Series planned(FutureTask<?> future, Map<FutureTask<?>, Known> now) {
        long millis = -((Delayed) future).getDelay(TimeUnit.MILLISECONDS);
        Known before = known.get(future);
        if (before == null && millis >= 0) {
            return null;
        }
        Known single = before != null ? before : new Known(future, SINGLE, members.taskOf(future), 0, 0, 0);
        now.put(future, single);
        return millis < LATE_MILLIS ? null : single.series(Series.State.WAITING, millis, "", "");
    }

    private static Series later(Series one, Series other) {
        return one == null || other != null && other.behindMillis() > one.behindMillis() ? other : one;
    }

    /** An exception that says that the work was called off is an end that was meant. */
    private void end(Known series) {
        if (members.outcomeOf(series.future()) instanceof Throwable error && !(error instanceof CancellationException)) {
            add(new Ended(series.series(Series.State.ENDED, 0, error.getClass().getName(), members.site(error)),
                    series.future(), series.task(), series.periodNanos()));
        }
    }

    /** One that was never in the queue when somebody looked has no number yet, and how often it ran is not known. */
    private void end(SeriesDeaths.Death death) {
        Object future = death.future().get();
        if (future != null && isTold(future)) {
            return;
        }
        Known before = future == null ? null : known.get(future);
        long period = TimeUnit.NANOSECONDS.toMillis(Math.abs(death.periodNanos()));
        Series series = before != null ? before.series(Series.State.ENDED, 0, death.error(), death.site())
                : new Series(++numbers, death.name(), Series.State.ENDED, period, 0, 0, death.error(), death.site());
        add(new Ended(series, future, death.task(), death.periodNanos()));
    }

    private void add(Ended series) {
        if (ended.size() < MAX_ENDED) {
            ended.put(series.series().number(), keepsEnded ? series : series.withoutTask());
        }
    }

    private boolean isTold(Object future) {
        return ended.values().stream().anyMatch(one -> one.isOf(future));
    }

    /** Series that ended lately, and those whose next run is overdue. */
    synchronized List<Series> ill() {
        List<Series> ill = new ArrayList<>();
        ended.values().forEach(one -> ill.add(one.series()));
        ill.addAll(late);
        return ill;
    }

    /** Periodic tasks of this class in the queue now. */
    long scheduled(ScheduledThreadPoolExecutor executor, String task) {
        long found = 0;
        for (Runnable queued : executor.getQueue()) {
            if (members.isPeriodic(queued)) {
                Runnable inner = members.taskOf(queued);
                found += inner != null && SeriesMembers.name(inner).equals(task) ? 1 : 0;
            }
        }
        return found;
    }

    /** Has the scheduler run an ended series again, in the rhythm it had, after {@code delayMillis}. */
    void rearm(ScheduledThreadPoolExecutor executor, long number, long delayMillis) {
        Ended series;
        synchronized (this) {
            series = ended.get(number);
        }
        if (series == null || series.task() == null) {
            throw new IllegalStateException("what series " + number + " ran is not known any more");
        }
        long period = Math.abs(series.periodNanos());
        long delay = Math.max(period, TimeUnit.MILLISECONDS.toNanos(delayMillis));
        if (series.periodNanos() > 0) {
            executor.scheduleAtFixedRate(series.task(), delay, period, TimeUnit.NANOSECONDS);
        } else {
            executor.scheduleWithFixedDelay(series.task(), delay, period, TimeUnit.NANOSECONDS);
        }
        synchronized (this) {
            ended.remove(number);
        }
    }
}
