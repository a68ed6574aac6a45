package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolLibraries;
import io.jvmmedic.core.resource.ResourceHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Globs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A {@code ThreadPoolExecutor}, one that is scheduled, or Tomcat's copy. */
final class ThreadPoolHandle extends WorkerHandle<ExecutorService> {

    /** Makes handles named after the family of their threads; none for a kind of executor that is not known. */
    record Factory(String family, JdkMembers jdk, Globs rearmed, SeriesDeaths ended, Supplier<List<Thread>> threads)
            implements HandleFactory {

        @Override
        public ResourceHandle open(Object executor, ResourceRegistry registry) {
            if (executor instanceof ThreadPoolExecutor pool) {
                ThreadPoolApi api = new ThreadPoolApi.OfJdk(pool);
                return handle(pool, registry, found -> new ThreadPoolApi.OfJdk((ThreadPoolExecutor) found),
                        api.isScheduled() ? "ScheduledThreadPoolExecutor" : "ThreadPoolExecutor");
            }
            TomcatPoolMembers tomcat = TomcatPoolMembers.of(executor);
            return tomcat == null ? null
                    : handle((ExecutorService) executor, registry, tomcat::api, "Tomcat ThreadPoolExecutor");
        }

        private ThreadPoolHandle handle(ExecutorService executor, ResourceRegistry registry,
                Function<ExecutorService, ThreadPoolApi> api, String library) {
            ResourceId id = registry.uniqueId(ResourceId.Kind.EXECUTOR, family);
            return new ThreadPoolHandle(executor, id, jdk, api, library,
                    new SeriesWatch(rearmed.matches(id.toString()), ended), threads);
        }
    }

    private final boolean ofPool;
    private final Function<ExecutorService, ThreadPoolApi> api;
    private final String library;
    private final SeriesWatch series;
    private final WorkerDeaths deaths = new WorkerDeaths();
    private final TaskWatch tasks;
    private final RunningFutures futures;
    private final Shedding shedding = new Shedding();
    private State last;

    private ThreadPoolHandle(ExecutorService executor, ResourceId id, JdkMembers jdk,
            Function<ExecutorService, ThreadPoolApi> api, String library, SeriesWatch series,
            Supplier<List<Thread>> threads) {
        super(executor, id, jdk);
        this.api = api;
        this.library = library;
        this.series = series;
        this.tasks = new TaskWatch(jdk);
        this.futures = new RunningFutures(threads);
        this.ofPool = executor instanceof ThreadPoolExecutor pool && Stream.of(pool, pool.getThreadFactory(),
                pool.getQueue(), pool.getRejectedExecutionHandler())
                .anyMatch(part -> PoolLibraries.include(part.getClass().getName()));
    }

    @Override
    public String library() {
        return library;
    }

    @Override
    public boolean ofPool() {
        return ofPool;
    }

    /**
     * Counting takes the pool's main lock, which a thread factory that hangs can hold for ever: when it is not free at
     * once, the last state stands for another round.
     */
    @Override
    public synchronized State state() {
        ExecutorService executor = executor();
        if (executor == null) {
            return null;
        }
        ThreadPoolApi pool = api.apply(executor);
        ReentrantLock lock = pool.mainLock();
        if (lock != null && !lock.tryLock()) {
            return last;
        }
        try {
            last = count(pool);
        } finally {
            if (lock != null) {
                lock.unlock();
            }
        }
        return last;
    }

    private static State count(ThreadPoolApi pool) {
        int active = pool.active();
        int core = pool.core();
        boolean scheduled = pool.isScheduled();
        // A scheduled one never goes beyond core, and tasks whose time has not come are not waiting for a worker.
        int max = scheduled ? core : pool.max();
        int queued = scheduled ? (active >= core ? due(pool.queue()) : 0) : pool.queue().size();
        return new State(active, pool.size(), core, max, queued, pool.completed(), pool.isShutdown());
    }

    private static int due(Collection<?> queue) {
        int due = 0;
        int seen = 0;
        for (Object task : queue) {
            if (seen++ == MAX_QUEUE) {
                break;
            }
            if (task instanceof Delayed delayed && delayed.getDelay(TimeUnit.NANOSECONDS) <= 0) {
                due++;
            }
        }
        return due;
    }

    @Override
    List<Object> queued(ExecutorService executor) {
        List<Object> tasks = new ArrayList<>();
        for (Object task : api.apply(executor).queue()) {
            if (tasks.size() == MAX_QUEUE) {
                break;
            }
            tasks.add(task);
        }
        return tasks;
    }

    @Override
    boolean isBusy(Thread worker) {
        return jdk().isRunningTask(worker);
    }

    @Override
    boolean isTerminated(ExecutorService executor) {
        return executor.isTerminated();
    }

    /**
     * Maximum first, then core: behind an unbounded queue only a higher core starts workers. Never lowers anything; that
     * is {@link #restore()}.
     */
    @Override
    public Lever<Integer> grow() {
        return Lever.of("ThreadPoolExecutor.setCorePoolSize", size -> {
            ThreadPoolApi pool = api.apply(required());
            asWorker(() -> {
                if (size > pool.max()) {
                    pool.setMax(size);
                }
                if (size > pool.core()) {
                    pool.setCore(size);
                }
                while (pool.size() < size && pool.startWorker()) {
                    // Each call starts one worker.
                }
            });
        });
    }

    /** A scheduled one has no use for a maximum, and {@link #state()} tells its core instead: that is not to be set. */
    @Override
    public Lever<Size> restore() {
        return Lever.of("ThreadPoolExecutor.setCorePoolSize", size -> {
            ThreadPoolApi pool = api.apply(required());
            pool.setCore(size.core());
            if (!pool.isScheduled()) {
                pool.setMax(size.max());
            }
        });
    }

    @Override
    void looked() {
        ExecutorService executor = executor();
        if (executor == null) {
            return;
        }
        deaths.look(workers(), executor.isShutdown() ? null : rules(executor), System.nanoTime());
        tasks.look(workers(), isAnyBusy(), System.nanoTime());
        futures.look(isAnyBusy() ? api.apply(executor).queue() : List.of());
        lookAtSeries();
    }

    /** On the sampler's thread. */
    void lookAtSeries() {
        if (executor() instanceof ScheduledThreadPoolExecutor scheduler) {
            series.look(scheduler, !workers().isEmpty());
        }
    }

    /** As of the last count, so that a pool that rests costs no look at its workers. */
    private synchronized boolean isAnyBusy() {
        return last != null && last.active() > 0;
    }

    @Override
    public List<Run> runs() {
        return tasks.all();
    }

    @Override
    public IdleRule idleRule() {
        ExecutorService executor = executor();
        if (executor == null) {
            return null;
        }
        WorkerDeaths.Rules rules = rules(executor);
        return new IdleRule(rules.coreTimesOut(), rules.keepAliveNanos());
    }

    /** In the order in which neither call refuses: core cannot time out without a time. */
    @Override
    public Lever<IdleRule> setIdleRule() {
        return !(executor() instanceof ThreadPoolExecutor) ? super.setIdleRule()
                : Lever.of("ThreadPoolExecutor.allowCoreThreadTimeOut", rule -> {
                    ThreadPoolExecutor pool = (ThreadPoolExecutor) required();
                    if (rule.coreTimesOut()) {
                        pool.setKeepAliveTime(rule.keepAliveNanos(), TimeUnit.NANOSECONDS);
                        pool.allowCoreThreadTimeOut(true);
                    } else {
                        pool.allowCoreThreadTimeOut(false);
                        pool.setKeepAliveTime(rule.keepAliveNanos(), TimeUnit.NANOSECONDS);
                    }
                });
    }

    @Override
    public boolean isRunning(Run run) {
        return run.worker().isAlive() && jdk().isRunningTask(run.worker()) && jdk().tasksDone(run.worker()) == run.task();
    }

    /** Its future interrupts within its own run or not at all; the pool clears the flag before its next task. */
    @Override
    public Lever<Void> cancel(Run run) {
        if (futures.of(run.worker()) == null) {
            return Lever.absent("the task was handed in without a future, or its future was never seen");
        }
        return Lever.of("FutureTask.cancel(true)", nothing -> {
            FutureTask<?> future = futures.of(run.worker());
            if (future == null || !isRunning(run)) {
                throw new IllegalStateException("the task has ended");
            }
            future.cancel(true);
        });
    }

    @Override
    public Lever<Shed> shed() {
        return library.equals("ScheduledThreadPoolExecutor")
                ? Lever.absent("what a scheduler has queued is not due yet")
                : Lever.of("BlockingQueue.poll", wish -> shedding.shed(api.apply(required()).queue(), wish.count(),
                        wish.newest()));
    }

    @Override
    public long tasksShed() {
        return shedding.count();
    }

    /** By fields, which the JDK's class and its copy both have. */
    private WorkerDeaths.Rules rules(ExecutorService executor) {
        ThreadPoolApi pool = api.apply(executor);
        boolean coreTimesOut = !Boolean.FALSE.equals(Members.read(executor, "allowCoreThreadTimeOut"));
        long keepAlive = Members.read(executor, "keepAliveTime") instanceof Long nanos ? nanos : 0;
        return new WorkerDeaths.Rules(pool.core(), pool.isScheduled() ? pool.core() : pool.max(), coreTimesOut, keepAlive);
    }

    @Override
    public Limits limits() {
        ExecutorService executor = executor();
        if (executor == null) {
            return Limits.UNKNOWN;
        }
        int room = api.apply(executor).queue().remainingCapacity();
        Object handler = Members.read(executor, "handler");
        return new Limits(room == Integer.MAX_VALUE ? -1 : room, handler == null ? "" : handler.getClass().getName(),
                deaths.count());
    }

    @Override
    public List<Series> illSeries() {
        return series.ill();
    }

    @Override
    public long scheduled(String task) {
        return executor() instanceof ScheduledThreadPoolExecutor scheduler ? series.scheduled(scheduler, task) : 0;
    }

    @Override
    public Lever<Rearm> rearm() {
        return executor() instanceof ScheduledThreadPoolExecutor
                ? Lever.of("ScheduledThreadPoolExecutor.scheduleAtFixedRate", wish -> {
                    ScheduledThreadPoolExecutor scheduler = (ScheduledThreadPoolExecutor) required();
                    asWorker(() -> series.rearm(scheduler, wish.number(), wish.delayMillis()));
                })
                : super.rearm();
    }
}
