package io.jvmmedic.core.control;

import io.jvmmedic.core.resource.Borrower;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.HttpPoolHandle;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.resource.UnpooledConnections;
import io.jvmmedic.core.resource.UnpooledDatabase;
import io.jvmmedic.core.resource.Waiter;
import io.jvmmedic.core.signal.SlotTime;
import io.jvmmedic.core.util.Activity;
import io.jvmmedic.core.util.AppFrames;
import io.jvmmedic.core.util.Jdk;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the registry knows at this moment, as {@link AgentView} shows it. Thread-safe. */
public final class LiveResources {

    private final ResourceRegistry registry;
    private final ThreadView threads;
    private final Function<PoolHandle, List<SlotTime>> slotTimes;

    /** @param slotTimes of a pool since borrowers began to wait, longest first */
    public LiveResources(ResourceRegistry registry, ThreadView threads, Function<PoolHandle, List<SlotTime>> slotTimes) {
        this.registry = registry;
        this.threads = threads;
        this.slotTimes = slotTimes;
    }

    /** Number of resources by kind, {@code pool}, {@code executor}, {@code http}, {@code unpooled}. */
    public Map<String, Integer> counts() {
        return all().stream().collect(
                Collectors.toMap(handle -> handle.id().kind().prefix(), handle -> 1, Integer::sum));
    }

    public List<PoolView> pools() {
        return all().stream().map(this::view).filter(view -> view != null)
                .sorted(Comparator.comparing(PoolView::resource)).toList();
    }

    /** @param wanted {@code pool:orders}, or its name alone while only one resource has it */
    public HoldersView holders(String wanted) throws Refusal {
        ResourceHandle handle = find(wanted);
        PoolView view = view(handle);
        if (view == null) {
            throw Refusal.refused(handle.id() + " is gone: its application closed it or let go of it.");
        }
        if (handle instanceof ExecutorHandle executor) {
            return new HoldersView(view, workers(executor), List.of());
        }
        if (handle instanceof UnpooledDatabase database) {
            return new HoldersView(view, unpooled(database), List.of());
        }
        Map<Long, Waiter> waiters = new HashMap<>();
        registry.leases().waiters().forEach(waiter -> waiters.put(waiter.threadId(), waiter));
        List<Lease.View> leases = registry.leases().of(handle);
        Map<Long, Integer> holds = new HashMap<>();
        leases.forEach(lease -> holds.merge(lease.threadId(), 1, Integer::sum));
        return new HoldersView(view, HoldersView.Belief.NONE, handle instanceof PoolHandle one ? sites(one) : List.of(),
                leases.stream().sorted(Comparator.comparingLong(Lease.View::heldMillis).reversed())
                        .map(lease -> holder(lease, waiters.get(lease.threadId()))).toList(),
                waiters.values().stream().filter(waiter -> waiter.resource() == handle)
                        .sorted(Comparator.comparingLong(Waiter::waitedMillis).reversed())
                        .map(waiter -> waiting(waiter, holds)).toList());
    }

    private List<HoldersView.Site> sites(PoolHandle pool) {
        return slotTimes.apply(pool).stream().map(time -> new HoldersView.Site(time.site(), time.slots(),
                time.jdbcMillis(), time.otherMillis(), time.unseenMillis())).toList();
    }

    private List<ResourceHandle> all() {
        List<ResourceHandle> all = new ArrayList<>(registry.pools());
        all.addAll(registry.httpPools());
        all.addAll(registry.executors());
        all.addAll(registry.unpooled().databases());
        return all;
    }

    private ResourceHandle find(String wanted) throws Refusal {
        List<ResourceHandle> exact = all().stream().filter(one -> one.id().toString().equals(wanted)).toList();
        List<ResourceHandle> found = !exact.isEmpty() ? exact
                : all().stream().filter(one -> one.id().name().equals(wanted)).toList();
        if (found.size() == 1) {
            return found.get(0);
        }
        throw Refusal.usage(found.isEmpty()
                ? "There is no resource '" + wanted + "' in this JVM; " + names("it has ", all()) + "."
                : "More than one resource is called '" + wanted + "', " + names("name one of ", found) + ".");
    }

    private static String names(String before, List<ResourceHandle> handles) {
        return handles.isEmpty() ? "nothing is watched yet" : before
                + handles.stream().map(one -> one.id().toString()).sorted().collect(Collectors.joining(", "));
    }

    /** {@code null} when the host object is gone. */
    private PoolView view(ResourceHandle handle) {
        String id = handle.id().toString();
        if (handle instanceof PoolHandle pool) {
            PoolHandle.State state = pool.state();
            return state == null ? null : new PoolView(id, pool.library(), state.active(), state.idle(), state.max(),
                    state.waiting(), oldestWait(pool, state.waiting()), registry.leases().borrows(pool),
                    registry.leases().timeouts(pool));
        }
        if (handle instanceof HttpPoolHandle client) {
            HttpPoolHandle.State state = client.state();
            return state == null ? null : new PoolView(id, client.library(), state.leased(), state.available(),
                    state.max(), state.pending(), -1, -1, -1);
        }
        if (handle instanceof UnpooledDatabase database) {
            return new PoolView(id, database.library(), registry.unpooled().of(database).size(), 0, -1, 0, -1,
                    rows(database).mapToLong(UnpooledConnections.Row::opened).sum(), -1);
        }
        ExecutorHandle executor = (ExecutorHandle) handle;
        ExecutorHandle.State state = executor.state();
        return state == null ? null : new PoolView(id, executor.library(), state.active(),
                Math.max(0, state.size() - state.active()), state.max(), state.queued(), -1, state.completed(), -1);
    }

    private long oldestWait(ResourceHandle handle, int waiting) {
        return waiting == 0 ? 0 : registry.leases().waiters().stream()
                .filter(waiter -> waiter.resource() == handle).mapToLong(Waiter::waitedMillis).max().orElse(-1);
    }

    private HoldersView.Holder holder(Lease.View lease, Waiter waits) {
        Borrower borrower = Borrower.of(lease.threadId(), threads);
        return new HoldersView.Holder(lease.id(), borrower.name(), lease.threadId(), lease.heldMillis(),
                lease.idleMillis(), lease.typicalHoldMillis(), lease.siteText(), borrower.doing(),
                borrower.activity(waits).name(),
                waits == null ? "" : waits.resource().id().toString(), lease.unreachable());
    }

    /** Who has connections open outside any pool, and below them one row for each site that has leaked some. */
    private List<HoldersView.Holder> unpooled(UnpooledDatabase database) {
        Stream<HoldersView.Holder> open = registry.unpooled().of(database).stream()
                .sorted(Comparator.comparingLong(Lease.View::heldMillis).reversed())
                .map(lease -> holder(lease, null));
        Stream<HoldersView.Holder> leaked = rows(database).filter(row -> row.leaked() > 0)
                .map(row -> new HoldersView.Holder(-1, Phrases.count(row.leaked(), "connection") + " never closed",
                        -1, -1, -1, -1, row.site(), "", Activity.UNKNOWN.name(), "", true));
        return Stream.concat(open, leaked).toList();
    }

    private Stream<UnpooledConnections.Row> rows(UnpooledDatabase database) {
        return registry.unpooled().rows().stream().filter(row -> row.database() == database);
    }

    private static HoldersView.Waiting waiting(Waiter waiter, Map<Long, Integer> holds) {
        Thread thread = waiter.thread();
        return new HoldersView.Waiting(Borrower.name(waiter.threadId(), thread), waiter.threadId(), waiter.waitedMillis(),
                holds.getOrDefault(waiter.threadId(), 0), thread == null ? "" : AppFrames.top(thread.getStackTrace()));
    }

    private static List<HoldersView.Holder> workers(ExecutorHandle executor) {
        // By identity: a host's subclass of Thread may have a hashCode of its own.
        Map<Thread, ExecutorHandle.Blocked> blocked = new IdentityHashMap<>();
        executor.blockedWorkers().forEach(one -> blocked.put(one.worker(), one));
        return executor.workers().stream().map(worker -> {
            StackTraceElement[] stack = worker.getStackTrace();
            ExecutorHandle.Blocked why = blocked.get(worker);
            return new HoldersView.Holder(-1, worker.getName(), Jdk.threadId(worker), -1, -1, -1, "",
                    AppFrames.top(stack), Activity.of(worker.getState(), stack).name(),
                    why == null ? "" : waitsFor(why), false);
        }).toList();
    }

    private static String waitsFor(ExecutorHandle.Blocked why) {
        return why.queuePosition() < 0 ? why.waitsFor()
                : why.waitsFor() + ", queued here at place " + why.queuePosition();
    }
}
