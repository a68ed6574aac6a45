package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.core.instrument.HostContext;
import io.jvmmedic.core.instrument.WeakHandle;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.sql.Connection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One {@code org.apache.tomcat.jdbc.pool.ConnectionPool}. Its two queues and its counters are the JDK's or as good, no
 * lock of theirs is held while anybody talks to a database.
 */
final class TomcatJdbcHandle extends WeakHandle<Object> implements PoolHandle {

    private final TomcatJdbcMembers members;

    TomcatJdbcHandle(Object pool, ResourceRegistry registry) {
        this(pool, new TomcatJdbcMembers(pool), registry);
    }

    private TomcatJdbcHandle(Object pool, TomcatJdbcMembers members, ResourceRegistry registry) {
        super(pool, registry.uniqueId(ResourceId.Kind.POOL, members.name(pool)));
        this.members = members;
    }

    @Override
    public String library() {
        return "Tomcat JDBC";
    }

    @Override
    public boolean alive() {
        Object pool = hostObject();
        return pool != null && !members.isClosed(pool);
    }

    @Override
    public State state() {
        Object pool = hostObject();
        return pool == null ? null : new State(members.busy(pool).size(), members.idle(pool).size(),
                members.size(pool).get(), members.maximum(pool), members.waiting(pool));
    }

    @Override
    public boolean wraps(String type) {
        return type.startsWith("org.apache.tomcat.jdbc.pool.");
    }

    @Override
    public boolean inUse(Object entry) {
        Object pool = hostObject();
        return pool != null && members.busy(pool).contains(entry);
    }

    @Override
    public List<Object> entriesInUse() {
        Object pool = hostObject();
        return pool == null ? List.of() : List.copyOf(members.busy(pool));
    }

    /**
     * The statement facade of this borrow: statements hold it, and not the connection proxy. Without a facade statements
     * are the driver's own, and a transaction manager may work with an XA connection's resource alone: then nothing proves
     * that nobody works any more.
     */
    @Override
    public Object watched(Object entry, Object handle) {
        return members.isXa(entry) ? null : members.facadeOf(handle);
    }

    @Override
    public boolean keepsHandles() {
        Object pool = hostObject();
        return pool != null && !members.usesFacade(pool);
    }

    @Override
    public Connection physical(Object entry) {
        return members.physical(entry);
    }

    /**
     * The way of Tomcat's own removal of abandoned connections. Taking it out of the busy ones is the claim: the owner who
     * gives it back in this moment, or the next borrower, finds it gone or we do, never both. Discarded first, else the old
     * owner's handle would work on, at the worst on a connection that is somebody else's by then.
     */
    @Override
    public Lever<Object> closeEntry() {
        return Lever.of("ConnectionPool.abandon", entry -> act(pool -> {
            if (!members.isEntry(entry) || !members.busy(pool).remove(entry)) {
                throw new IllegalStateException("the connection has been given back in the meantime");
            }
            members.abandon(pool, entry);
        }));
    }

    @Override
    public Lever<Object> evictHandle() {
        return Lever.of("ConnectionPool.abandon", handle -> {
            Object entry = members.entryOf(handle);
            if (entry == null) {
                throw new IllegalStateException("the connection has been given back already");
            }
            closeEntry().pull(entry);
        });
    }

    @Override
    public Lever<Void> softEvict() {
        return Lever.of("ConnectionPool.purge", nothing -> act(members::purge));
    }

    /**
     * Sets the maximum; a smaller one also lets go of idle connections above it, which Tomcat would keep until its cleaner
     * finds them old. What is in use above it is let go of by a later pull, when it is idle.
     */
    @Override
    public Lever<Integer> resize() {
        return Lever.of("PoolConfiguration.setMaxActive", size -> act(pool -> {
            members.setMaximum(pool, size);
            Queue<Object> idle = members.idle(pool);
            // Its iterator is a snapshot; other ways to copy the fair queue are not implemented.
            for (Object entry : idle) {
                if (members.size(pool).get() > size && idle.remove(entry)) {
                    members.release(pool, entry);
                }
            }
        }));
    }

    /**
     * Offers new entries to those who wait, as the pool does itself when it releases one: who gets it connects it. They
     * wait for entries only, a larger maximum alone is never noticed by them.
     */
    @Override
    public Lever<Integer> kick() {
        return Lever.of("ConnectionPool.create", wanted -> act(pool -> {
            AtomicInteger size = members.size(pool);
            int count = Math.min(wanted, members.waiting(pool));
            for (int i = 0; i < count; i++) {
                if (size.incrementAndGet() > members.maximum(pool)) {
                    size.decrementAndGet();
                    return;
                }
                members.idle(pool).offer(members.create(pool));
            }
        }));
    }

    @Override
    public Lever<Consumer<Connection>> connect() {
        return Lever.of("PooledConnection.connect", with -> act(pool -> {
            Object outside = members.create(pool);
            try {
                members.connect(outside);
                with.accept(members.physical(outside));
            } finally {
                members.disconnect(outside);
            }
        }));
    }

    @Override
    public Lever<Consumer<Connection>> borrow() {
        return Lever.of("ConnectionPool.getConnection", with -> act(pool -> {
            try (Connection session = members.borrow(pool)) {
                with.accept(session);
            }
        }));
    }

    /** Purges, and takes from everybody what {@code purge} would leave to them until they return it. */
    @Override
    public Lever<Void> reset() {
        return Lever.of("ConnectionPool.purge and abandon", nothing -> act(pool -> {
            members.purge(pool);
            Queue<Object> busy = members.busy(pool);
            for (Object entry : List.copyOf(busy)) {
                if (busy.remove(entry)) {
                    members.abandon(pool, entry);
                }
            }
        }));
    }

    private interface PoolCall {
        void on(Object pool) throws Throwable;
    }

    private void act(PoolCall call) throws Throwable {
        Object pool = required();
        HostContext.with(pool.getClass().getClassLoader(), () -> call.on(pool));
    }
}
