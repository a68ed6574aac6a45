package io.jvmmedic.core.resource;

import io.jvmmedic.core.util.CoarseClock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.PhantomReference;
import java.lang.ref.WeakReference;

/**
 * What is known of one slot of a pool: who has it, since when. One object per slot, written again by each borrow, so
 * that a borrow allocates nothing but the reference to the new handle.
 *
 * <p>The handle is watched by a <em>phantom</em> reference: a weak one is cleared before finalizers run, and a
 * finalizer may be just about to close the connection. The reference needs no queue; the sampler asks it. The pool's
 * entry is held weakly: the pool keeps it as long as it counts it. For the few that do not, the lease keeps it.
 *
 * <p>Written by the borrowing and the returning thread, read by the sampler. {@link #handle} is written last on borrow
 * and first on return; {@link #read} takes a consistent copy or none.
 */
public final class Lease extends LeasePadding {

    /** Lease number of a borrow: slot number and generation in one, so that a number names one borrow for ever. */
    private static final int GENERATION_BITS = 36;
    /** In the number of a test, which is no borrow. */
    private static final long TEST = 1L << GENERATION_BITS - 1;
    /** Shorter pauses teach nothing: no connection is suspected so soon. */
    private static final int NOTABLE_PAUSE_TICKS = 2_000 / CoarseClock.TICK_MILLIS;
    private static final VarHandle HANDLE;

    static {
        try {
            HANDLE = MethodHandles.lookup().findVarHandle(Lease.class, "handle", PhantomReference.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final int hash;
    /** In the table. */
    int place;
    private final WeakReference<Object> entry;
    private final ResourceHandle resource;
    private final long slot;

    @SuppressWarnings("unused") // Through HANDLE.
    private PhantomReference<Object> handle;
    private long generation;
    private int borrowedTick;
    private int usedTick;
    private long threadId;
    private long userId;
    private boolean escaped;
    private boolean broken;
    /** Its session has ended by an error. */
    private boolean lost;
    /** Who tests this slot while nobody has borrowed it; 0 for nobody. */
    private long testerId;
    private int testedTick;
    private SiteStatistics site;
    /** Whether this slot's entry would be lost together with its handle; see {@link PoolHandle#adopt}. */
    private final boolean keep;
    /** The entry while it is out, where it must be kept. */
    @SuppressWarnings("unused") // Only to be reachable.
    private Object kept;

    Lease(Object entry, int hash, ResourceHandle resource, long slot, boolean keep) {
        this.entry = new WeakReference<>(entry);
        this.hash = hash;
        this.resource = resource;
        this.slot = slot;
        this.keep = keep;
    }

    /**
     * A consistent copy of one borrow.
     *
     * @param threadId who borrowed it, negative for a virtual thread
     * @param userId who used it last, which may be another thread
     * @param escaped the handle is not the only way to the connection: a driver object was taken out of it, or the slot
     *     was given out to several handles
     */
    public record View(
            long id, ResourceHandle resource, long threadId, long userId, long heldMillis, long idleMillis,
            boolean unreachable, boolean escaped, SiteStatistics site) {

        /** Whether this is no borrow, but a test of a free slot. */
        public boolean isTest() {
            return (id & TEST) != 0;
        }

        /** Where it was borrowed; empty if not captured. */
        public String siteText() {
            return site == null ? "" : site.site();
        }

        /** 99.9th percentile of the site's hold times, ms; -1 when not learned. */
        public long typicalHoldMillis() {
            return site == null ? -1 : site.typicalMillis();
        }

        /** As {@link #typicalHoldMillis()}, of holds that ended while nobody waited. */
        public long calmHoldMillis() {
            return site == null ? -1 : site.calmMillis();
        }

        /** Longest time a connection of this site lay unused and was used or given back after that, ms; -1 for none. */
        public long longestPauseMillis() {
            return site == null ? -1 : site.longestPauseMillis();
        }
    }

    boolean isFor(Object candidate) {
        return entry.refersTo(candidate);
    }

    /** A pool that ended takes with it what is kept for it. */
    boolean isGone() {
        return entry.refersTo(null) || keep && !resource.alive();
    }

    boolean hasHandle(Object candidate) {
        PhantomReference<Object> reference = reference();
        return reference != null && reference.refersTo(candidate);
    }

    public ResourceHandle resource() {
        return resource;
    }

    /** The pool's entry, for a lever; {@code null} when collected. */
    public Object entry() {
        return entry.get();
    }

    /** Borrows seen on this slot. */
    public long borrows() {
        return generation;
    }

    void borrowed(Object newHandle, long borrower, SiteStatistics where) {
        int now = CoarseClock.now();
        generation++;
        borrowedTick = now;
        usedTick = now;
        threadId = borrower;
        userId = borrower;
        // Out already: in a transaction some pools give one slot to several handles, and one of them says nothing of the others.
        escaped = reference() != null;
        site = where;
        if (keep) {
            kept = entry.get();
        }
        HANDLE.setRelease(this, new PhantomReference<>(newHandle, null));
    }

    /** Watches another handle for the rest of this borrow; nothing on a slot that is free. */
    void handedOut(Object otherHandle) {
        if (reference() != null) {
            HANDLE.setRelease(this, new PhantomReference<>(otherHandle, null));
        }
    }

    private void free() {
        HANDLE.setRelease(this, (PhantomReference<Object>) null);
        kept = null;
    }

    /** @param whileCalm nobody waits for a slot at this moment */
    void returned(boolean whileCalm) {
        SiteStatistics where = site;
        PhantomReference<Object> reference = reference();
        // What nobody could return any more, a pool's own reclaimer has taken back; what was lost, somebody waited for in vain,
        // until it was aborted at the latest. That is no habit of the site: else the next dead one would be excused by it.
        if (where != null && reference != null && !reference.refersTo(null) && !lost) {
            int now = CoarseClock.now();
            where.held(now - borrowedTick, whileCalm);
            learnPause(where, now);
        }
        free();
    }

    /** Its connection was destroyed; by whom and why is not known, so nothing is learned from it. */
    void destroyed() {
        free();
    }

    void used(long user) {
        int now = CoarseClock.now();
        // Some pools use a slot themselves before they hand it out; that it was idle until then is no pause of a borrower.
        if (now - usedTick >= NOTABLE_PAUSE_TICKS && reference() != null) {
            learnPause(site, now);
        }
        usedTick = now;
        userId = user;
    }

    /** A free slot is being tested. */
    void testing(long tester) {
        if (reference() == null) {
            testedTick = CoarseClock.now();
            testerId = tester;
        }
    }

    void tested() {
        testerId = 0;
    }

    /**
     * Notes that the session of this slot failed; true the first time. A lost update counts a session twice, no more.
     *
     * @param ended the session is gone
     */
    boolean breaks(boolean ended) {
        boolean first = !broken;
        broken = true;
        lost |= ended;
        return first;
    }

    /** Whether an error has said that the session of this slot is gone; a pool that does not validate may lend it again. */
    public boolean isLost() {
        return lost;
    }

    private void learnPause(SiteStatistics where, int now) {
        if (where != null && now - usedTick >= NOTABLE_PAUSE_TICKS) {
            where.paused(now - usedTick);
        }
    }

    void escape() {
        escaped = true;
    }

    @SuppressWarnings("unchecked")
    private PhantomReference<Object> reference() {
        return (PhantomReference<Object>) HANDLE.getAcquire(this);
    }

    /** The current borrow, or test; {@code null} when the slot is free or changed hands while being read. */
    public View read() {
        PhantomReference<Object> reference = reference();
        if (reference == null) {
            long tester = testerId;
            return tester == 0 ? null : test(tester, CoarseClock.millisSince(testedTick));
        }
        View view = new View(slot << GENERATION_BITS | generation, resource, threadId, userId,
                CoarseClock.millisSince(borrowedTick), CoarseClock.millisSince(usedTick),
                reference.refersTo(null), escaped, site);
        VarHandle.acquireFence();
        return reference() == reference ? view : null;
    }

    /** The pool itself has it, so nothing can be reclaimed. */
    private View test(long tester, long millis) {
        return new View(slot << GENERATION_BITS | TEST | generation, resource, tester, tester, millis, millis, false, true, null);
    }
}
