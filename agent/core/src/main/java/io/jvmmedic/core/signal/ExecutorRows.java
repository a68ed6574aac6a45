package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.util.AppFrames;
import io.jvmmedic.core.util.Jdk;
import io.jvmmedic.core.util.Stacks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/** Rows of one executor: its state, and, only while all its workers are busy and tasks wait, what the workers wait for. */
final class ExecutorRows {

    private static final int MAX_ROWS = 1_000;
    private static final int MAX_SERIES = 100;
    /** Stacks taken of one executor in one round. */
    private static final int MAX_STACKS = 200;

    /** Code that waits for something. */
    private record Site(String waitsFor, String site) {
        private static final Site UNKNOWN = new Site("", "");
    }

    private final JvmProbe jvm;
    private final BusySites busySites = new BusySites();
    private final LongTasks longTasks;
    private final Map<ExecutorHandle, Long> cpuBefore = new WeakHashMap<>();
    private final List<ExecutorHandle> full = new ArrayList<>();
    private long round = -1;
    /** Where workers wait, by thread id. */
    private final Map<ExecutorHandle, Map<Long, Site>> sites = new WeakHashMap<>();

    ExecutorRows(JvmProbe jvm) {
        this.jvm = jvm;
        this.longTasks = new LongTasks(jvm);
    }

    /** @param ofPool whether it works for nobody but a connection pool */
    List<Signal> of(ExecutorHandle executor, boolean ofPool, long tick, long now) {
        ExecutorHandle.State state = executor.state();
        if (state == null) {
            return List.of();
        }
        if (tick != round) {
            round = tick;
            full.clear();
        }
        boolean saturated = state.queued() > 0 && state.size() > 0 && state.active() >= state.size();
        if (saturated) {
            full.add(executor);
        }
        List<ExecutorHandle.Blocked> blocked = saturated ? executor.blockedWorkers() : List.of();
        ExecutorHandle.Limits limits = executor.limits();
        List<Signal> rows = new ArrayList<>();
        rows.add(Signal.of(Signal.EXECUTOR, now)
                .with("tick", tick).with("resource", executor.id()).with("library", executor.library())
                .with("active", state.active()).with("size", state.size()).with("core", state.core())
                .with("max", state.max()).with("queued", state.queued()).with("completed", state.completed())
                .with("cpuTime", saturated ? cpuMillis(executor) : forget(executor))
                .with("selfBlocked", blocked.stream().filter(one -> one.queuePosition() >= 0).count())
                .with("room", limits.room()).with("refusal", limits.refusal()).with("died", limits.died())
                .with("shutdown", state.shutdown()).with("ofPool", ofPool).build());
        // All stacks that anybody wants of this executor at once, for it may take a pause of the JVM.
        List<Thread> fresh = freshlyBlocked(executor, blocked);
        List<ExecutorHandle.Run> runs = ofPool ? List.of() : executor.runs();
        long nanos = System.nanoTime();
        Set<ExecutorHandle.Run> longRuns = longTasks.due(runs, tick, nanos);
        List<Thread> busy = saturated && !ofPool ? busySites.due(executor.workers()) : List.of();
        Set<Thread> wanted = new HashSet<>(fresh);
        longRuns.forEach(run -> wanted.add(run.worker()));
        wanted.addAll(busy);
        Map<Thread, StackTraceElement[]> stacks = Stacks.of(wanted);
        Map<Long, Site> where = sites(executor, blocked, fresh, stacks);
        blocked.stream().limit(MAX_ROWS).forEach(one -> rows.add(row(executor, one, where, tick, now)));
        if (ofPool) {
            return rows;
        }
        if (saturated) {
            rows.addAll(busySites.of(executor, busy, stacks, tick, now));
        }
        rows.addAll(longTasks.of(executor, runs, longRuns, stacks, now, nanos));
        executor.illSeries().stream().limit(MAX_SERIES).forEach(one -> rows.add(row(executor, one, tick, now)));
        return rows;
    }

    /** A worker that goes on waiting for the same still does so at the same place: its stack is taken once. */
    private List<Thread> freshlyBlocked(ExecutorHandle executor, List<ExecutorHandle.Blocked> blocked) {
        Map<Long, Site> before = sites.getOrDefault(executor, Map.of());
        return blocked.stream().filter(one -> !isKnown(before, one)).map(ExecutorHandle.Blocked::worker).limit(MAX_STACKS).toList();
    }

    private static boolean isKnown(Map<Long, Site> before, ExecutorHandle.Blocked blocked) {
        Site known = before.get(Jdk.threadId(blocked.worker()));
        return known != null && known.waitsFor().equals(blocked.waitsFor());
    }

    private Map<Long, Site> sites(ExecutorHandle executor, List<ExecutorHandle.Blocked> blocked, List<Thread> fresh,
            Map<Thread, StackTraceElement[]> stacks) {
        Map<Long, Site> before = sites.getOrDefault(executor, Map.of());
        Map<Long, Site> where = new HashMap<>();
        for (ExecutorHandle.Blocked one : blocked) {
            long id = Jdk.threadId(one.worker());
            if (isKnown(before, one)) {
                where.put(id, before.get(id));
            } else if (fresh.contains(one.worker())) {
                where.put(id, new Site(one.waitsFor(), AppFrames.top(stacks.get(one.worker()))));
            }
        }
        sites.put(executor, where);
        return where;
    }

    /** Those of that round all of whose workers are busy while tasks wait. */
    List<ExecutorHandle> full(long tick) {
        return tick == round ? List.copyOf(full) : List.of();
    }

    private static Signal row(ExecutorHandle executor, ExecutorHandle.Blocked blocked, Map<Long, Site> where, long tick,
            long now) {
        Thread worker = blocked.worker();
        return Signal.of(Signal.BLOCKED_TASK, now)
                .with("tick", tick).with("resource", executor.id())
                .with("thread", worker.getName()).with("threadId", Jdk.threadId(worker))
                .with("waitsFor", blocked.waitsFor()).with("ownQueue", blocked.queuePosition() >= 0)
                .with("queuePosition", blocked.queuePosition()).with("state", worker.getState().name())
                .with("site", where.getOrDefault(Jdk.threadId(worker), Site.UNKNOWN).site()).build();
    }

    private static Signal row(ExecutorHandle executor, ExecutorHandle.Series series, long tick, long now) {
        return Signal.of(Signal.SCHEDULED_SERIES, now)
                .with("tick", tick).with("resource", executor.id()).with("series", series.number())
                .with("task", series.task()).with("state", series.state().name())
                .with("period", series.periodMillis()).with("behind", series.behindMillis())
                .with("runs", series.runs()).with("error", series.error()).with("site", series.site()).build();
    }

    /** CPU time its workers used since the last look; -1 at the first look. */
    private long cpuMillis(ExecutorHandle executor) {
        long sum = 0;
        for (Thread worker : executor.workers()) {
            long nanos = jvm.cpuNanos(worker);
            if (nanos < 0) {
                return -1;
            }
            sum += nanos;
        }
        Long before = cpuBefore.put(executor, sum);
        return before == null ? -1 : Math.max(0, sum - before) / 1_000_000;
    }

    private long forget(ExecutorHandle executor) {
        cpuBefore.remove(executor);
        return -1;
    }
}
