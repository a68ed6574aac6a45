package io.jvmmedic.core.detect;

import io.jvmmedic.core.model.Round;
import java.util.HashMap;
import java.util.Map;

/**
 * What a detector remembers from earlier rounds, by resource or lease. Bounded by what the rounds contain: a key not
 * seen for more than the allowed gap is forgotten with its resource. A late round or a longer gap breaks the history:
 * nobody was looking, so every count starts again.
 */
final class History<K, V> {

    /** Events can be lost, so one missing round is normal. */
    static final int GAP = 2;

    private record Entry<V>(long tick, V value) {
    }

    private final int maxGap;
    private final boolean survivesBreaks;
    private final Map<K, Entry<V>> entries = new HashMap<>();
    private boolean opened;
    private long tick;
    private long millis;
    private long brokenAt = Long.MIN_VALUE;

    private History(int maxGap, boolean survivesBreaks) {
        this.maxGap = maxGap;
        this.survivesBreaks = survivesBreaks;
    }

    /** For counts of consecutive rounds. */
    static <K, V> History<K, V> unbroken() {
        return new History<>(GAP, false);
    }

    /** For counts of rounds of which most may miss the key: the JVM is not asked in each of them. */
    static <K, V> History<K, V> unbroken(int maxGap) {
        return new History<>(maxGap, false);
    }

    /** For what is learned: a frozen JVM makes it no less true. */
    static <K, V> History<K, V> learned() {
        return new History<>(GAP, true);
    }

    /** Begins a round; once per round, before anything else. */
    void open(Round round) {
        // A number that falls is another JVM: the end of one recording, the start of the next.
        boolean otherJvm = opened && round.tick() <= tick;
        boolean broken = otherJvm || opened && (round.late() || round.tick() - tick > maxGap);
        opened = true;
        tick = round.tick();
        millis = round.millis();
        if (broken) {
            brokenAt = millis;
        }
        if (otherJvm || broken && !survivesBreaks) {
            entries.clear();
        } else if (!broken) {
            entries.values().removeIf(entry -> tick - entry.tick() > maxGap);
        }
    }

    /** What was remembered; {@code null} when nothing. */
    V get(K key) {
        Entry<V> entry = entries.get(key);
        return entry == null ? null : entry.value();
    }

    void put(K key, V value) {
        entries.put(key, new Entry<>(tick, value));
    }

    void forget(K key) {
        entries.remove(key);
    }

    int size() {
        return entries.size();
    }

    /** An age, ms, without the time in which nobody was looking: a frozen VM ages every lease and proves nothing. */
    long watched(long age) {
        return brokenAt == Long.MIN_VALUE ? age : Math.min(age, millis - brokenAt);
    }
}
