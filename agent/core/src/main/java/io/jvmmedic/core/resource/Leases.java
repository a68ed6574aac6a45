package io.jvmmedic.core.resource;

import io.jvmmedic.core.util.AppFrames;
import io.jvmmedic.core.util.CoarseClock;
import io.jvmmedic.core.util.Jdk;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Who has borrowed what, and who waits for what. The write side is called from host threads by the hooks and is
 * wait-free on the calm path; the read side is for the sampler and for remedies.
 */
public final class Leases {

    /** Stack walks in a tick of the clock, each about 3 us: below 0.1 % of a core. */
    private static final int CAPTURES = 200 * CoarseClock.TICK_MILLIS / 1_000;
    /** The same while a resource has attention: about 0.3 % of a core. */
    private static final int CAPTURES_WITH_ATTENTION = 5 * CAPTURES;
    /** More waiters than this are counted by the pool itself, but not listed. */
    private static final int MAX_WAITERS = 5_000;
    private static final int ATTENTION_TICKS = 60_000 / CoarseClock.TICK_MILLIS;

    private final ResourceRegistry registry;
    private final LeaseTable table = new LeaseTable();
    private final SiteBook sites = new SiteBook();
    private final Map<Long, Waiter> waiters = new ConcurrentHashMap<>();
    private final Map<ResourceHandle, AtomicLong> timeouts = new ConcurrentHashMap<>();
    private final Map<ResourceHandle, SqlErrors> errors = new ConcurrentHashMap<>();
    /** Borrows of slots that are gone, so that a count never falls. */
    private final Map<ResourceHandle, Long> retired = new ConcurrentHashMap<>();
    /** Until which tick a resource keeps its attention. */
    private final Map<ResourceHandle, Integer> attention = new ConcurrentHashMap<>();
    /** Read on each borrow: an empty set costs one field load. */
    private volatile boolean anyAttention;
    /**
     * Counted up before a waiter is listed and down after it is taken off, so never less than there are: a thread that waits
     * finds its own here whatever others do. A flag that the last one took down could miss who came in this moment.
     */
    private final AtomicInteger waiting = new AtomicInteger();
    /** Somebody has tested a free slot: most pools never do, and then the end of a test that was none costs a field load. */
    private volatile boolean anyTest;
    /** Somebody began to wait after a time in which nobody did. */
    private volatile boolean waitsBegan;
    /** Not volatile: a stale read costs one stack walk. */
    private int captureTick;
    private int captured;

    Leases(ResourceRegistry registry) {
        this.registry = registry;
    }

    // ---- written by hooks

    /** A slot that is known is borrowed; false when it is not known. */
    public boolean borrowed(Object entry, Object handle) {
        Lease lease = table.find(entry);
        if (lease == null) {
            return false;
        }
        borrowed(lease, entry, handle);
        return true;
    }

    public void borrowed(Object pool, Object entry, Object handle, HandleFactory factory) {
        if (!borrowed(entry, handle)) {
            registry.register(pool, factory).ifPresent(resource -> borrowed(
                    table.add(entry, resource, resource instanceof PoolHandle own && own.adopt(entry, handle)), entry, handle));
        }
    }

    private void borrowed(Lease lease, Object entry, Object handle) {
        long thread = Jdk.threadId(Thread.currentThread());
        if (isAnybodyWaiting()) {
            stopWaiting(thread);
        }
        Object watched = lease.resource().watched(entry, handle);
        lease.borrowed(watched == null ? handle : watched, thread, mayCapture(lease) ? site() : null);
        table.borrowed(lease, thread);
        if (watched == null) {
            lease.escape();
        }
    }

    public void handedOut(Object entry, Object handle) {
        Lease lease = table.find(entry);
        if (lease != null) {
            lease.handedOut(handle);
        }
    }

    public void returned(Object entry) {
        Lease lease = table.find(entry);
        if (lease != null) {
            lease.returned(!isAnybodyWaiting());
        }
    }

    public void discarded(Object entry) {
        Lease lease = table.find(entry);
        if (lease != null) {
            lease.destroyed();
            if (table.remove(lease)) {
                retire(lease);
            }
        }
    }

    public void used(Object entry) {
        Lease lease = table.find(entry);
        if (lease != null) {
            lease.used(Jdk.threadId(Thread.currentThread()));
        }
    }

    /** A test without a timeout may wait for ever: that is seen as a lease of the thread that is at it. */
    public void testing(Object entry) {
        Lease lease = table.find(entry);
        if (lease != null) {
            long thread = Jdk.threadId(Thread.currentThread());
            if (isAnybodyWaiting()) {
                // It has got a slot. If the test fails it begins to wait anew.
                stopWaiting(thread);
            }
            anyTest = true;
            lease.testing(thread);
        }
    }

    public void tested(Object entry) {
        Lease lease = anyTest ? table.find(entry) : null;
        if (lease != null) {
            lease.tested();
        }
    }

    public void usedThrough(Object watched) {
        long thread = Jdk.threadId(Thread.currentThread());
        Lease lease = table.findWatching(watched, thread);
        if (lease != null) {
            lease.used(thread);
        }
    }

    public void escaped(Object handleOrEntry) {
        Lease lease = find(handleOrEntry);
        if (lease != null) {
            lease.escape();
        }
    }

    private Lease find(Object handleOrEntry) {
        Lease lease = table.find(handleOrEntry);
        return lease != null ? lease : table.findWatching(handleOrEntry);
    }

    public void waiting(Object pool, HandleFactory factory) {
        if (waiters.size() < MAX_WAITERS) {
            Thread thread = Thread.currentThread();
            registry.register(pool, factory).ifPresent(resource -> {
                boolean first = waiting.getAndIncrement() == 0;
                // Woken in vain and about to park again, it goes on waiting.
                Waiter known = waiters.get(Jdk.threadId(thread));
                if (known != null && known.resource() == resource
                        || waiters.put(Jdk.threadId(thread), new Waiter(thread, resource)) != null) {
                    waiting.decrementAndGet();
                }
                if (first) {
                    waitsBegan = true;
                }
                // Not only at the next sample: a pool can be locked or leaked dry within milliseconds.
                attend(resource, true);
            });
        }
    }

    /** @param pool {@code null} where only the thread is known: then it is the pool it waits for, if it waits */
    public void gaveUp(Object pool) {
        Waiter waiter = stopWaiting(Jdk.threadId(Thread.currentThread()));
        ResourceHandle resource = pool != null ? registry.find(pool) : waiter == null ? null : waiter.resource();
        if (resource != null) {
            timeouts.computeIfAbsent(resource, key -> new AtomicLong()).incrementAndGet();
        }
    }

    public void failed(Object handleOrEntry, Throwable error) {
        SqlTrouble trouble = SqlTrouble.of(error);
        Lease lease = trouble.kind() == SqlTrouble.Kind.OTHER ? null : find(handleOrEntry);
        if (lease != null) {
            errorsOf(lease.resource()).failed(trouble, lease.breaks(trouble.kind() == SqlTrouble.Kind.LOST));
        }
    }

    public void refused(Object pool, Throwable error) {
        ResourceHandle resource = registry.find(pool);
        if (resource != null) {
            errorsOf(resource).refused(SqlTrouble.of(error));
        }
    }

    private SqlErrors errorsOf(ResourceHandle resource) {
        SqlErrors known = errors.get(resource);
        return known != null ? known : errors.computeIfAbsent(resource, key -> new SqlErrors());
    }

    public void waited() {
        if (isAnybodyWaiting()) {
            stopWaiting(Jdk.threadId(Thread.currentThread()));
        }
    }

    /** What the thread waited for; {@code null} for nothing. */
    private Waiter stopWaiting(long thread) {
        Waiter waiter = waiters.remove(thread);
        if (waiter != null) {
            waiting.decrementAndGet();
        }
        return waiter;
    }

    private void forgetWaiters(Predicate<Waiter> which) {
        waiters.forEach((thread, waiter) -> {
            if (which.test(waiter) && waiters.remove(thread, waiter)) {
                waiting.decrementAndGet();
            }
        });
    }

    private boolean isAnybodyWaiting() {
        return waiting.get() > 0;
    }

    /**
     * Stacks are walked by a budget of time, not by a share of the borrows: in a service with some hundred borrows a second
     * every site is known, and in one with a million the cost is the same. A lost update lets one walk more happen.
     */
    private boolean mayCapture(Lease lease) {
        int now = CoarseClock.now();
        if (now != captureTick) {
            captureTick = now;
            captured = 0;
        }
        if (captured >= CAPTURES_WITH_ATTENTION
                || captured >= CAPTURES && !(anyAttention && attention.containsKey(lease.resource()))) {
            return false;
        }
        captured++;
        return true;
    }

    private SiteStatistics site() {
        String site = AppFrames.here();
        return site.isEmpty() ? null : sites.of(site);
    }

    // ---- read by the sampler and by remedies

    /**
     * More borrow stacks are captured while a resource has attention. Attention falls back by itself,
     * a while after it was last wanted: what leaked once will leak again, and then the site is known.
     */
    public void attend(ResourceHandle resource, boolean wanted) {
        int now = CoarseClock.now();
        if (wanted) {
            attention.put(resource, now + ATTENTION_TICKS);
        } else {
            attention.computeIfPresent(resource, (key, until) -> until - now > 0 ? until : null);
        }
        anyAttention = !attention.isEmpty();
    }

    /** Whether somebody began to wait, where nobody did, since this was asked last. For the sampler. */
    public boolean haveWaitsBegun() {
        boolean began = waitsBegan;
        waitsBegan = false;
        return began;
    }

    /** The current leases of a resource. */
    public List<Lease.View> of(ResourceHandle resource) {
        List<Lease.View> views = new ArrayList<>();
        for (Lease lease : table.all()) {
            if (lease.resource() == resource) {
                Lease.View view = lease.read();
                if (view != null) {
                    views.add(view);
                }
            }
        }
        return views;
    }

    /** The slots of a resource that were borrowed at least once and still exist, the free ones included. */
    public List<Lease> slots(ResourceHandle resource) {
        return table.all().stream().filter(lease -> lease.resource() == resource && !lease.isGone()).toList();
    }

    /** The slot whose current borrow has this number; {@code null} when that borrow is over. */
    public Lease byId(long id) {
        for (Lease lease : table.all()) {
            Lease.View view = lease.read();
            if (view != null && view.id() == id) {
                return lease;
            }
        }
        return null;
    }

    /**
     * Whether the thread that used this lease last may wait on another connection: one that it has used since, of whatever
     * pool, or one that it opened without a pool. Migration tools keep one session idle in a transaction while the other one
     * works for an hour.
     */
    public boolean mayWaitElsewhere(Lease.View lease) {
        return registry.unpooled().isOpenBy(lease.userId()) || out().anyMatch(other -> other.id() != lease.id()
                && other.userId() == lease.userId() && other.idleMillis() <= lease.idleMillis());
    }

    /** Whether the thread that used this lease last has another one in hand, whichever of them it used last. */
    public boolean hasOthersInHand(Lease.View lease) {
        return out().anyMatch(other -> other.id() != lease.id()
                && (other.userId() == lease.userId() || other.threadId() == lease.userId()));
    }

    /** All that are borrowed or tested now, of all resources. */
    public Stream<Lease.View> out() {
        return table.all().stream().map(Lease::read).filter(Objects::nonNull);
    }

    private void retire(Lease lease) {
        retired.merge(lease.resource(), lease.borrows(), Long::sum);
    }

    /** Borrows seen since the agent started; never falls. */
    public long borrows(ResourceHandle resource) {
        long sum = retired.getOrDefault(resource, 0L);
        for (Lease lease : table.all()) {
            if (lease.resource() == resource) {
                sum += lease.borrows();
            }
        }
        return sum;
    }

    public long timeouts(ResourceHandle resource) {
        AtomicLong count = timeouts.get(resource);
        return count == null ? 0 : count.get();
    }

    /** Errors of its sessions that tell something about the server. */
    public SqlErrors.Counts errors(ResourceHandle resource) {
        SqlErrors known = errors.get(resource);
        return known == null ? SqlErrors.Counts.NONE : known.counts();
    }

    /** Threads waiting now; those that died or were collected are dropped. */
    public Collection<Waiter> waiters() {
        forgetWaiters(waiter -> waiter.thread() == null || !waiter.thread().isAlive());
        return List.copyOf(waiters.values());
    }

    void prune() {
        table.prune().forEach(this::retire);
        retired.keySet().removeIf(resource -> !resource.alive());
        attention.keySet().removeIf(resource -> !resource.alive());
        errors.keySet().removeIf(resource -> !resource.alive());
        timeouts.keySet().removeIf(resource -> !resource.alive());
        // A thread that outlives the pool it waited for would keep the handle, and with it the host's class loader.
        forgetWaiters(waiter -> !waiter.resource().alive());
    }
}
