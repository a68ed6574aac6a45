package io.jvmmedic.core.detect;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds pools locked by their own borrowers: each holder waits for a further slot, so no slot can come back.
 *
 * <p>{@code CERTAIN}: the pool is full, each of its slots is accounted for, each holder waits for this pool or for one that
 * is locked in the same way, a second round sees the same leases, unused, with the same waits grown older (or, where waits
 * time out in between, others in the same position), and what they hold is known to be still in use. That last part matters: threads that <em>leaked</em> their connections and ask for new
 * ones look exactly alike. In use is what the borrowing code, still on the stack, will return; or what the garbage collector
 * has looked at since the wait began and found reachable, though its pool does not keep it so.
 *
 * <p>{@code SUSPECTED}: locked, but that is not known after {@value #UNDECIDED_ROUNDS} rounds; or everybody who waits is a holder, for
 * {@value #CONFIRM_ROUNDS} rounds, but some holder still runs.
 */
public final class NestedBorrowDetector implements Detector {

    private static final int CONFIRM_ROUNDS = 3;
    private static final int UNDECIDED_ROUNDS = 6;

    /**
     * What must stay the same for a proof.
     *
     * @param millis when this was seen
     * @param timeouts waits that ended without a slot, ever
     * @param idle idle time by lease
     * @param waits how long each waiter has waited, by thread
     * @param rounds consecutive rounds in which the same threads waited, all of them holders
     */
    private record Standstill(long millis, long borrows, long timeouts, Map<Long, Long> idle, Map<Long, Long> waits,
            boolean locked, int rounds) {

        boolean continues(Standstill before) {
            return locked && before.locked && (stands(before) || isOnlyMovedByTimeouts(before));
        }

        private boolean stands(Standstill before) {
            return borrows == before.borrows && allGrew(idle, before.idle) && allGrew(waits, before.waits);
        }

        /**
         * With short and staggered time-outs it never stands still for a second: each wait that ends in an error gives
         * one slot back, the next borrower takes it and waits in its turn. Whoever was there before is there unchanged.
         */
        private boolean isOnlyMovedByTimeouts(Standstill before) {
            long since = millis - before.millis;
            return timeouts > before.timeouts && isNewOrGrew(idle, before.idle, since)
                    && isNewOrGrew(waits, before.waits, since);
        }

        private static boolean isNewOrGrew(Map<Long, Long> now, Map<Long, Long> before, long since) {
            return now.entrySet().stream().allMatch(entry -> {
                Long was = before.get(entry.getKey());
                return entry.getValue() >= 0 && (entry.getValue() <= since || was != null && entry.getValue() > was);
            });
        }

        static boolean allGrew(Map<Long, Long> now, Map<Long, Long> before) {
            return now.keySet().equals(before.keySet())
                    && now.entrySet().stream().allMatch(entry -> entry.getValue() > before.get(entry.getKey()));
        }
    }

    /** One full pool with waiters. */
    private record Pool(Signal sample, List<Holder> holders, List<Signal> waiters) {

        String resource() {
            return sample.text("resource");
        }

        boolean isAccountedFor() {
            return holders.stream().map(Holder::leaseId).distinct().count() >= sample.number("active")
                    && holders.stream().allMatch(holder -> holder.waits() && !holder.unreachable());
        }

        boolean isKnownToBeInUse(Map<Long, Long> waits, long sinceFullGc) {
            // What the pool itself keeps is reachable whether its borrower has leaked it or not.
            boolean kept = sample.flag("keepsHandles");
            return holders.stream().allMatch(holder -> holder.isKnownToBeInUse(waits.getOrDefault(holder.threadId(), 0L),
                    kept ? -1 : sample.number("sinceGc"), kept ? -1 : sinceFullGc));
        }

        boolean everyWaiterHolds() {
            return !waiters.isEmpty() && waiters.stream().allMatch(row -> row.number("holds") > 0);
        }
    }

    private final History<String, Standstill> standstills = History.unbroken();

    public NestedBorrowDetector(MedicConfig config) {
        // Nothing to configure: a closed wait has no threshold. The parameter keeps all detectors alike.
    }

    @Override
    public String name() {
        return "nested-borrow";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.POOL, Signal.HELD_CONNECTION, Signal.WAITING_BORROWER);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        standstills.open(round);
        Map<String, Pool> full = fullPools(round);
        Map<Long, Long> waits = new HashMap<>();
        round.of(Signal.WAITING_BORROWER).forEach(row -> waits.put(row.number("threadId"), row.number("waitedFor")));
        Map<String, Pool> locked = closedWithin(full);
        Map<String, Pool> lasting = new LinkedHashMap<>();
        Map<String, Integer> rounds = new HashMap<>();
        for (Pool pool : full.values()) {
            String resource = pool.resource();
            Standstill before = standstills.get(resource);
            Standstill now = standstill(round.millis(), pool, waits, locked.containsKey(resource), before);
            standstills.put(resource, now);
            rounds.put(resource, now.rounds());
            if (before != null && now.continues(before)) {
                lasting.put(resource, pool);
            }
        }
        Map<String, Pool> proven = closedWithin(lasting);
        long sinceFullGc = Rows.sinceFullGc(round);

        List<Finding> findings = new ArrayList<>();
        for (Pool pool : full.values()) {
            if (proven.containsKey(pool.resource())) {
                boolean inUse = proven.values().stream().allMatch(one -> one.isKnownToBeInUse(waits, sinceFullGc));
                findings.add(inUse ? proven(pool, proven.keySet()) : leakedOrNested(pool, rounds.get(pool.resource())));
            } else if (locked.containsKey(pool.resource()) || pool.everyWaiterHolds()) {
                findings.add(unproven(pool, rounds.get(pool.resource())));
            }
        }
        return findings;
    }

    private Map<String, Pool> fullPools(Round round) {
        Map<String, List<Signal>> held = Rows.byResource(round, Signal.HELD_CONNECTION);
        Map<String, List<Signal>> waiting = Rows.byResource(round, Signal.WAITING_BORROWER);
        Map<String, Pool> full = new LinkedHashMap<>();
        for (Signal sample : round.of(Signal.POOL)) {
            String resource = sample.text("resource");
            if (sample.number("waiting") > 0 && sample.number("max") > 0
                    && sample.number("active") >= sample.number("max")) {
                full.put(resource, new Pool(sample, Rows.holders(held.getOrDefault(resource, List.of())),
                        waiting.getOrDefault(resource, List.of())));
            } else {
                standstills.forget(resource);
            }
        }
        return full;
    }

    /**
     * Pools in which nobody can go on. Begins with all candidates and drops each that has a holder whose wait can still
     * end, until none is dropped: what remains waits only for itself.
     */
    private static Map<String, Pool> closedWithin(Map<String, Pool> full) {
        Map<String, Pool> closed = new LinkedHashMap<>(full);
        closed.values().removeIf(pool -> !pool.isAccountedFor());
        boolean dropped;
        do {
            dropped = closed.values().removeIf(pool -> pool.holders().stream()
                    .anyMatch(holder -> !closed.containsKey(holder.waitsFor())));
        } while (dropped);
        return closed;
    }

    private static Standstill standstill(long millis, Pool pool, Map<Long, Long> waits, boolean locked, Standstill before) {
        Map<Long, Long> idle = new HashMap<>();
        Map<Long, Long> waited = new HashMap<>();
        for (Holder holder : pool.holders()) {
            idle.put(holder.leaseId(), holder.idleFor());
            if (holder.waits()) {
                // Without a row the wait is unknown, cannot have grown, and proves nothing.
                waited.put(holder.threadId(), waits.getOrDefault(holder.threadId(), -1L));
            }
        }
        int rounds = before != null && Standstill.allGrew(waited, before.waits()) ? before.rounds() + 1 : 1;
        return new Standstill(millis, pool.sample().number("borrows"), pool.sample().number("timeouts"), idle, waited, locked,
                rounds);
    }

    private Finding proven(Pool pool, Set<String> locked) {
        String others = locked.stream().filter(name -> !name.equals(pool.resource())).sorted()
                .collect(Collectors.joining(", "));
        return finding(pool, Confidence.CERTAIN,
                "locked: every one of its " + Phrases.count(pool.sample().number("active"), "holder")
                        + " waits for a further connection",
                "each slot is accounted for and still in use, each holder waits for " + pool.resource()
                        + (others.isEmpty() ? "" : " or for " + others + ", locked in the same way,")
                        + " and a second round saw the same"
                        + " again, nobody served except by a wait that timed out: no slot can come back otherwise");
    }

    /** Within a few rounds a collection is asked for and tells the two apart; only if none may come is it worth a word. */
    private Finding leakedOrNested(Pool pool, int rounds) {
        return finding(pool, rounds >= UNDECIDED_ROUNDS ? Confidence.SUSPECTED : Confidence.HINT,
                "locked: every one of its " + Phrases.count(pool.sample().number("active"), "holder")
                        + " waits for a further connection",
                "each slot is accounted for and each holder waits, as a second round confirmed; whether they still use what"
                        + " they hold or leaked it " + (pool.sample().flag("keepsHandles")
                                ? "cannot be told, for the pool itself keeps what it has given out"
                                : "shows at the next garbage collection"));
    }

    private Finding unproven(Pool pool, int rounds) {
        Confidence confidence = rounds >= CONFIRM_ROUNDS ? Confidence.SUSPECTED : Confidence.HINT;
        return finding(pool, confidence,
                "every waiter already holds a connection of it",
                "all " + Phrases.count(pool.waiters().size(), "waiter") + " hold a slot of the same full pool, for "
                        + Phrases.count(rounds, "round") + "; some holder may still give one back");
    }

    private Finding finding(Pool pool, Confidence confidence, String what, String proof) {
        String resource = pool.resource();
        List<Holder> nested = pool.holders().stream().filter(Holder::waits).toList();
        Set<Long> holderThreads = nested.stream().map(Holder::threadId).collect(Collectors.toSet());
        PoolSizing sizing = PoolSizing.of(pool.sample(), nested, pool.waiters());
        String inner = Phrases.site(pool.waiters().isEmpty() ? ""
                : Rows.frequencies(pool.waiters(), Rows::site).get(0).getKey());
        List<String> facts = new ArrayList<>(pool.holders().stream().map(Holder::line).toList());
        pool.waiters().forEach(row -> facts.add(row.text("thread") + " waits since "
                + Phrases.duration(row.number("waitedFor")) + " at " + Phrases.site(Rows.site(row))
                + ", holding " + row.number("holds")));
        Signal sample = pool.sample();
        return new Finding(name(), Fault.NESTED_BORROW, ResourceId.parse(resource), confidence,
                resource + ": " + what + "; " + sample.number("active") + " of " + sample.number("max") + " out, "
                        + sample.number("waiting") + " waiting",
                Phrases.count(holderThreads.size(), "thread") + " hold a connection (" + Rows.bySite(nested, Holder::site)
                        + ") and ask for another at " + inner,
                Rows.victims(sample.number("waiting"), pool.waiters()),
                "Do not take a second connection while holding one (REQUIRES_NEW, nested templates) at " + inner
                        + "; else the maximum must be " + sizing.sentence() + ".",
                new Evidence(proof, Rows.facts(resource, facts), List.of(),
                        Rows.threads(nested.stream().map(Holder::threadId)),
                        Map.of("neededSlots", Rows.neededSlots(pool.waiters(), holderThreads), "suggestedMax", sizing.suggested(),
                                "slotsPerThread", sizing.slotsPerThread(), "threads", sizing.threads(),
                                "active", sample.number("active"), "max", sample.number("max"),
                                "waiting", sample.number("waiting"))));
    }
}
