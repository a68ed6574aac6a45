package io.jvmmedic.core.instrument.vibur;

import io.jvmmedic.core.instrument.HostContext;
import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.WeakHandle;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.sql.Connection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * One {@code PoolOperations}. Its slots are permits of a semaphore; of what is out it knows the number only, unless
 * {@code poolEnableConnectionTracking} is on. Else our own leases say which entries are out, and keep them.
 */
final class ViburHandle extends WeakHandle<Object> implements PoolHandle {

    static final String LIBRARY = "Vibur DBCP";

    private final ResourceRegistry registry;
    private final ViburMembers members;
    private final Handlers handlers = new Handlers();
    private final int configured;
    /** The maximum that is wanted. */
    private volatile int maximum;
    /** Permits there are beyond the configured maximum; more than wanted while surplus slots are out. */
    private volatile int lent;

    ViburHandle(Object pool, ResourceRegistry registry) {
        super(pool, registry.uniqueId(ResourceId.Kind.POOL,
                (String) Members.read(Members.read(pool, "dataSource"), "name")));
        this.registry = registry;
        members = new ViburMembers(pool);
        configured = members.maximum(pool);
        maximum = configured;
    }

    @Override
    public String library() {
        return LIBRARY;
    }

    @Override
    public boolean alive() {
        Object pool = hostObject();
        return pool != null && !members.isTerminated(pool);
    }

    @Override
    public State state() {
        Object pool = hostObject();
        if (pool == null) {
            return null;
        }
        Semaphore permits = members.permits(pool);
        int active = Math.max(0, configured + lent - permits.availablePermits());
        int total = members.total(pool);
        return new State(active, Math.max(0, total - active), total, maximum, permits.getQueueLength());
    }

    @Override
    public Object watched(Object entry, Object handle) {
        handlers.borrowed(entry, handle);
        return handle;
    }

    /** Vibur has nothing of a connection while it is out. */
    @Override
    public boolean adopt(Object entry, Object handle) {
        return true;
    }

    @Override
    public boolean keepsHandles() {
        Object pool = hostObject();
        return pool != null && (members.isTracked(pool) || members.cachesStatements(pool));
    }

    @Override
    public boolean wraps(String type) {
        return type.startsWith("org.vibur.dbcp.");
    }

    @Override
    public boolean inUse(Object entry) {
        return entriesInUse().stream().anyMatch(out -> out == entry);
    }

    @Override
    public List<Object> entriesInUse() {
        Object pool = hostObject();
        if (pool == null) {
            return List.of();
        }
        return members.isTracked(pool) ? members.tracked(pool) : registry.leases().slots(this).stream()
                .filter(slot -> slot.read() != null).map(Lease::entry).filter(Objects::nonNull).toList();
    }

    /**
     * Through the handler of its borrower, so that the slot is freed once, whoever is first. Past it only when no finalizer
     * can bring it back.
     */
    @Override
    public Lever<Object> closeEntry() {
        return Lever.of("ConnectionInvalidator.invalidate", entry -> act(pool -> {
            Object handler = handlerOf(entry);
            if (!inUse(entry) || handler != null && members.isClosed(handler)) {
                throw new IllegalStateException("the connection has been given back in the meantime");
            }
            if (handler != null) {
                members.invalidate(handler);
            } else if (isLost(entry)) {
                members.restoreBroken(pool, entry);
            } else {
                throw new IllegalStateException("its borrower has dropped it, but a finalizer may still close it");
            }
        }));
    }

    private Object handlerOf(Object entry) {
        Object handler = handlers.of(entry);
        if (handler == null && members.physical(entry) != null) {
            handler = members.handlerOf(members.proxy(entry));
        }
        return handler != null && members.isHandlerOf(handler, entry) ? handler : null;
    }

    private boolean isLost(Object entry) {
        return registry.leases().slots(this).stream().filter(slot -> slot.entry() == entry).map(Lease::read)
                .anyMatch(lease -> lease != null && lease.unreachable());
    }

    @Override
    public Lever<Object> evictHandle() {
        return Lever.of("ViburDataSource.severConnection", handle -> act(pool -> {
            Object handler = members.handlerOf(handle);
            if (handler == null || members.isClosed(handler)) {
                throw new IllegalStateException("the connection is closed, or none of Vibur's");
            }
            members.sever(pool, (Connection) handle);
        }));
    }

    @Override
    public Lever<Void> softEvict() {
        return Lever.of("PoolService.drainCreated", nothing -> act(members::renew));
    }

    /**
     * Adds or takes permits: Vibur's own maximum is fixed, and all it is used for is the number of permits at the start.
     * What is out above a smaller maximum is taken when it is back: pull again while the total is above the maximum.
     */
    @Override
    public Lever<Integer> resize() {
        return Lever.of("Semaphore.release", size -> act(pool -> {
            Semaphore permits = members.permits(pool);
            maximum = size;
            int missing = size - configured - lent;
            if (missing > 0) {
                lent += missing;
                permits.release(missing);
            }
            while (configured + lent > size && permits.tryAcquire()) {
                lent--;
            }
            members.reduceTo(pool, Math.max(size, configured + lent - permits.availablePermits()));
        }));
    }

    /** Borrowers make connections themselves as soon as they get a permit; this has those who wait look for one. */
    @Override
    public Lever<Integer> kick() {
        return Lever.of("Semaphore.release", wanted -> act(pool -> members.permits(pool).release(0)));
    }

    @Override
    public Connection physical(Object entry) {
        return members.physical(entry);
    }

    @Override
    public Lever<Consumer<Connection>> connect() {
        return Lever.of("ViburObjectFactory.create", user -> act(pool -> {
            Object fresh = members.create(pool);
            try {
                user.accept(members.physical(fresh));
            } finally {
                members.destroy(pool, fresh);
            }
        }));
    }

    @Override
    public Lever<Consumer<Connection>> borrow() {
        return Lever.of("ViburDataSource.getConnection", user -> act(pool -> {
            try (Connection session = members.borrow(pool)) {
                user.accept(session);
            }
        }));
    }

    /** Of the connections that were out before a hot attach it takes only those that are tracked. */
    @Override
    public Lever<Void> reset() {
        return Lever.of("ConnectionInvalidator.invalidate", nothing -> {
            act(members::renew);
            for (Object entry : entriesInUse()) {
                try {
                    closeEntry().pull(entry);
                } catch (IllegalStateException givenBack) {
                    // Destroyed by that, since it is of the past now.
                }
            }
        });
    }

    private interface PoolCall {
        void on(Object pool) throws Throwable;
    }

    private void act(PoolCall call) throws Throwable {
        Object pool = required();
        HostContext.with(pool.getClass().getClassLoader(), () -> call.on(pool));
    }
}
