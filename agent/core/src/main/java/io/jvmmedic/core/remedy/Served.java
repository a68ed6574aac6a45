package io.jvmmedic.core.remedy;

import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.Leases;
import io.jvmmedic.core.resource.ResourceHandle;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Tells whether somebody who waited for a slot got one since a moment. The number of slots that are out cannot tell: a
 * waiter takes a freed slot within microseconds, and the number is what it was.
 */
final class Served {

    private final Leases leases;
    private final ResourceHandle pool;
    private final int waiting;
    private final long timeouts;
    /** Borrows by slot, not their sum: the borrows of a destroyed slot leave the sum with it. */
    private final Map<Lease, Long> borrows;

    /** Remembers this moment. */
    Served(Leases leases, ResourceHandle pool, int waiting) {
        this.leases = leases;
        this.pool = pool;
        this.waiting = waiting;
        this.timeouts = leases.timeouts(pool);
        this.borrows = leases.slots(pool).stream().collect(Collectors.toMap(slot -> slot, Lease::borrows));
    }

    /** True when a slot was borrowed since, or when the queue got shorter without anybody giving up. */
    boolean somebody(int waitingNow) {
        return leases.slots(pool).stream().anyMatch(slot -> slot.borrows() > borrows.getOrDefault(slot, 0L))
                || waitingNow < waiting && leases.timeouts(pool) == timeouts;
    }
}
