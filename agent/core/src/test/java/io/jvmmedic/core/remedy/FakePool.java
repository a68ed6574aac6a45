package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A connection pool in one thread: slots, waiters that are served as soon as a slot comes free, and the calls that hooks
 * would make. A waiter is what it does with its connection once it gets one.
 */
final class FakePool implements PoolHandle {

    private final ResourceRegistry registry;
    private final ResourceId id;
    private final Object host = new Object();
    private final Set<Object> inUse = new LinkedHashSet<>();
    /** Entries that a transaction keeps. */
    final Set<Object> enlisted = new LinkedHashSet<>();
    private final Queue<Object> idle = new ArrayDeque<>();
    private final Queue<Consumer<Object>> waiters = new ArrayDeque<>();
    private int max;

    /** Connections closed by a lever, in order. */
    final List<Object> closed = new ArrayList<>();
    /** Called on each close before anything changes; may throw. */
    Consumer<Object> onClose = entry -> { };
    /** Called when somebody asks whether an entry is in use, before the answer. */
    Consumer<Object> onAsk = entry -> { };
    boolean closeWorks = true;
    boolean closeCallsHook = true;
    boolean databaseUp = true;
    boolean gone;
    /** A pool that cannot tell and says yes. */
    boolean claimsEverything;
    Lever<Object> closeEntry = Lever.of("FakePool.close", this::close);
    Lever<Integer> resize = Lever.of("FakePool.setMax", size -> max = size);
    Lever<Integer> kick = Lever.of("FakePool.kick", count -> serve());
    Lever<Void> revive = Lever.absent("nothing is there to be revived");
    Lever<Void> reset = Lever.absent("a fake pool cannot be reset");
    Creator creator = Creator.BORROWERS;
    /** The driver's connection of each entry. */
    final Map<Object, Connection> sessions = new HashMap<>();
    Lever<Void> softEvict = Lever.of("FakePool.softEvict", nothing -> evictIdle());

    FakePool(ResourceRegistry registry, String name, int max) {
        this.registry = registry;
        this.id = registry.uniqueId(ResourceId.Kind.POOL, name);
        this.max = max;
        registry.register(host, (object, all) -> this);
    }

    // ---- the application's side

    /** Borrows with a handle that the caller keeps; returns the entry. The pool must have a free slot. */
    Object borrow(Object handle) {
        Object entry = idle.isEmpty() ? new Object() : idle.remove();
        if (inUse.size() >= max) {
            throw new IllegalStateException("no free slot");
        }
        lend(entry, handle);
        return entry;
    }

    /** Borrows and loses the handle. */
    Object leak() {
        return borrow(new Object());
    }

    void giveBack(Object entry) {
        registry.leases().returned(entry);
        inUse.remove(entry);
        idle.add(entry);
        serve();
    }

    void await(Consumer<Object> waiter) {
        waiters.add(waiter);
    }

    void changeMax(int size) {
        max = size;
    }

    /** The database refuses a new session. */
    void refuse(String state) {
        registry.leases().refused(host, new SQLException("refused", state));
    }

    /** A waiter that gives up. */
    void timeOut() {
        waiters.remove();
        registry.leases().waiting(host, (object, all) -> this);
        registry.leases().gaveUp(host);
    }

    /** Number of the lease on this entry. */
    long leaseOf(Object entry) {
        return registry.leases().of(this).stream()
                .filter(view -> registry.leases().byId(view.id()).entry() == entry)
                .mapToLong(Lease.View::id).findFirst().orElseThrow();
    }

    // ---- inside

    private void lend(Object entry, Object handle) {
        inUse.add(entry);
        registry.leases().borrowed(host, entry, handle, (object, all) -> this);
    }

    private void serve() {
        while (!waiters.isEmpty() && inUse.size() < max && (!idle.isEmpty() || databaseUp)) {
            Object entry = idle.isEmpty() ? new Object() : idle.remove();
            Object handle = new Object();
            lend(entry, handle);
            waiters.remove().accept(handle);
        }
    }

    private void close(Object entry) {
        onClose.accept(entry);
        closed.add(entry);
        if (closeWorks && inUse.remove(entry)) {
            if (closeCallsHook) {
                registry.leases().discarded(entry);
            }
            serve();
        }
    }

    /** What a reset does: closes whatever there is. */
    void closeAll() {
        List.copyOf(inUse).forEach(this::close);
        evictIdle();
        serve();
    }

    private void evictIdle() {
        idle.forEach(registry.leases()::discarded);
        idle.clear();
    }

    // ---- the handle

    @Override
    public ResourceId id() {
        return id;
    }

    @Override
    public String library() {
        return "fake";
    }

    @Override
    public boolean alive() {
        return !gone;
    }

    @Override
    public boolean isAbout(Object hostObject) {
        return hostObject == host;
    }

    @Override
    public State state() {
        return gone ? null : new State(inUse.size(), idle.size(), inUse.size() + idle.size(), max, waiters.size());
    }

    @Override
    public boolean enlisted(Object entry) {
        return enlisted.contains(entry);
    }

    @Override
    public boolean wraps(String type) {
        return type.startsWith("com.acme.pool.");
    }

    @Override
    public boolean inUse(Object entry) {
        onAsk.accept(entry);
        return claimsEverything || inUse.contains(entry);
    }

    @Override
    public List<Object> entriesInUse() {
        return List.copyOf(inUse);
    }

    @Override
    public Lever<Object> closeEntry() {
        return closeEntry;
    }

    @Override
    public Lever<Object> evictHandle() {
        return Lever.absent("a fake pool knows no handles");
    }

    @Override
    public Creator creator() {
        return creator;
    }

    @Override
    public Connection physical(Object entry) {
        return sessions.get(entry);
    }

    @Override
    public Lever<Void> revive() {
        return revive;
    }

    @Override
    public Lever<Void> reset() {
        return reset;
    }

    @Override
    public Lever<Void> softEvict() {
        return softEvict;
    }

    @Override
    public Lever<Integer> resize() {
        return resize;
    }

    @Override
    public Lever<Integer> kick() {
        return kick;
    }
}
