package io.jvmmedic.core.instrument.ucp;

import io.jvmmedic.core.instrument.HostContext;
import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.WeakHandle;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** One pool of Oracle UCP. Its counters and its list of connections take no lock. */
final class UcpHandle extends WeakHandle<Object> implements PoolHandle {

    private static final String GIVEN_BACK = "the connection has been given back in the meantime";
    private static final Set<String> OVER = Set.of("LIFE_CYCLE_STOPPING", "LIFE_CYCLE_STOPPED", "LIFE_CYCLE_FAILED");

    private final UcpMembers members;

    UcpHandle(Object pool, ResourceRegistry registry) {
        super(pool, registry.uniqueId(ResourceId.Kind.POOL, name(pool)));
        members = new UcpMembers(pool);
    }

    private static String name(Object pool) {
        return Members.read(pool, "m_poolName") instanceof AtomicReference<?> name && name.get() != null
                ? name.get().toString() : "ucp";
    }

    @Override
    public String library() {
        return "Oracle UCP";
    }

    @Override
    public boolean alive() {
        Object pool = hostObject();
        return pool != null && !OVER.contains(members.lifeCycle(pool));
    }

    @Override
    public State state() {
        Object pool = hostObject();
        if (pool == null) {
            return null;
        }
        int active = members.borrowed(pool);
        int total = members.total(pool);
        return new State(active, Math.max(0, total - active), total, members.maximum(pool), members.pending(pool));
    }

    @Override
    public boolean wraps(String type) {
        return type.startsWith("oracle.ucp.");
    }

    @Override
    public boolean inUse(Object entry) {
        Object pool = hostObject();
        return pool != null && members.isEntryOf(pool, entry) && members.isBorrowed(entry);
    }

    @Override
    public List<Object> entriesInUse() {
        Object pool = hostObject();
        return pool == null ? List.of() : members.entries(pool).stream().filter(members::isBorrowed).toList();
    }

    @Override
    public Connection physical(Object entry) {
        return members.physical(entry) instanceof Connection connection ? connection : null;
    }

    /**
     * As {@code UniversalConnectionPool.closeConnection}, in three steps of our own: that one counts twice when the borrower
     * gives the connection back in the same moment. Out of the pool first, so that nobody can borrow it; then the
     * borrow is ended by the flag that the borrower's own return needs; then it is closed.
     */
    @Override
    public Lever<Object> closeEntry() {
        return Lever.of("Core.retrieve, CoreConnection.close", entry -> act(pool -> take(pool, entry)));
    }

    /** Shuts the handle first: its borrower's calls fail from then on, and its close does nothing. */
    @Override
    public Lever<Object> evictHandle() {
        return Lever.of("ConnectionProxy.closed, CoreConnection.close", handle -> act(pool -> {
            if (!members.isHandle(handle)) {
                throw new IllegalStateException("the handle was made by Oracle's driver, whose handles cannot be shut");
            }
            Object entry = members.entryOf(handle);
            if (!members.shut(handle)) {
                throw new IllegalStateException(GIVEN_BACK);
            }
            take(pool, entry);
        }));
    }

    private void take(Object pool, Object entry) throws Throwable {
        if (!inUse(entry) || !members.retrieve(pool, entry)) {
            throw new IllegalStateException(GIVEN_BACK);
        }
        try {
            forgetWork(physical(entry));
        } finally {
            members.endBorrow(entry);
            members.close(entry);
            members.adjust(pool);
            serve(pool);
        }
    }

    /**
     * Who waits in UCP orders a connection once. If another one takes what came, nobody ever orders for the first again,
     * whatever room there is: it looks five times a second for what is never made.
     */
    private void serve(Object pool) throws Throwable {
        int available = members.total(pool) - members.borrowed(pool);
        for (int missing = members.pending(pool) - available; missing > 0; missing--) {
            members.order(pool);
        }
    }

    /** Before it is closed: Oracle commits on close what the borrower had not finished. */
    private static void forgetWork(Connection physical) throws SQLException {
        if (physical == null) {
            return;
        }
        try {
            physical.abort(Runnable::run);
        } catch (SQLException | RuntimeException cannot) {
            // Some drivers ask a security manager for leave, and from Java 24 on that ends in an exception.
            if (!physical.getAutoCommit()) {
                physical.rollback();
            }
        }
    }

    @Override
    public Lever<Void> softEvict() {
        return Lever.of("UniversalConnectionPool.refresh", nothing -> act(members::refresh));
    }

    /** A smaller maximum closes what is available above it; what is in use is closed by a later pull. */
    @Override
    public Lever<Integer> resize() {
        return Lever.of("UniversalConnectionPool.setMaxPoolSize", size -> act(pool -> members.setMaximum(pool, size)));
    }

    @Override
    public Lever<Integer> kick() {
        return Lever.of("Core.growAvailableAsynch", wanted -> act(this::serve));
    }

    @Override
    public Lever<Consumer<Connection>> connect() {
        return Lever.of("ConnectionFactoryAdapter.createConnection", look -> act(pool -> {
            Object fresh = members.create(pool);
            try {
                if (!(fresh instanceof Connection connection)) {
                    throw new IllegalStateException("the pool's factory makes " + fresh.getClass().getName());
                }
                look.accept(connection);
            } finally {
                members.destroy(pool, fresh);
            }
        }));
    }

    @Override
    public Lever<Consumer<Connection>> borrow() {
        return Lever.of("UniversalConnectionPool.borrowConnection", look -> act(pool -> {
            Object entry = members.borrow(pool);
            try {
                Connection session = physical(entry);
                if (session == null) {
                    throw new IllegalStateException("the driver's connections are not known");
                }
                look.accept(session);
            } finally {
                members.giveBack(pool, entry);
            }
        }));
    }

    /** Not by {@code purge}: while it goes through the pool it also closes what those who wait have just got. */
    @Override
    public Lever<Void> reset() {
        return Lever.of("UniversalConnectionPool.refresh, CoreConnection.close", nothing -> act(pool -> {
            List<Object> borrowed = entriesInUse();
            members.refresh(pool);
            for (Object entry : borrowed) {
                if (inUse(entry)) {
                    takeIfBorrowed(pool, entry);
                }
            }
        }));
    }

    private void takeIfBorrowed(Object pool, Object entry) throws Throwable {
        try {
            take(pool, entry);
        } catch (IllegalStateException givenBack) {
            // Then it was replaced on its return.
        }
    }

    private interface PoolCall {
        void on(Object pool) throws Throwable;
    }

    private void act(PoolCall call) throws Throwable {
        Object pool = required();
        HostContext.with(pool.getClass().getClassLoader(), () -> call.on(pool));
    }
}
