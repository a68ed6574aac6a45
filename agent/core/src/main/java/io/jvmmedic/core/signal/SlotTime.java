package io.jvmmedic.core.signal;

/**
 * What one borrow site had of a pool since borrowers began to wait.
 *
 * @param site empty if not captured
 * @param slots it has now
 * @param jdbcMillis slot time in which the borrower was in the driver, all slots added up
 * @param otherMillis the same, doing something else
 * @param unseenMillis the same, by borrowers that cannot be seen
 */
public record SlotTime(String site, int slots, long jdbcMillis, long otherMillis, long unseenMillis) {

    public long millis() {
        return jdbcMillis + otherMillis + unseenMillis;
    }

    SlotTime and(SlotTime more) {
        return new SlotTime(site, slots + more.slots, jdbcMillis + more.jdbcMillis, otherMillis + more.otherMillis,
                unseenMillis + more.unseenMillis);
    }

    SlotTime withoutSlots() {
        return new SlotTime(site, 0, jdbcMillis, otherMillis, unseenMillis);
    }
}
