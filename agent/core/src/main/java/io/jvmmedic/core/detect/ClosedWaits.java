package io.jvmmedic.core.detect;

import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The threads of one round that can never go on, unless somebody outside gives way, and the full executors, pools and HTTP
 * clients that none of their workers and holders can leave. Begins with everybody who waits and drops whoever has a way out, until none
 * is dropped: who waits for one of several slots has one as long as any of their holders has; who waits for a lock has one
 * if all who hold it have. So what remains may be a knot of many cycles, or hang behind one.
 *
 * <p>Nodes are thread ids ({@code Long}) and resources ({@code String}). Immutable once built.
 */
final class ClosedWaits {

    private final Map<Long, Signal> waits = new LinkedHashMap<>();
    private final Map<String, Set<Long>> slots = new LinkedHashMap<>();

    /** @param assumed whether those of whom nobody knows who could end their wait, untimed, count as having no way out */
    ClosedWaits(Round round, boolean assumed) {
        round.of(Signal.THREAD_WAIT).stream().filter(row -> row.flag("proven") || assumed && !row.flag("timed"))
                .forEach(row -> waits.put(row.number("threadId"), row));
        addExecutors(round);
        addPools(round);
        addHttpClients(round);
        boolean dropped;
        do {
            dropped = slots.values().removeIf(threads -> !waits.keySet().containsAll(threads));
            dropped |= waits.values().removeIf(row -> hasWayOut(row, assumed));
        } while (dropped);
    }

    private void addExecutors(Round round) {
        Map<String, Set<Long>> workers = new HashMap<>();
        round.of(Signal.THREAD_WAIT).forEach(row ->
                workers.computeIfAbsent(row.text("resource"), key -> new LinkedHashSet<>()).add(row.number("threadId")));
        for (Signal sample : round.of(Signal.EXECUTOR)) {
            ExecutorView executor = new ExecutorView(sample, List.of());
            Set<Long> known = workers.getOrDefault(executor.resource(), Set.of());
            if (executor.isFull() && known.size() >= executor.size()) {
                slots.put(executor.resource(), known);
            }
        }
    }

    private void addPools(Round round) {
        Map<String, List<Signal>> held = Rows.byResource(round, Signal.HELD_CONNECTION);
        for (Signal sample : round.of(Signal.POOL)) {
            List<Holder> holders = Rows.holders(held.getOrDefault(sample.text("resource"), List.of()));
            if (sample.number("waiting") > 0 && sample.number("max") > 0
                    && sample.number("active") >= sample.number("max")) {
                addSlots(sample.text("resource"), holders, sample.number("active"));
            }
        }
    }

    private void addHttpClients(Round round) {
        Map<String, List<Signal>> held = Rows.byResource(round, Signal.HELD_RESPONSE);
        for (Signal sample : round.of(Signal.HTTP_POOL)) {
            String resource = sample.text("resource");
            HttpRoute.ofAllWaiting(sample).ifPresent(route -> addSlots(resource, Rows.holders(
                    held.getOrDefault(resource, List.of()).stream().filter(route::concerns).toList()), route.leased()));
        }
    }

    private void addSlots(String resource, List<Holder> holders, long taken) {
        if (holders.stream().map(Holder::leaseId).distinct().count() >= taken
                // What its borrower is done with comes back by nobody, or by the collector: another fault.
                && holders.stream().noneMatch(holder -> holder.unreachable() || holder.isUnattended())) {
            slots.put(resource, holders.stream().map(Holder::threadId).collect(Collectors.toCollection(LinkedHashSet::new)));
        }
    }

    private boolean hasWayOut(Signal row, boolean assumed) {
        String slot = row.text("slotOf");
        List<Long> holders = holders(row);
        if (!row.flag("proven")) {
            return !assumed;
        }
        return slot.isEmpty() ? !row.flag("holderEnded") && holders.stream().noneMatch(waits::containsKey)
                : !slots.containsKey(slot);
    }

    private static List<Long> holders(Signal row) {
        String ids = row.text("holderIds");
        return ids.isEmpty() ? List.of() : Arrays.stream(ids.split(",")).map(Long::valueOf).toList();
    }

    /** Executors and pools of which no slot can come free. */
    Set<String> resources() {
        return slots.keySet();
    }

    /** The wait of one of the threads. */
    Signal waitOf(long thread) {
        return waits.get(thread);
    }

    /** Workers of an executor, holders of a pool or of the connections of an HTTP client. */
    Set<Long> threadsOf(String resource) {
        return slots.get(resource);
    }

    private Collection<?> next(Object node) {
        if (node instanceof String resource) {
            return slots.get(resource);
        }
        Signal row = waits.get((Long) node);
        String slot = row.text("slotOf");
        return slots.containsKey(slot) ? List.of(slot) : holders(row).stream().filter(waits::containsKey).toList();
    }

    /** Everything a resource waits for, itself included. */
    Set<Object> behind(String resource) {
        return reach(resource, Map.of());
    }

    /** What a resource waits for and what waits for it in turn, itself included; only itself when it just hangs behind others. */
    Set<Object> knotOf(String resource) {
        Set<Object> behind = behind(resource);
        Map<Object, Set<Object>> back = new HashMap<>();
        behind.forEach(node -> next(node).forEach(to -> back.computeIfAbsent(to, key -> new HashSet<>()).add(node)));
        behind.retainAll(reach(resource, back));
        return behind;
    }

    /** @param edges to follow; those of the graph when empty */
    private Set<Object> reach(Object start, Map<Object, Set<Object>> edges) {
        Set<Object> seen = new LinkedHashSet<>(List.of(start));
        Queue<Object> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            Object node = open.remove();
            Collection<?> nodes = edges.isEmpty() ? next(node) : edges.getOrDefault(node, Set.of());
            nodes.stream().filter(seen::add).forEach(open::add);
        }
        return seen;
    }

    static Stream<Long> threads(Set<Object> nodes) {
        return nodes.stream().filter(Long.class::isInstance).map(Long.class::cast);
    }

    static Stream<String> resources(Set<Object> nodes) {
        return nodes.stream().filter(String.class::isInstance).map(String.class::cast);
    }
}
