package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.core.instrument.HostContext;
import io.jvmmedic.core.instrument.WeakHandle;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One {@code GenericObjectPool} of connections. Its entries are the {@code PoolableConnection}s. State is read from a
 * concurrent map and a deque whose lock is never held while anybody talks to a database.
 */
final class Dbcp2Handle extends WeakHandle<Object> implements PoolHandle {

    private static final Logger LOG = LoggerFactory.getLogger(Dbcp2Handle.class);
    private static final long BORROW_MILLIS = 1_000;
    private static final long PAUSE_NANOS = 20_000_000;
    private static final int MAX_LOOKS = 50;

    private final Dbcp2Members members;

    private Dbcp2Handle(Object pool, Dbcp2Members members, ResourceRegistry registry) {
        super(pool, registry.uniqueId(ResourceId.Kind.POOL, members.name(pool)));
        this.members = members;
    }

    /** The handle of a pool; {@code null} if what it pools are not DBCP's connections. */
    static Dbcp2Handle open(Object pool, ResourceRegistry registry) {
        Edition edition = Edition.of(pool);
        return edition == null || !Dbcp2Members.poolsConnections(pool, edition) ? null
                : new Dbcp2Handle(pool, new Dbcp2Members(pool, edition), registry);
    }

    @Override
    public String library() {
        return "Commons DBCP2";
    }

    @Override
    public boolean alive() {
        Object pool = hostObject();
        return pool != null && !members.isClosed(pool);
    }

    @Override
    public State state() {
        Object pool = hostObject();
        if (pool == null) {
            return null;
        }
        int total = members.records(pool).size();
        int idle = Math.min(members.idle(pool), total);
        return new State(total - idle, idle, total, members.maximum(pool), members.waiting(pool));
    }

    @Override
    public boolean wraps(String type) {
        return type.startsWith("org.apache.commons.dbcp2.") || type.startsWith("org.apache.tomcat.dbcp.dbcp2.");
    }

    @Override
    public boolean inUse(Object entry) {
        Object pool = hostObject();
        Object record = pool == null ? null : members.record(pool, entry);
        return record != null && members.isAllocated(record);
    }

    @Override
    public List<Object> entriesInUse() {
        Object pool = hostObject();
        List<Object> found = new ArrayList<>();
        if (pool != null) {
            for (Object record : members.records(pool)) {
                if (members.isAllocated(record)) {
                    found.add(members.entryOf(record));
                }
            }
        }
        return found;
    }

    /** Managed connections belong to a transaction manager's pool: several handles may share one, and none is watched. */
    @Override
    public boolean keepsHandles() {
        Object pool = hostObject();
        return pool != null && members.isManaged(pool);
    }

    @Override
    public boolean enlisted(Object entry) {
        return members.isEnlisted(entry);
    }

    @Override
    public Connection physical(Object entry) {
        return members.physical(entry);
    }

    /**
     * Marked as returning first, which is what an owner's own return begins with: from then on one of the two can return
     * or destroy it, never both. Not aborted: a connection that is closed behind the pool's back cannot be invalidated
     * any more, and nobody who waits would be served.
     */
    @Override
    public Lever<Object> closeEntry() {
        return Lever.of("GenericObjectPool.invalidateObject", entry -> act(pool -> {
            Object record = members.record(pool, entry);
            if (record == null || !members.claim(record)) {
                throw new IllegalStateException("the connection has been given back in the meantime");
            }
            invalidate(pool, entry);
        }));
    }

    @Override
    public Lever<Object> evictHandle() {
        return Lever.of("GenericObjectPool.invalidateObject", handle -> {
            Object entry = members.entryBehind(handle);
            if (entry == null) {
                throw new IllegalStateException("the connection has been given back already");
            }
            closeEntry().pull(entry);
        });
    }

    /**
     * The pool itself replaces one for those who wait only if nothing is idle at this moment, also if what is idle is
     * somebody's already who has not woken up yet; and none at all when closing the old one failed.
     */
    private void invalidate(Object pool, Object entry) throws Throwable {
        try {
            members.invalidate(pool, entry);
        } finally {
            members.add(pool, members.waiting(pool));
        }
    }

    /**
     * Closes what is idle, and what comes back within a second: the pool has no way to mark what is in use. Who has a
     * connection for longer gives it back as it is.
     */
    @Override
    public Lever<Void> softEvict() {
        return Lever.of("GenericObjectPool.clear and invalidateObject", nothing -> act(pool -> {
            List<Object> left = new ArrayList<>(members.records(pool));
            members.clear(pool);
            for (int i = 0; i < MAX_LOOKS && !left.isEmpty(); i++) {
                Collection<Object> present = members.records(pool);
                left.removeIf(record -> present.stream().noneMatch(one -> one == record));
                for (Object record : left) {
                    closeIfIdle(pool, record);
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }));
    }

    /** Not while the evictor tests it, which then puts it back. */
    private void closeIfIdle(Object pool, Object record) throws Throwable {
        if (members.takeIdle(pool, record) && members.allocate(record)) {
            invalidate(pool, members.entryOf(record));
        }
    }

    /** Sets the maximum; a smaller one also closes idle connections above it, which the pool would keep. */
    @Override
    public Lever<Integer> resize() {
        return Lever.of("GenericObjectPool.setMaxTotal", size -> act(pool -> {
            members.setMaximum(pool, size);
            int surplus = members.records(pool).size() - size;
            for (int i = 0; i < surplus; i++) {
                Object record = members.takeIdle(pool);
                if (record == null) {
                    return;
                }
                // False while the evictor tests it, which then puts it back.
                if (members.allocate(record)) {
                    invalidate(pool, members.entryOf(record));
                }
            }
        }));
    }

    /** Adds new idle connections, which is what those who wait wait for: they never look at the maximum again. */
    @Override
    public Lever<Integer> kick() {
        return Lever.of("GenericObjectPool.addObject", wanted -> act(pool -> members.add(pool, wanted)));
    }

    @Override
    public Lever<Consumer<Connection>> connect() {
        return Lever.of("ConnectionFactory.createConnection", with -> act(pool -> {
            try (Connection fresh = members.connect(pool)) {
                with.accept(fresh);
            }
        }));
    }

    @Override
    public Lever<Consumer<Connection>> borrow() {
        return Lever.of("GenericObjectPool.borrowObject", with -> act(pool -> {
            try (Connection session = members.borrow(pool, BORROW_MILLIS)) {
                with.accept(session);
            }
        }));
    }

    /** Closes what is idle, and takes what is in use from whoever has it. */
    @Override
    public Lever<Void> reset() {
        return Lever.of("GenericObjectPool.clear and invalidateObject", nothing -> act(pool -> {
            members.clear(pool);
            for (Object record : List.copyOf(members.records(pool))) {
                if (members.claim(record)) {
                    invalidateWhateverHappens(pool, members.entryOf(record));
                }
            }
            members.add(pool, members.waiting(pool));
        }));
    }

    /** One that cannot be closed properly is out of the pool all the same, and must not save the others. */
    private void invalidateWhateverHappens(Object pool, Object entry) throws Throwable {
        try {
            members.invalidate(pool, entry);
        } catch (Exception e) {
            LOG.warn("{}: a connection could not be closed properly", id(), e);
        }
    }

    private interface PoolCall {
        void on(Object pool) throws Throwable;
    }

    private void act(PoolCall call) throws Throwable {
        Object pool = required();
        HostContext.with(members.loaderOfFactory(pool), () -> call.on(pool));
    }
}
