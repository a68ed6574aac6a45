package io.jvmmedic.core.detect;

import io.jvmmedic.core.util.Phrases;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Tells why the slots of an exhausted pool are out. Each holder weighs as long as it has held, so that the one that came
 * last, the victim, does not outvote the one that is the reason.
 *
 * @param verdict the cause of at least half of the weight; {@code UNKNOWN} when there is none
 * @param culprits the holders of that cause; all holders when there is none
 */
record Blame(ExhaustionCause verdict, List<Holder> culprits, int slots) {

    /** A connection that lives for hours must not outweigh nine that block the pool now. */
    private static final long MAX_WEIGHT_MILLIS = 60_000;

    /** @param slots slots that are out; those without a holder were borrowed before anybody looked, and count as unknown */
    static Blame on(List<Holder> holders, int slots, Function<Holder, ExhaustionCause> judge) {
        Map<ExhaustionCause, Long> weights = new EnumMap<>(ExhaustionCause.class);
        long heaviest = 1;
        for (Holder holder : holders) {
            long weight = Math.max(1, Math.min(holder.heldFor(), MAX_WEIGHT_MILLIS));
            heaviest = Math.max(heaviest, weight);
            weights.merge(judge.apply(holder), weight, Long::sum);
        }
        long unseen = Math.max(0, slots - holders.size()) * heaviest;
        weights.merge(ExhaustionCause.UNKNOWN, unseen, Long::sum);
        long total = weights.values().stream().mapToLong(Long::longValue).sum();
        ExhaustionCause verdict = weights.entrySet().stream().filter(entry -> entry.getValue() * 2 >= total)
                .max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse(ExhaustionCause.UNKNOWN);
        return verdict == ExhaustionCause.UNKNOWN
                ? new Blame(verdict, holders, slots)
                : new Blame(verdict, holders.stream().filter(holder -> judge.apply(holder) == verdict).toList(), slots);
    }

    /** {@code 9 of 10 held by CheckoutController.pay:141, median 41 s, in I/O (not in JDBC)}. */
    String sentence(String aside) {
        if (culprits.isEmpty()) {
            return slots + " slots are out, borrowed before the agent saw them";
        }
        List<Map.Entry<String, Long>> sites = Rows.frequencies(culprits, Holder::site);
        String by = sites.size() == 1 ? Phrases.site(sites.get(0).getKey())
                : Phrases.count(sites.size(), "site") + " (" + Rows.bySite(culprits, Holder::site) + ")";
        String doing = Rows.frequencies(culprits, Holder::words).get(0).getKey();
        return culprits.size() + " of " + slots + " held by " + by + ", median " + Phrases.duration(medianHeld())
                + ", " + doing + (usesIt() ? "" : aside);
    }

    long medianHeld() {
        List<Long> held = culprits.stream().map(Holder::heldFor).sorted().toList();
        return held.isEmpty() ? 0 : held.get(held.size() / 2);
    }

    private boolean usesIt() {
        return verdict != ExhaustionCause.HELD_ACROSS_IO;
    }
}
