package io.jvmmedic.core.diagnose;

import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who waits for what, and who holds that, as one round shows it. Threads wait for pools, executors and locks, and those
 * are held by threads. A cycle through locks is a deadlock; one through a pool is only half of the proof, for any of its
 * holders may give a slot back. Immutable once built.
 */
public final class WaitForGraph {

    private static final int MAX_LINES = 40;
    private static final int MAX_WAITERS_PER_NODE = 10;

    /**
     * A thread that waits.
     *
     * @param node what it waits for: a resource, or what a lock or a future is called
     * @param blamed the resource a diagnosis of that would be about: the pool itself, the cycle a lock belongs to
     * @param since ms; -1 when unknown
     */
    private record Wait(long threadId, String thread, String node, String blamed, long since, String site) {
    }

    /**
     * A thread that holds a slot, a worker's place or a lock.
     *
     * @param since ms; -1 when unknown
     */
    private record Hold(long threadId, String thread, String node, long since, String site) {

        String text() {
            return "held by " + thread + (since < 0 ? "" : " since " + Phrases.duration(since))
                    + (!Phrases.isApplicationSite(site) ? "" : " at " + Phrases.site(site));
        }
    }

    private final Map<Long, Wait> waits = new LinkedHashMap<>();
    private final List<Hold> holds = new ArrayList<>();
    private final Set<String> held = new HashSet<>();
    private final Map<String, List<Wait>> waitsByNode;
    private final Map<String, List<Hold>> holdsByNode;
    private final Map<Long, List<Hold>> holdsByThread;

    private WaitForGraph(Round round) {
        Map<String, List<Signal>> cycles = round.of(Signal.DEADLOCKED_THREAD).stream()
                .collect(Collectors.groupingBy(row -> row.text("cycleId"), LinkedHashMap::new, Collectors.toList()));
        cycles.values().forEach(this::addCycle);
        round.of(Signal.THREAD_WAIT).forEach(this::addThread);
        round.of(Signal.WAITING_BORROWER).forEach(row ->
                addWait(row, row.text("resource"), row.text("resource"), row.number("waitedFor")));
        round.of(Signal.BLOCKED_TASK).forEach(this::addWorker);
        round.of(Signal.HELD_CONNECTION).forEach(this::addHolder);
        round.of(Signal.HELD_RESPONSE).forEach(this::addHolder);
        waitsByNode = waits.values().stream()
                .collect(Collectors.groupingBy(Wait::node, LinkedHashMap::new, Collectors.toList()));
        holdsByNode = holds.stream().collect(Collectors.groupingBy(Hold::node, LinkedHashMap::new, Collectors.toList()));
        holdsByThread = holds.stream().collect(Collectors.groupingBy(Hold::threadId));
    }

    /** The graph of one round. */
    public static WaitForGraph of(Round round) {
        return new WaitForGraph(round);
    }

    private void addCycle(List<Signal> cycle) {
        for (Signal row : cycle) {
            String lock = Phrases.type(row.text("lock"));
            addWait(row, lock, row.text("resource"), row.number("waitedFor"));
            cycle.stream().filter(owner -> owner.text("thread").equals(row.text("ownerThread"))).findFirst()
                    .ifPresent(owner -> holds.add(new Hold(
                            owner.number("threadId"), owner.text("thread"), lock, -1, owner.text("holdsAt"))));
        }
    }

    private void addThread(Signal row) {
        String slot = row.text("slotOf");
        String node = slot.isEmpty() ? Phrases.type(row.text("waitsFor")) : slot;
        addWait(row, node, node, row.number("waitedFor"));
        addWork(row);
        String holders = row.text("holderIds");
        if (!holders.isEmpty()) {
            for (String id : holders.split(",")) {
                addHold(new Hold(Long.parseLong(id), id.equals(holders.split(",")[0]) ? row.text("holder") : "thread " + id,
                        node, -1, ""));
            }
        }
    }

    private void addWork(Signal row) {
        if (!row.text("resource").isEmpty()) {
            addHold(new Hold(row.number("threadId"), row.text("thread"), row.text("resource"), -1, row.text("site")));
        }
    }

    /** The first row about a hold knows it best. */
    private void addHold(Hold hold) {
        if (held.add(hold.threadId() + "@" + hold.node())) {
            holds.add(hold);
        }
    }

    private void addWorker(Signal row) {
        String own = row.text("resource");
        addWork(row);
        String awaited = row.flag("ownQueue") ? own : Phrases.type(row.text("waitsFor"));
        if (!awaited.isEmpty()) {
            addWait(row, awaited, awaited, -1);
        }
    }

    /** One thread may hold several slots of a pool, each with a line of its own. */
    private void addHolder(Signal row) {
        holds.add(new Hold(row.number("threadId"), row.text("thread"), row.text("resource"),
                row.number("heldFor"), row.text("site")));
    }

    /** A thread waits for one thing; the rows that know it best come first. */
    private void addWait(Signal row, String node, String blamed, long since) {
        waits.putIfAbsent(row.number("threadId"),
                new Wait(row.number("threadId"), row.text("thread"), node, blamed, since, row.text("site")));
    }

    /** How many slots of {@code resource} are held by threads that wait for each other resource. */
    public Map<String, Long> blockers(ResourceId resource) {
        return holdsByNode.getOrDefault(resource.toString(), List.of()).stream()
                .map(hold -> waits.get(hold.threadId()))
                .filter(wait -> wait != null && !wait.blamed().equals(resource.toString()))
                .collect(Collectors.groupingBy(Wait::blamed, Collectors.counting()));
    }

    /** One cycle that can be reached from a resource, its first thread repeated at the end; empty when there is none. */
    public List<String> cycle(ResourceId resource) {
        for (long thread : threadsOf(resource)) {
            List<String> path = cycleFrom(thread);
            if (!path.isEmpty()) {
                return path;
            }
        }
        return List.of();
    }

    private Set<Long> threadsOf(ResourceId resource) {
        String name = resource.toString();
        Set<Long> threads = new LinkedHashSet<>();
        holdsByNode.getOrDefault(name, List.of()).forEach(hold -> threads.add(hold.threadId()));
        waits.values().stream().filter(wait -> wait.blamed().equals(name)).forEach(wait -> threads.add(wait.threadId()));
        return threads;
    }

    /** Without recursion: a chain of waits can be as long as there are threads. */
    private List<String> cycleFrom(long start) {
        Set<Long> done = new HashSet<>();
        Map<Long, Long> cameFrom = new HashMap<>();
        Queue<Long> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            long thread = open.remove();
            Wait wait = waits.get(thread);
            if (wait == null || !done.add(thread)) {
                continue;
            }
            for (Hold hold : holdsByNode.getOrDefault(wait.node(), List.of())) {
                if (hold.threadId() == start) {
                    return path(start, thread, cameFrom);
                }
                if (cameFrom.putIfAbsent(hold.threadId(), thread) == null) {
                    open.add(hold.threadId());
                }
            }
        }
        return List.of();
    }

    private List<String> path(long start, long last, Map<Long, Long> cameFrom) {
        List<String> path = new ArrayList<>(List.of(waits.get(start).thread()));
        for (long thread = last; ; thread = cameFrom.get(thread)) {
            path.add(0, waits.get(thread).node());
            path.add(0, waits.get(thread).thread());
            if (thread == start) {
                return path;
            }
        }
    }

    /**
     * What hangs together with a resource, nearest first, one edge a line, at most {@value #MAX_LINES} lines; empty when
     * nobody waits for it.
     */
    public String text(ResourceId resource) {
        Set<String> lines = new LinkedHashSet<>();
        List<String> cycle = cycle(resource);
        if (!cycle.isEmpty()) {
            lines.add("cycle: " + String.join(" -> ", cycle));
        }
        Set<String> seen = new LinkedHashSet<>();
        Queue<String> open = new ArrayDeque<>();
        open.add(resource.toString());
        waits.values().stream().filter(wait -> wait.blamed().equals(resource.toString())).forEach(wait -> open.add(wait.node()));
        boolean anyWaiter = false;
        while (!open.isEmpty()) {
            String node = open.remove();
            if (!seen.add(node)) {
                continue;
            }
            List<Hold> holders = holdsByNode.getOrDefault(node, List.of());
            List<Wait> waiters = waitsByNode.getOrDefault(node, List.of());
            anyWaiter |= !waiters.isEmpty();
            write(node, holders, waiters, lines);
            holders.stream().map(hold -> waits.get(hold.threadId())).filter(wait -> wait != null)
                    .forEach(wait -> open.add(wait.node()));
            waiters.forEach(wait -> holdsByThread.getOrDefault(wait.threadId(), List.of())
                    .forEach(hold -> open.add(hold.node())));
        }
        return anyWaiter ? cut(new ArrayList<>(lines)) : "";
    }

    private static void write(String node, List<Hold> holders, List<Wait> waiters, Set<String> lines) {
        boolean single = holders.size() == 1 && !waiters.isEmpty();
        if (!single) {
            holders.forEach(hold -> lines.add(node + " " + hold.text()));
        }
        waiters.stream().limit(MAX_WAITERS_PER_NODE).forEach(wait -> lines.add(wait.thread() + " waits for " + node
                + (wait.since() < 0 ? "" : " since " + Phrases.duration(wait.since()))
                + (!Phrases.isApplicationSite(wait.site()) ? "" : " at " + Phrases.site(wait.site()))
                + (single ? ", " + holders.get(0).text() : "")));
        if (waiters.size() > MAX_WAITERS_PER_NODE) {
            lines.add(waiters.size() - MAX_WAITERS_PER_NODE + " more wait for " + node);
        }
    }

    private static String cut(List<String> lines) {
        return lines.size() <= MAX_LINES ? String.join("\n", lines)
                : String.join("\n", lines.subList(0, MAX_LINES - 1)) + "\nand " + (lines.size() - MAX_LINES + 1) + " more lines";
    }
}
