package io.jvmmedic.core.signal;

import io.jvmmedic.core.util.Activity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds up, by borrow site, where the slots of one pool go while borrowers wait: each look at a holder stands for the time
 * since the look before. An estimate by sampling, whose error falls with the length of the jam; it costs the calm path
 * nothing. Written by the sampler, read by anybody.
 */
final class SlotTimes {

    /** The sum over so many sites is told; what comes later is added up as one. */
    private static final int MAX_SITES = 50;
    private static final String OTHERS = "(more than " + MAX_SITES + " borrow sites)";
    private static final long ROUND_MILLIS = 1_000;
    /** A jam that comes back so soon is still the same. */
    private static final int FORGET_ROUNDS = 30;

    private final Map<String, SlotTime> sites = new LinkedHashMap<>();
    private long last = Long.MIN_VALUE;
    private long step;

    /** Begins a round in which borrowers wait. */
    synchronized void open(long tick) {
        if (tick - last > FORGET_ROUNDS) {
            sites.clear();
        }
        // A round that was missed had the same holders, more or less; a longer gap had nobody looking.
        step = ROUND_MILLIS * (sites.isEmpty() ? 1 : Math.max(1, Math.min(2, tick - last)));
        last = tick;
        sites.replaceAll((site, time) -> time.withoutSlots());
    }

    synchronized void look(String site, Activity activity, boolean inUse) {
        boolean jdbc = inUse || activity == Activity.JDBC;
        boolean unseen = !jdbc && activity == Activity.UNKNOWN;
        add(site, 1, jdbc ? step : 0, jdbc || unseen ? 0 : step, unseen ? step : 0);
    }

    /** Slots of which nothing is known but that they are out. */
    synchronized void unseen(int slots) {
        if (slots > 0) {
            add("", slots, 0, 0, slots * step);
        }
    }

    private void add(String site, int slots, long jdbc, long other, long unseen) {
        String key = sites.containsKey(site) || sites.size() < MAX_SITES ? site : OTHERS;
        sites.merge(key, new SlotTime(key, slots, jdbc, other, unseen), SlotTime::and);
    }

    /** The longest first; empty when nobody has waited for a while. */
    synchronized List<SlotTime> at(long tick) {
        if (tick - last > FORGET_ROUNDS) {
            return List.of();
        }
        List<SlotTime> sorted = new ArrayList<>(sites.values());
        sorted.sort(Comparator.comparingLong(SlotTime::millis).reversed().thenComparing(SlotTime::site));
        return sorted;
    }
}
