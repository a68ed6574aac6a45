package io.jvmmedic.core.resource;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the lease of a pool's entry without a lock and without allocation: open addressing by identity hash, replaced as
 * a whole when a slot comes or goes, which is as rare as a new physical connection.
 */
final class LeaseTable {

    private static final int INITIAL = 64;
    private static final int HINTS = 256;
    private static final int THREADS = 256;
    /** Threads that come one after the other do not write to one cache line. */
    private static final int APART = 16;

    private volatile Lease[] table = new Lease[INITIAL];
    /**
     * The place of what a thread borrowed last. Mostly it works with that, and a watched object is new at each borrow: its
     * first identity hash is a call into the JVM, more than all the rest of a statement's probe. Places and not leases, since
     * a reference costs its writer a barrier. Never trusted.
     */
    private final int[] latest = new int[THREADS * APART];
    /** Where a watched object was found last, by its hash: it is looked for by each statement of a borrow. Never trusted. */
    private volatile Lease[] hints = new Lease[HINTS];
    private int size;
    private long nextSlot = 1;

    /** The lease of {@code entry}, or {@code null}. */
    Lease find(Object entry) {
        Lease[] leases = table;
        int mask = leases.length - 1;
        int hash = System.identityHashCode(entry);
        for (int i = spread(hash) & mask; ; i = i + 1 & mask) {
            Lease lease = leases[i];
            if (lease == null) {
                return null;
            }
            if (lease.hash == hash && lease.isFor(entry)) {
                return lease;
            }
        }
    }

    /** This thread has borrowed it now, and will probably work with it. */
    void borrowed(Lease lease, long thread) {
        int at = placeOf(thread);
        if (latest[at] != lease.place) {
            latest[at] = lease.place;
        }
    }

    /** As {@link #findWatching(Object)}, probably borrowed by this thread. */
    Lease findWatching(Object watched, long thread) {
        Lease[] leases = table;
        int place = latest[placeOf(thread)];
        Lease probable = place < leases.length ? leases[place] : null;
        return probable != null && probable.hasHandle(watched) ? probable : findWatching(watched);
    }

    private static int placeOf(long thread) {
        return ((int) thread & THREADS - 1) * APART;
    }

    /** The lease whose current borrow is watched by way of this object, or {@code null}. The first time it looks at all. */
    Lease findWatching(Object watched) {
        Lease[] known = hints;
        int at = spread(System.identityHashCode(watched)) & HINTS - 1;
        Lease hint = known[at];
        if (hint != null && hint.hasHandle(watched)) {
            return hint;
        }
        for (Lease lease : table) {
            if (lease != null && lease.hasHandle(watched)) {
                known[at] = lease;
                return lease;
            }
        }
        return null;
    }

    /** @param keep whether the lease keeps its entry reachable while it is out */
    synchronized Lease add(Object entry, ResourceHandle resource, boolean keep) {
        Lease present = find(entry);
        if (present != null) {
            return present;
        }
        Lease lease = new Lease(entry, System.identityHashCode(entry), resource, nextSlot++, keep);
        List<Lease> kept = all();
        kept.add(lease);
        rebuild(kept);
        return lease;
    }

    /** False when another thread was first. */
    synchronized boolean remove(Lease lease) {
        List<Lease> kept = all();
        boolean present = kept.remove(lease);
        if (present) {
            rebuild(kept);
        }
        return present;
    }

    /** Drops slots whose entry is collected, and returns them. Cheap when there is nothing to drop. */
    synchronized List<Lease> prune() {
        List<Lease> gone = all().stream().filter(Lease::isGone).toList();
        if (!gone.isEmpty()) {
            List<Lease> kept = all();
            kept.removeAll(gone);
            rebuild(kept);
        }
        return gone;
    }

    /** A copy; also of slots that are free. */
    List<Lease> all() {
        Lease[] leases = table;
        List<Lease> found = new ArrayList<>(size + 1);
        for (Lease lease : leases) {
            if (lease != null) {
                found.add(lease);
            }
        }
        return found;
    }

    private void rebuild(List<Lease> leases) {
        int capacity = INITIAL;
        while (capacity < leases.size() * 2) {
            capacity <<= 1;
        }
        Lease[] fresh = new Lease[capacity];
        for (Lease lease : leases) {
            int i = spread(lease.hash) & capacity - 1;
            while (fresh[i] != null) {
                i = i + 1 & capacity - 1;
            }
            fresh[i] = lease;
            lease.place = i;
        }
        size = leases.size();
        table = fresh;
        hints = new Lease[HINTS];
    }

    private static int spread(int hash) {
        return hash ^ hash >>> 16;
    }
}
