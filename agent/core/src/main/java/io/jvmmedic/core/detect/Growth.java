package io.jvmmedic.core.detect;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether a number grows without a break: the times looked back on are cut into parts, and the least of each part is more
 * than the least of the part before. What goes up and down, or up once, does not grow.
 */
final class Growth {

    private static final int PARTS = 5;

    private Growth() {
    }

    /** The values with one more, the oldest dropped beyond {@code most}. */
    static <T> List<T> with(List<T> before, T value, int most) {
        List<T> now = new ArrayList<>(before == null ? List.of() : before);
        now.add(value);
        if (now.size() > most) {
            now.remove(0);
        }
        return now;
    }

    /** The values in parts of equal length, the oldest first. */
    static <T> List<List<T>> parts(List<T> values) {
        List<List<T>> parts = new ArrayList<>();
        for (int i = 0; i < PARTS; i++) {
            parts.add(values.subList(values.size() * i / PARTS, values.size() * (i + 1) / PARTS));
        }
        return parts;
    }

    static boolean isRising(List<Long> least) {
        for (int i = 1; i < least.size(); i++) {
            if (least.get(i) <= least.get(i - 1)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the values of these rounds grow without a break, and still do. */
    static boolean grows(List<Long> values) {
        if (values.size() < 2 * PARTS) {
            return false;
        }
        List<List<Long>> parts = parts(values);
        List<Long> last = parts.get(PARTS - 1);
        return last.get(last.size() - 1) > last.get(0)
                && isRising(parts.stream().map(part -> part.stream().min(Long::compare).orElseThrow()).toList());
    }
}
