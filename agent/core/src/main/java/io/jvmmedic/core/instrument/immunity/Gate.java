package io.jvmmedic.core.instrument.immunity;

import io.jvmmedic.core.util.Jdk;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps the positions of one deadlock from being filled by different threads at once: whoever would fill the last one waits
 * in front. It prevents this one pattern and nothing else, and is an advice rather than a lock: correctness never depends on
 * it, and nobody waits longer than the limit.
 *
 * <p>First come, first served, in batches: those who fit to who is inside may overtake those who wait, but only so many
 * times; each change of sides costs a switch of threads, and without batches that is all the gate would do. A thread that
 * is inside already always passes: it may hold what the others wait for.
 *
 * <p>Who is inside does not count while it waits to be notified and has given its lock back, while it waits for the very
 * thread that asks, or once it has waited long for anything but a lock. A gate whose limit ran out too often withdraws: it
 * costs the application more than it gives.
 *
 * <p>Thread-safe. All state of the fast path is one word: whether somebody waits, how many have overtaken, and the number
 * inside at each position.
 */
final class Gate {

    /** Overtakers per change of sides. */
    static final int BATCH = 64;
    /** How often the limit may run out before the gate withdraws. */
    static final int MAX_BYPASSES = 10;
    /** Between two looks at those inside. */
    static final long LOOK_NANOS = 20_000_000;
    /**
     * How long who is inside must have been in one wait before it does not count though it may hold its lock. Locks are taken
     * around calls that sleep or wait a moment, and that moment is when a deadlock comes.
     */
    static final long WAIT_NANOS = 1_000_000_000;

    private static final long OPEN = 1L << 63;
    private static final long WAITING = 1;
    private static final int BATCH_SHIFT = 1;
    private static final long ONE_OVERTAKEN = 1L << BATCH_SHIFT;
    private static final long OVERTAKEN = 0xffL << BATCH_SHIFT;
    private static final int COUNTS_SHIFT = 9;
    private static final int COUNTS_BITS = 54;
    private static final int MAX_COUNT_BITS = 18;
    private static final int SPINS = 200;
    /**
     * A queue whose keeper was suspended is not waited for by those who want to let somebody in: who waits looks again by
     * itself. Who wants to join it tries again later, until its limit runs out: on a busy machine the keeper may not run for
     * longer than all of the tries take, and to go in without the queue is to let the deadlock in.
     */
    private static final int QUEUE_TRIES = 10_000;
    private static final int QUEUE_SPINS = 100;
    private static final long QUEUE_RETRY_NANOS = 1_000_000;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Gate.class, "state", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int[] threads;
    private final int bits;
    private final long countMask;
    private final long limitNanos;
    private final LockOwners owners;
    private final Occupants occupants = new Occupants();
    private final AtomicBoolean queueBusy = new AtomicBoolean();
    private final Deque<Waiter> queue = new ArrayDeque<>();
    private final Map<Slot, Seen> seen = new HashMap<>();
    private final LongAdder waits = new LongAdder();
    private final LongAdder waitedNanos = new LongAdder();
    private final LongAdder bypasses = new LongAdder();
    private final LongAdder asides = new LongAdder();
    private volatile Waiter first;
    private volatile boolean withdrawn;
    private volatile long state;

    /**
     * @param threads how many threads of the deadlock were at each position
     * @param limitNanos nobody waits longer
     */
    Gate(int[] threads, long limitNanos, LockOwners owners) {
        this.threads = threads.clone();
        this.bits = Math.min(MAX_COUNT_BITS, COUNTS_BITS / threads.length);
        this.countMask = (1L << bits) - 1;
        this.limitNanos = limitNanos;
        this.owners = owners;
    }

    // ---- in and out

    /** Number of the hold; -1 for none. */
    int enter(int position, Object lock) {
        Thread me = Thread.currentThread();
        if (state < 0 || !pass(position) && !enterSlowly(me, position)) {
            return -1;
        }
        int number = occupants.take(me, position, lock);
        if (number < 0) {
            // Full of holds that were kept, or of threads.
            clearKept();
            number = occupants.grownFor(me, position, lock);
        }
        if (number < 0) {
            gone(position);
        }
        return number;
    }

    void leave(int number) {
        Slot slot = occupants.slot(number);
        int position = slot.position();
        if (slot.free(Thread.currentThread())) {
            gone(position);
        }
    }

    /** Leaves if the hold is that of this lock; false when it goes on. */
    boolean released(int number, Object lock) {
        if (occupants.slot(number).lock() != lock) {
            return false;
        }
        leave(number);
        return true;
    }

    /** Leaves unless the lock is still held. */
    void end(int number) {
        Slot slot = occupants.slot(number);
        Thread me = Thread.currentThread();
        if (slot.thread() == me && slot.lock() != null && owners.isHeldBy(slot.lock(), me)) {
            slot.keep();
        } else {
            leave(number);
        }
    }

    // ---- the word

    private boolean pass(int position) {
        for (long now = state; fits(now, position) && overtaken(now) < BATCH; now = state) {
            long next = now + one(position) + ((now & WAITING) == 0 ? 0 : ONE_OVERTAKEN);
            if (STATE.compareAndSet(this, now, next)) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /** Whether one more at a position leaves some position lacking a thread. */
    private boolean fits(long now, int position) {
        if (count(now, position) == countMask) {
            return false;
        }
        for (int i = 0; i < threads.length; i++) {
            if (count(now, i) + (i == position ? 1 : 0) < threads[i]) {
                return true;
            }
        }
        return false;
    }

    private long one(int position) {
        return 1L << COUNTS_SHIFT + position * bits;
    }

    private long count(long now, int position) {
        return now >>> COUNTS_SHIFT + position * bits & countMask;
    }

    private static long overtaken(long now) {
        return (now & OVERTAKEN) >>> BATCH_SHIFT;
    }

    /** Counts one in whether it fits or not; false when the word has no room for it. */
    private boolean countIn(int position) {
        for (long now = state; count(now, position) < countMask; now = state) {
            if (STATE.compareAndSet(this, now, now + one(position))) {
                return true;
            }
        }
        return false;
    }

    private void gone(int position) {
        long now = (long) STATE.getAndAdd(this, -one(position)) - one(position);
        if ((now & WAITING) != 0) {
            serve(now);
        }
    }

    /** Lets the first in at once when its turn has come; else only wakes it up, for who overtakes it costs no switch. */
    private void serve(long now) {
        Waiter next = first;
        if (next == null || !fits(now, next.position())) {
            return;
        }
        if (overtaken(now) >= BATCH) {
            admit();
        } else if (!next.isAwoken()) {
            next.awoken(true);
            LockSupport.unpark(next.thread());
        }
    }

    // ---- the queue

    /** Whether it was counted in. */
    private boolean enterSlowly(Thread me, int position) {
        clearKept();
        if (isInside(me)) {
            return countIn(position);
        }
        for (int i = 0; i < SPINS; i++) {
            Thread.onSpinWait();
            long now = state;
            if ((now & WAITING) == 0 && fits(now, position) && pass(position)) {
                return true;
            }
        }
        Waiter waiter = new Waiter(me, position);
        long start = System.nanoTime();
        boolean interrupted = false;
        waits.increment();
        try {
            boolean queued = false;
            while (!waiter.isAdmitted()) {
                waiter.awoken(false);
                queued = queued || enqueue(waiter);
                if (waiter == first) {
                    admit();
                    if (!waiter.isAdmitted() && stepAside(waiter)) {
                        return true;
                    }
                }
                long rest = limitNanos - (System.nanoTime() - start);
                if (rest <= 0 || state < 0) {
                    break;
                }
                if (!waiter.isAdmitted()) {
                    LockSupport.parkNanos(this, Math.min(rest, queued ? LOOK_NANOS : QUEUE_RETRY_NANOS));
                    // Else it would not park any more; the host gets it back.
                    interrupted |= Thread.interrupted();
                }
            }
            return waiter.isAdmitted() || bypass(waiter);
        } finally {
            waitedNanos.add(System.nanoTime() - start);
            if (interrupted) {
                me.interrupt();
            }
        }
    }

    /** Lets it in where it fits beside those who do not count; whether it is in. */
    private boolean stepAside(Waiter waiter) {
        long ignored = ignored(waiter);
        if (ignored == 0) {
            return false;
        }
        for (long now = state; now >= 0 && fits(now - ignored, waiter.position()); now = state) {
            if (STATE.compareAndSet(this, now, now + one(waiter.position()))) {
                if (waiter.goAway()) {
                    asides.increment();
                    letNextTry();
                } else {
                    // It was admitted just now, and so counted twice.
                    STATE.getAndAdd(this, -one(waiter.position()));
                }
                return true;
            }
        }
        return false;
    }

    /** Goes in because its limit ran out, or leaves a gate that is open by now; whether it was counted in. */
    private boolean bypass(Waiter waiter) {
        if (!waiter.goAway()) {
            return true;
        }
        boolean counted = state >= 0 && countIn(waiter.position());
        letNextTry();
        if (state >= 0) {
            bypasses.increment();
            if (bypasses.sum() >= MAX_BYPASSES) {
                withdrawn |= open();
            }
        }
        return counted;
    }

    /** What let one go on may let the next. */
    private void letNextTry() {
        admit();
        Waiter next = first;
        if (next != null) {
            LockSupport.unpark(next.thread());
        }
    }

    private boolean enqueue(Waiter waiter) {
        if (!takeQueue()) {
            return false;
        }
        try {
            queue.addLast(waiter);
            if (first == null) {
                first = waiter;
                mark(WAITING);
            }
            return true;
        } finally {
            queueBusy.set(false);
        }
    }

    /** Lets the first in if it fits, and those behind it who fit then. */
    private void admit() {
        if (!takeQueue()) {
            return;
        }
        try {
            queue.removeIf(Waiter::isGone);
            long overtaken = 0;
            for (Iterator<Waiter> all = queue.iterator(); all.hasNext() && overtaken < BATCH;) {
                Waiter next = all.next();
                if (letIn(next)) {
                    all.remove();
                    overtaken++;
                } else if (next == queue.peekFirst()) {
                    break;
                }
            }
            first = queue.peekFirst();
            if (first == null) {
                mark(0);
            } else if (overtaken > 0) {
                mark(WAITING | overtaken << BATCH_SHIFT);
            }
        } finally {
            queueBusy.set(false);
        }
    }

    private boolean letIn(Waiter waiter) {
        for (long now = state; fits(now, waiter.position()); now = state) {
            if (STATE.compareAndSet(this, now, now + one(waiter.position()))) {
                if (waiter.admit()) {
                    LockSupport.unpark(waiter.thread());
                } else {
                    STATE.getAndAdd(this, -one(waiter.position()));
                }
                return true;
            }
        }
        return false;
    }

    /** Sets what the word says about the queue. */
    private void mark(long value) {
        for (long now = state;; now = state) {
            if (STATE.compareAndSet(this, now, now & ~(OVERTAKEN | WAITING) | value)) {
                return;
            }
        }
    }

    private boolean takeQueue() {
        for (int i = 0; i < QUEUE_TRIES; i++) {
            if (!queueBusy.get() && queueBusy.compareAndSet(false, true)) {
                return true;
            }
            if (i < QUEUE_SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
        return false;
    }

    // ---- those inside

    private boolean isInside(Thread thread) {
        for (Slot slot : occupants.all()) {
            if (slot.thread() == thread) {
                return true;
            }
        }
        return false;
    }

    private void clearKept() {
        for (Slot slot : occupants.all()) {
            Thread holder = slot.thread();
            int position = slot.position();
            Object lock = slot.lock();
            if (slot.isKept() && holder != null && (lock == null || !owners.isHeldBy(lock, holder)) && slot.clear()) {
                gone(position);
            }
        }
    }

    /**
     * Since when somebody inside has been seen in a wait.
     *
     * @param hold number of the hold
     * @param waitNumber of that wait; -1 if unknown
     * @param askedBy who it waits for, by its id; 0 for something else
     */
    private record Seen(long hold, long waitNumber, long askedBy, long since) {

        private boolean isSame(Seen other) {
            return hold == other.hold && waitNumber == other.waitNumber && askedBy == other.askedBy;
        }
    }

    /** Those inside who do not count, as part of the word. By the first of the queue, of which there may be two for a moment. */
    private synchronized long ignored(Waiter waiter) {
        clearKept();
        long now = System.nanoTime();
        long ignored = 0;
        for (Slot slot : occupants.all()) {
            Thread holder = slot.thread();
            long hold = slot.holds();
            int position = slot.position();
            LockOwners.Sight sight = holder == null || holder == waiter.thread() ? LockOwners.Sight.WORKS
                    : owners.look(holder, slot.lock(), waiter.thread());
            if (sight.doing() == LockOwners.Doing.WORKS) {
                seen.remove(slot);
                continue;
            }
            Seen fresh = new Seen(hold, sight.waitNumber(),
                    sight.doing() == LockOwners.Doing.WAITS_FOR_ME ? Jdk.threadId(waiter.thread()) : 0, now);
            Seen before = seen.get(slot);
            if (before == null || !before.isSame(fresh)) {
                seen.put(slot, fresh);
            } else if (now - before.since() >= patience(sight.doing()) && count(state - ignored, position) > 0) {
                ignored += one(position);
            }
        }
        return ignored;
    }

    private long patience(LockOwners.Doing doing) {
        return doing == LockOwners.Doing.WAITS ? Math.min(WAIT_NANOS, limitNanos / 2) : LOOK_NANOS;
    }

    // ---- control and figures

    /** Lets everybody pass from now on; those who wait go on at their next look. False when it did so already. */
    boolean open() {
        return (long) STATE.getAndBitwiseOr(this, OPEN) >= 0;
    }

    /** Whether it opened by itself because its limit ran out too often. */
    boolean isWithdrawn() {
        return withdrawn;
    }

    boolean isOpen() {
        return state < 0;
    }

    /** Holds now. */
    int inside() {
        int sum = 0;
        for (int i = 0; i < threads.length; i++) {
            sum += (int) count(state, i);
        }
        return sum;
    }

    /** Acquisitions that came through. */
    long passes() {
        return occupants.holds();
    }

    /** Those that had to wait. */
    long waits() {
        return waits.sum();
    }

    long waitedNanos() {
        return waitedNanos.sum();
    }

    /** Those whose limit ran out. */
    long bypasses() {
        return bypasses.sum();
    }

    /** Those that went on because who was inside waited there. */
    long asides() {
        return asides.sum();
    }
}
