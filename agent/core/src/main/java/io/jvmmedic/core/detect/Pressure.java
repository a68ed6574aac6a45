package io.jvmmedic.core.detect;

import io.jvmmedic.core.model.Signal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The last rounds of a pool whose borrowers wait, without a break between them. */
record Pressure(List<Moment> moments) {

    /** Rounds that are remembered. */
    static final int ROUNDS = 10;
    /** A slot that is back sooner, on average, is turning over quickly. */
    private static final long QUICK_HOLD_MILLIS = 1_000;

    /** @param turnover slots handed out since the moment before */
    record Moment(long millis, long waiting, long oldestWait, long borrows, long timeouts, long failedConnects,
            Set<Long> leases, long turnover) {
    }

    Pressure {
        moments = List.copyOf(moments);
    }

    /** @param before {@code null} in the first round */
    static Pressure after(Pressure before, Signal pool, long millis, List<Holder> holders) {
        Set<Long> leases = holders.stream().map(Holder::leaseId).collect(Collectors.toSet());
        long borrows = pool.number("borrows");
        long turnover = 0;
        List<Moment> moments = new ArrayList<>();
        if (before != null) {
            moments.addAll(before.moments());
            Set<Long> returned = new HashSet<>(before.last().leases());
            returned.removeAll(leases);
            // The counter loses the borrows of slots that were discarded; the leases that are gone show those too.
            turnover = Math.max(borrows - before.last().borrows(), returned.size());
        }
        moments.add(new Moment(millis, pool.number("waiting"), pool.number("oldestWait"), borrows,
                pool.number("timeouts"), pool.number("failedConnects"), leases, turnover));
        return new Pressure(moments.subList(Math.max(0, moments.size() - ROUNDS), moments.size()));
    }

    int rounds() {
        return moments.size();
    }

    Moment first() {
        return moments.get(0);
    }

    Moment last() {
        return moments.get(moments.size() - 1);
    }

    Pressure last(int rounds) {
        return new Pressure(moments.subList(Math.max(0, moments.size() - rounds), moments.size()));
    }

    long millis() {
        return last().millis() - first().millis();
    }

    /** Slots handed out. */
    long turnover() {
        return moments.stream().skip(1).mapToLong(Moment::turnover).sum();
    }

    long timeouts() {
        return last().timeouts() - first().timeouts();
    }

    boolean connectsFail() {
        return last().failedConnects() > first().failedConnects();
    }

    /** The head of the queue is not served: the longest wait grew at least half as fast as time passed. */
    boolean isAgeing() {
        return (last().oldestWait() - first().oldestWait()) * 2 >= millis();
    }

    /** Fewer wait than at the beginning, or than in the middle: a burst may have come after the pressure began. */
    boolean isDraining() {
        return timeouts() == 0 && (last().waiting() < first().waiting()
                || last().waiting() < moments.get(rounds() / 2).waiting());
    }

    /** Slots come back within a second, on average. */
    boolean isQuick(long slots) {
        return rounds() > 1 && turnover() * QUICK_HOLD_MILLIS >= slots * millis();
    }

    /** Most of the slots were given back within a second. */
    static boolean areFresh(List<Holder> holders, long slots) {
        return holders.stream().filter(holder -> holder.heldFor() >= QUICK_HOLD_MILLIS).count() * 2 < slots;
    }

    /** Borrowers that came, per second; an estimate from those that were served, gave up, or wait now. */
    double arrivals() {
        double arrived = turnover() + timeouts() + Math.max(0, last().waiting() - first().waiting());
        return millis() == 0 ? 0 : arrived * 1_000 / millis();
    }
}
