package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.bootstrap.AdviceFailures;
import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.ThreadDiscovery;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.util.Jdk;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadPoolExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the list of platform threads, once per sampling round and without any stack: who is alive, and which executor
 * does each work for. Executors need no bytecode that way, and those from before a hot attach are seen too. A thread is
 * examined once; afterwards it costs one map lookup per round.
 *
 * <p>{@link #run} belongs to one thread, the sampler's; the view may be asked from any.
 */
public final class ThreadCensus implements ThreadView, Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(ThreadCensus.class);
    /** Threads may start while the list is being taken. */
    private static final int HEADROOM = 64;
    /** Carriers of virtual threads: their pool is the JVM's own business, and growing it repairs nothing. */
    private static final String CARRIER = "jdk.internal.misc.CarrierThread";

    /** What is known of a live thread: the handle of its executor, or {@code null}. */
    private record Seen(WeakReference<Thread> thread, WorkerHandle<?> executor) {
    }

    private final ResourceRegistry registry;
    private final List<ThreadDiscovery> discoveries;
    private final JdkMembers jdk;
    private volatile Map<Long, Seen> threads = Map.of();

    /**
     * @param opener opens {@code java.lang} and {@code java.util.concurrent} to us; without it executors stay unknown
     * @param discoveries who else wants to see threads and executors
     */
    public ThreadCensus(ResourceRegistry registry, ModuleOpener opener, List<ThreadDiscovery> discoveries) {
        this.registry = registry;
        this.discoveries = List.copyOf(discoveries);
        opener.open(Object.class.getModule(), "java.lang");
        opener.open(Object.class.getModule(), "java.util.concurrent");
        this.jdk = new JdkMembers();
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
        return threads.values().stream().map(seen -> seen.thread().get()).filter(Objects::nonNull).toList();
    }

    @Override
    public int count() {
        return threads.size();
    }

    /** Takes the census. */
    @Override
    public void run() {
        Map<Long, Seen> before = threads;
        Map<Long, Seen> now = new HashMap<>(before.size() * 2 + HEADROOM);
        Map<WorkerHandle<?>, List<Thread>> workers = new IdentityHashMap<>();
        for (Thread thread : liveThreads()) {
            long id = Jdk.threadId(thread);
            Seen seen = before.get(id);
            if (seen == null) {
                seen = new Seen(new WeakReference<>(thread), guardedMeet(thread));
            }
            now.put(id, seen);
            if (seen.executor() != null) {
                workers.computeIfAbsent(seen.executor(), key -> new ArrayList<>()).add(thread);
            }
        }
        threads = now;
        registry.executors().forEach(handle -> {
            if (handle instanceof WorkerHandle<?> own) {
                own.census(workers.getOrDefault(own, List.of()));
            }
        });
        workers.keySet().forEach(this::show);
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

    private WorkerHandle<?> meet(Thread thread) {
        if (thread instanceof MedicThread || thread.getClass().getName().equals(CARRIER)) {
            return null;
        }
        discoveries.forEach(discovery -> discovery.thread(thread));
        Object executor = jdk.executorOf(thread);
        if (executor instanceof ThreadPoolExecutor pool) {
            return register(pool, new ThreadPoolHandle.Factory(ThreadFamily.of(thread.getName()), jdk));
        }
        if (executor instanceof ForkJoinPool pool) {
            return register(pool, new ForkJoinHandle.Factory(ThreadFamily.of(thread.getName()), jdk));
        }
        return null;
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

    private static List<Thread> liveThreads() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        Thread[] found = new Thread[root.activeCount() + HEADROOM];
        int count = root.enumerate(found, true);
        while (count == found.length) {
            found = new Thread[found.length * 2];
            count = root.enumerate(found, true);
        }
        return Arrays.asList(found).subList(0, count);
    }
}
