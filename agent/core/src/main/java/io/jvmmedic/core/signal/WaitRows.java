package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.HttpPoolHandle;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.ThreadWait;
import io.jvmmedic.core.resource.WaitView;
import io.jvmmedic.core.util.AppFrames;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.Jdk;
import io.jvmmedic.core.util.Stacks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rows of threads that wait for each other across executors, pools and locks. Nothing is looked at while no executor, no
 * pool and no HTTP client is full with somebody waiting for it, and nothing is told while any worker or holder of all of those goes on.
 */
final class WaitRows {

    /** Stacks taken in one round. */
    private static final int MAX_STACKS = 100;
    private static final int MAX_ROWS = 1_000;

    /**
     * A wait that was seen before.
     *
     * @param site code that waits; {@code null} until it lasted for a second look
     */
    private record Known(String waitsFor, long since, String site) {
        private static final Known NEVER = new Known("", 0, null);
    }

    private final ResourceRegistry registry;
    private final WaitView view;
    private final Clock clock;
    /** By thread id. */
    private Map<Long, Known> known = Map.of();

    WaitRows(ResourceRegistry registry, WaitView view, Clock clock) {
        this.registry = registry;
        this.view = view;
        this.clock = clock;
    }

    /** @param full executors all of whose workers are busy while tasks wait */
    List<Signal> of(List<ExecutorHandle> full, long tick, long now) {
        List<ResourceHandle> jammed = jammed(full);
        List<ThreadWait> waits = jammed.isEmpty() ? List.of() : view.of(jammed);
        if (waits.isEmpty() || !anyStandsStill(jammed, waits)) {
            known = Map.of();
            return List.of();
        }
        Map<Long, Known> before = known;
        known = new HashMap<>();
        List<Thread> lasting = new ArrayList<>();
        for (ThreadWait wait : waits) {
            long id = Jdk.threadId(wait.thread());
            Known seen = before.getOrDefault(id, Known.NEVER);
            if (!seen.waitsFor().equals(wait.waitsFor())) {
                seen = new Known(wait.waitsFor(), clock.monotonicMillis(), null);
            } else if (seen.site() == null && lasting.size() < MAX_STACKS) {
                lasting.add(wait.thread());
            }
            known.put(id, seen);
        }
        Stacks.of(lasting).forEach((thread, stack) -> known.computeIfPresent(Jdk.threadId(thread),
                (id, seen) -> new Known(seen.waitsFor(), seen.since(), AppFrames.top(stack))));
        return waits.stream().limit(MAX_ROWS)
                .map(wait -> row(wait, known.get(Jdk.threadId(wait.thread())), tick, now)).toList();
    }

    private List<ResourceHandle> jammed(List<ExecutorHandle> full) {
        List<ResourceHandle> jammed = new ArrayList<>();
        for (ExecutorHandle executor : full) {
            // What virtual threads wait for is their own affair, not that of the carriers.
            if (!executor.library().equals(ExecutorHandle.CARRIERS)) {
                jammed.add(executor);
            }
        }
        for (PoolHandle pool : registry.pools()) {
            PoolHandle.State state = pool.state();
            if (state != null && state.waiting() > 0 && state.max() > 0 && state.active() >= state.max()) {
                jammed.add(pool);
            }
        }
        for (HttpPoolHandle pool : registry.httpPools()) {
            HttpPoolHandle.State state = pool.state();
            if (state != null && state.isJammed()) {
                jammed.add(pool);
            }
        }
        return jammed;
    }

    private boolean anyStandsStill(List<ResourceHandle> jammed, List<ThreadWait> waits) {
        Set<Long> waiting = new HashSet<>();
        waits.forEach(wait -> waiting.add(Jdk.threadId(wait.thread())));
        return jammed.stream().anyMatch(resource -> standsStill(resource, waiting));
    }

    private boolean standsStill(ResourceHandle resource, Set<Long> waiting) {
        if (resource instanceof ExecutorHandle executor) {
            return executor.workers().stream().allMatch(worker -> waiting.contains(Jdk.threadId(worker)));
        }
        List<Lease.View> leases = registry.leases().of(resource);
        long still = leases.stream().filter(lease -> waiting.contains(lease.threadId())).count();
        // A client has other routes that may well go on.
        HttpPoolHandle.State state = resource instanceof HttpPoolHandle pool ? pool.state() : null;
        return still >= (state == null ? leases.size() : state.taken());
    }

    private Signal row(ThreadWait wait, Known seen, long tick, long now) {
        return Signal.of(Signal.THREAD_WAIT, now)
                .with("tick", tick).with("resource", wait.worksFor() == null ? "" : wait.worksFor().id().toString())
                .with("thread", name(wait.thread())).with("threadId", Jdk.threadId(wait.thread()))
                .with("kind", wait.kind().name()).with("waitsFor", wait.waitsFor())
                .with("slotOf", wait.slotOf() == null ? "" : wait.slotOf().id().toString())
                .with("queuePosition", wait.queuePosition())
                .with("holder", wait.holders().isEmpty() ? "" : name(wait.holders().get(0)))
                .with("holderIds", wait.holders().stream().map(holder -> Long.toString(Jdk.threadId(holder)))
                        .collect(Collectors.joining(",")))
                .with("holderEnded", false).with("proven", wait.proven()).with("timed", wait.timed())
                .with("waitedFor", clock.monotonicMillis() - seen.since())
                .with("site", seen.site() == null ? "" : seen.site()).build();
    }

    private static String name(Thread thread) {
        return thread.getName().isEmpty() ? "virtual thread " + -Jdk.threadId(thread) : thread.getName();
    }
}
