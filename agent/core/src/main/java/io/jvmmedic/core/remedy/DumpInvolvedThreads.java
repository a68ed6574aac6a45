package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.ResourceHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.resource.Waiter;
import io.jvmmedic.core.util.Jdk;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Keeps the stacks of the threads that the findings name, of those that hold the resource and of those that wait for it. */
public final class DumpInvolvedThreads implements Remedy {

    public static final String NAME = "dump-involved-threads";
    static final String FILE = "threads.txt";
    /** About 10 to 150 µs each; the named ones come first. */
    static final int MAX_THREADS = 200;

    private final ResourceRegistry registry;
    private final ThreadView threads;
    private final EvidenceSink sink;

    public DumpInvolvedThreads(ResourceRegistry registry, ThreadView threads, EvidenceSink sink) {
        this.registry = registry;
        this.threads = threads;
        this.sink = sink;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Risk risk() {
        return Risk.NONE;
    }

    @Override
    public Preparation prepare(Diagnosis diagnosis) {
        Set<Long> ids = involved(diagnosis);
        List<Thread> visible = visible(ids);
        if (visible.isEmpty()) {
            return new Preparation.Impossible(diagnosis.resource() + ": none of the "
                    + Phrases.count(ids.size(), "thread") + " involved is a live platform thread");
        }
        return Dump.ready(this, diagnosis, "the stacks of " + Phrases.count(visible.size(), "thread"),
                () -> sink.text(diagnosis, FILE, text(diagnosis, ids, visible)));
    }

    private static String text(Diagnosis diagnosis, Set<Long> ids, List<Thread> visible) {
        ThreadText text = new ThreadText(diagnosis);
        if (ids.size() > visible.size()) {
            text.note(visible.size() + " of " + ids.size()
                    + " threads involved are listed; the others are dead, virtual, or beyond the first " + MAX_THREADS);
        }
        return text.threads(visible).toString();
    }

    /** In order of interest. */
    private Set<Long> involved(Diagnosis diagnosis) {
        Set<Long> ids = new LinkedHashSet<>(diagnosis.primary().evidence().threads());
        for (Finding other : diagnosis.others()) {
            ids.addAll(other.evidence().threads());
        }
        ResourceHandle handle = registry.byId(diagnosis.resource()).orElse(null);
        if (handle != null) {
            registry.leases().of(handle).stream().map(Lease.View::threadId).forEach(ids::add);
            registry.leases().waiters().stream().filter(waiter -> waiter.resource() == handle)
                    .map(Waiter::threadId).forEach(ids::add);
        }
        if (handle instanceof ExecutorHandle executor) {
            executor.workers().stream().map(Jdk::threadId).forEach(ids::add);
        }
        return ids;
    }

    private List<Thread> visible(Set<Long> ids) {
        List<Thread> visible = new ArrayList<>();
        for (long id : ids) {
            Thread thread = id < 0 ? null : threads.byId(id);
            if (thread != null && visible.size() < MAX_THREADS) {
                visible.add(thread);
            }
        }
        return visible;
    }
}
