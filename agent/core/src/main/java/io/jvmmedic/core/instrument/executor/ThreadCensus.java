package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.bootstrap.AdviceFailures;
import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.ThreadContainers;
import io.jvmmedic.core.instrument.ThreadDiscovery;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.util.Globs;
import io.jvmmedic.core.util.Jdk;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadPoolExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the list of platform threads, once per sampling round and without any stack: who is alive, and which executor
 * does each work for. Executors need no bytecode that way, and those from before a hot attach are seen too. A thread is
 * examined once; while no thread begins or ends a round does not even ask for the list. Executors of virtual threads come
 * from the JDK's containers.
 *
 * <p>{@link #run} belongs to one thread, the sampler's; the view may be asked from any.
 */
public final class ThreadCensus implements ThreadView, Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(ThreadCensus.class);
    private static final int MAP_HEADROOM = 64;
    private static final int MAX_COMPLAINTS = 3;
    private static final String CARRIER = "jdk.internal.misc.CarrierThread";

    /**
     * What is known of a live thread.
     *
     * @param executor the handle of its executor, or {@code null}
     */
    private record Seen(WeakReference<Thread> thread, WorkerHandle<?> executor, String family) {
    }

    private final ResourceRegistry registry;
    private final List<ThreadDiscovery> discoveries;
    private final JdkMembers jdk;
    private final ModuleOpener opener;
    private final ThreadContainers containers;
    private final PerTaskExecutors perTask;
    private final Globs rearmed;
    private final SeriesDeaths ended;
    private final ThreadFamilies named = new ThreadFamilies();
    private volatile Map<Long, Seen> threads = Map.of();
    /** Of the last count; held strongly until somebody begins or ends, as the workers of each executor are. */
    private volatile List<Thread> alive = List.of();
    private volatile List<Family> families = List.of();
    private final ThreadList list = ThreadList.ofThisJvm();
    private Map<WorkerHandle<?>, List<Thread>> workers = Map.of();
    private int failures;

    /**
     * @param opener opens {@code java.lang} and {@code java.util.concurrent} to us; without it executors stay unknown
     * @param discoveries who else wants to see threads and executors
     */
    public ThreadCensus(ResourceRegistry registry, ModuleOpener opener, List<ThreadDiscovery> discoveries) {
        this(registry, opener, discoveries, Globs.of(List.of()), SeriesDeaths.NONE);
    }

    /**
     * @param rearmed executors whose ended series may be started again
     * @param ended series that the JDK has told of
     */
    public ThreadCensus(ResourceRegistry registry, ModuleOpener opener, List<ThreadDiscovery> discoveries, Globs rearmed,
            SeriesDeaths ended) {
        this.registry = registry;
        this.rearmed = rearmed;
        this.ended = ended;
        this.discoveries = List.copyOf(discoveries);
        opener.open(Object.class.getModule(), "java.lang");
        opener.open(Object.class.getModule(), "java.util.concurrent");
        opener.open(Object.class.getModule(), "java.util.concurrent.locks");
        this.jdk = new JdkMembers();
        this.opener = opener;
        this.containers = new ThreadContainers(opener);
        this.perTask = new PerTaskExecutors(containers, registry);
    }

    @Override
    public Thread byId(long id) {
        Seen seen = threads.get(id);
        return seen == null ? null : seen.thread().get();
    }

    @Override
    public long tasksDone(Thread thread) {
        try {
            return jdk.tasksDone(thread);
        } catch (RuntimeException | LinkageError e) {
            // A wrapper of the host that cannot be looked through.
            return -1;
        }
    }

    @Override
    public List<Thread> all() {
        return alive;
    }

    @Override
    public int count() {
        return threads.size();
    }

    @Override
    public List<Family> families() {
        return families;
    }

    /** Takes the census. */
    @Override
    public void run() {
        List<Thread> live = list.now();
        if (live != alive) {
            count(live);
        }
        perTask.look();
        registry.executors().forEach(handle -> {
            if (handle instanceof WorkerHandle<?> own) {
                guardedCensus(own, workers.getOrDefault(own, List.of()));
            }
        });
        workers.keySet().forEach(this::show);
    }

    private void count(List<Thread> live) {
        Map<Long, Seen> before = threads;
        Map<Long, Seen> now = new HashMap<>(before.size() * 2 + MAP_HEADROOM);
        Map<WorkerHandle<?>, List<Thread>> working = new IdentityHashMap<>();
        for (Thread thread : live) {
            long id = Jdk.threadId(thread);
            Seen seen = before.get(id);
            if (seen == null) {
                seen = new Seen(new WeakReference<>(thread), guardedMeet(thread), named.begin(thread));
            }
            now.put(id, seen);
            named.count(seen.family(), id, thread, seen.executor());
            if (seen.executor() != null) {
                working.computeIfAbsent(seen.executor(), key -> new ArrayList<>()).add(thread);
            }
        }
        working.replaceAll((executor, its) -> List.copyOf(its));
        threads = now;
        alive = live;
        families = named.close();
        workers = working;
    }

    /** A thread that cannot be examined is one nobody works for: it must not spoil the census of all others. */
    private WorkerHandle<?> guardedMeet(Thread thread) {
        try {
            return meet(thread);
        } catch (RuntimeException | LinkageError e) {
            AdviceFailures.count(e);
            LOG.warn("{}: cannot tell what it works for", thread.getName(), e);
            return null;
        }
    }

    /** A short look at schedulers: a series may begin and end by an exception within one round. */
    public void betweenRounds() {
        for (ExecutorHandle handle : registry.executors()) {
            if (handle instanceof ThreadPoolHandle pool) {
                pool.lookAtSeries();
            }
        }
    }

    private void guardedCensus(WorkerHandle<?> handle, List<Thread> workers) {
        try {
            handle.census(workers);
        } catch (RuntimeException | LinkageError e) {
            AdviceFailures.count(e);
            if (failures++ < MAX_COMPLAINTS) {
                LOG.warn("{}: cannot be looked at in this round", handle.id(), e);
            }
        }
    }

    private WorkerHandle<?> meet(Thread thread) {
        if (thread instanceof MedicThread) {
            return null;
        }
        if (thread.getClass().getName().equals(CARRIER)) {
            return register(jdk.executorOf(thread), new CarrierHandle.Factory(jdk, () -> containers.all(alive)));
        }
        discoveries.forEach(discovery -> discovery.thread(thread));
        Object executor = jdk.executorOf(thread);
        return executor == null ? null : register(executor, factory(executor, ThreadFamily.of(thread.getName())));
    }

    private HandleFactory factory(Object executor, String family) {
        // A server may run as named modules.
        for (Class<?> type = executor.getClass(); type != null; type = type.getSuperclass()) {
            if (type.getClassLoader() != null) {
                opener.open(type.getModule(), type.getPackageName());
            }
        }
        if (executor instanceof ForkJoinPool) {
            return new ForkJoinHandle.Factory(family, jdk);
        }
        return executor instanceof ExecutorService ? new ThreadPoolHandle.Factory(family, jdk, rearmed, ended, this::all)
                : new JettyPoolHandle.Factory(family, jdk);
    }

    private WorkerHandle<?> register(Object executor, HandleFactory factory) {
        return registry.register(executor, factory)
                .filter(handle -> handle instanceof WorkerHandle<?>)
                .map(handle -> (WorkerHandle<?>) handle).orElse(null);
    }

    private void show(WorkerHandle<?> handle) {
        if (handle.isDueForDiscovery() && handle.executor() instanceof ThreadPoolExecutor executor) {
            for (ThreadDiscovery discovery : discoveries) {
                try {
                    discovery.executor(executor);
                } catch (RuntimeException | LinkageError e) {
                    AdviceFailures.count(e);
                    LOG.warn("{}: its queue could not be searched for pools", handle.id(), e);
                }
            }
        }
    }
}
