package io.jvmmedic.core.instrument.immunity;

import java.util.Arrays;

/** Who is inside a gate. Lock-free but for growing; never shrinks. */
final class Occupants {

    private static final int FIRST_SIZE = 16;
    static final int MAX_SIZE = 1 << 16;

    private volatile Slot[] slots = filled(new Slot[FIRST_SIZE], 0);

    private static Slot[] filled(Slot[] table, int from) {
        for (int i = from; i < table.length; i++) {
            table[i] = new Slot();
        }
        return table;
    }

    /** Takes a slot; its number, -1 when all are taken. */
    @SuppressWarnings("deprecation")
    int take(Thread thread, int position, Object lock) {
        Slot[] table = slots;
        int mask = table.length - 1;
        int start = (int) thread.getId();
        for (int i = 0; i <= mask; i++) {
            int number = start + i & mask;
            if (table[number].take(thread, position, lock)) {
                return number;
            }
        }
        return -1;
    }

    /** Takes one, and makes more if there is none; -1 when there are too many inside. */
    int grownFor(Thread thread, int position, Object lock) {
        int number = take(thread, position, lock);
        for (Slot[] table = slots; number < 0 && table.length < MAX_SIZE; table = slots) {
            grow(table);
            number = take(thread, position, lock);
        }
        return number;
    }

    private synchronized void grow(Slot[] full) {
        if (slots == full) {
            slots = filled(Arrays.copyOf(full, 2 * full.length), full.length);
        }
    }

    Slot slot(int number) {
        return slots[number];
    }

    /** All slots, taken or not. */
    Slot[] all() {
        return slots;
    }

    /** Holds ever taken. */
    long holds() {
        long sum = 0;
        for (Slot slot : slots) {
            sum += slot.holds();
        }
        return sum;
    }
}
