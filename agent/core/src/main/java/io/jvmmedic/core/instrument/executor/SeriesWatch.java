package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.resource.ExecutorHandle.Series;
import io.jvmmedic.core.util.AppFrames;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Watches the periodic tasks of one scheduler. When a run throws, the JDK drops the series without a word; the exception
 * stays in a future that mostly nobody has kept. So the futures in the queue are remembered from one look to the next, and
 * one that is not in the queue any more is asked whether it runs, was cancelled, or has died. A task that runs once counts
 * as planned when it was seen in the queue before its time: cron expressions of frameworks are made of such ones.
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
    /** Wrappers looked through for the name of a task. */
    private static final int MAX_WRAPPERS = 4;
    /** Ended series are told for so long; the incident has it all by then. */
    private static final long TOLD_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int MAX_ENDED = 50;
    private static final long LATE_MILLIS = 1_000;
    private static final String FUTURE = "java.util.concurrent.ScheduledThreadPoolExecutor$ScheduledFutureTask";

    /**
     * @param task what the series runs; {@code null} when it cannot be told
     * @param due of its next run, or of the one under way, in the scheduler's own time
     */
    private record Known(FutureTask<?> future, long number, Runnable task, long periodNanos, long due, long runs) {

        Series series(Series.State state, long behindMillis, String error, String site) {
            return new Series(number, task == null ? "" : name(task), state,
                    TimeUnit.NANOSECONDS.toMillis(Math.abs(periodNanos)), behindMillis, runs, error, site);
        }

        Known dueAt(long time) {
            return time == due ? this : new Known(future, number, task, periodNanos, time, runs + 1);
        }
    }

    /** @param task kept only where an ended series may be started again */
    private record Ended(Series series, Runnable task, long periodNanos, long since) {
    }

    private final boolean keepsEnded;
    private final Optional<Field> period = type().flatMap(type -> Members.field(type, "period"));
    private final Optional<Field> time = type().flatMap(type -> Members.field(type, "time"));
    private final Optional<Field> callable = Members.field(FutureTask.class, "callable");
    private final Optional<Field> outcome = Members.field(FutureTask.class, "outcome");
    private final Optional<Method> stack = Members.method(Throwable.class, "getOurStackTrace");
    private Map<FutureTask<?>, Known> known = Map.of();
    private final Map<Long, Ended> ended = new HashMap<>();
    private List<Series> late = List.of();
    private long numbers;

    /** @param keepsEnded whether ended series may be started again, so that what they ran must be kept */
    SeriesWatch(boolean keepsEnded) {
        this.keepsEnded = keepsEnded;
    }

    private static Optional<Class<?>> type() {
        try {
            return Optional.of(Class.forName(FUTURE, false, null));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    synchronized void look(ScheduledThreadPoolExecutor executor, boolean hasWorkers) {
        if (executor.isShutdown() || !hasWorkers || period.isEmpty() || time.isEmpty()) {
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
            if (isPeriodic(queued)) {
                remember((FutureTask<?>) queued, now, behind, Series.State.WAITING);
            } else if (seen <= MAX_SINGLE && isOfScheduler(queued)) {
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
            } else if (!before.future().isCancelled()) {
                end(before);
            }
        }
        known = now;
        late = behind;
        long oldest = System.nanoTime() - TOLD_NANOS;
        ended.values().removeIf(one -> one.since() - oldest < 0);
    }

    private void remember(FutureTask<?> future, Map<FutureTask<?>, Known> now, List<Series> behind, Series.State state) {
        long due = (long) Members.read(future, time.orElseThrow());
        Known before = known.get(future);
        Known series = before != null ? before.dueAt(due)
                : new Known(future, ++numbers, taskOf(future), (long) Members.read(future, period.orElseThrow()), due, 0);
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
        Known single = before != null ? before : new Known(future, SINGLE, taskOf(future), 0, 0, 0);
        now.put(future, single);
        return millis < LATE_MILLIS ? null : single.series(Series.State.WAITING, millis, "", "");
    }

    private static Series later(Series one, Series other) {
        return one == null || other != null && other.behindMillis() > one.behindMillis() ? other : one;
    }

    private Runnable taskOf(FutureTask<?> future) {
        Object adapter = callable.map(field -> Members.read(future, field)).orElse(null);
        return adapter != null && Members.read(adapter, "task") instanceof Runnable task ? task : null;
    }

    /** An exception that says that the work was called off is an end that was meant. */
    private void end(Known series) {
        Object thrown = outcome.map(field -> Members.read(series.future(), field)).orElse(null);
        if (!(thrown instanceof Throwable error) || thrown instanceof CancellationException || ended.size() >= MAX_ENDED) {
            return;
        }
        ended.put(series.number(), new Ended(
                series.series(Series.State.ENDED, 0, error.getClass().getName(), AppFrames.top(stackOf(error))),
                keepsEnded ? series.task() : null, series.periodNanos(), System.nanoTime()));
    }

    private StackTraceElement[] stackOf(Throwable error) {
        try {
            return stack.isPresent() ? (StackTraceElement[]) Members.call(error, stack.get()) : new StackTraceElement[0];
        } catch (Throwable e) {
            return new StackTraceElement[0];
        }
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
            if (isPeriodic(queued)) {
                Runnable inner = taskOf((FutureTask<?>) queued);
                found += inner != null && name(inner).equals(task) ? 1 : 0;
            }
        }
        return found;
    }

    private boolean isPeriodic(Object queued) {
        return isOfScheduler(queued)
                && period.map(field -> (long) Members.read(queued, field)).orElse(0L) != 0;
    }

    private static boolean isOfScheduler(Object queued) {
        return queued.getClass().getName().equals(FUTURE);
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

    /**
     * {@code com.acme.Jobs#nightly} for what calls a method by reflection, {@code com.acme.Jobs$$Lambda} for a lambda, since
     * what follows differs from run to run; wrappers of frameworks say nothing and are looked through.
     */
    private static String name(Object task) {
        Wrappers wrappers = new Wrappers();
        Object innermost = task;
        for (int depth = 0; depth < MAX_WRAPPERS; depth++) {
            Object inner = wrappers.inner(innermost);
            if (inner == null) {
                break;
            }
            innermost = inner;
        }
        if (Members.read(innermost, "method") instanceof Method method) {
            return method.getDeclaringClass().getName() + '#' + method.getName();
        }
        String name = innermost.getClass().getName();
        int lambda = name.indexOf("$$Lambda");
        return lambda < 0 ? name : name.substring(0, lambda) + "$$Lambda";
    }
}
