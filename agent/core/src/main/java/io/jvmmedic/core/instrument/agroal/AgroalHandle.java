package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.core.instrument.HostContext;
import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.WeakHandle;
import io.jvmmedic.core.instrument.agroal.AgroalMembers.Phase;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.Leases;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.sql.XAConnection;

/**
 * One {@code ConnectionPool} of Agroal, named like its housekeeping thread, because it has no name of its own.
 *
 * <p>A handler serves one borrower after the other, and {@code setFlushOnly} asks nobody whose turn it is. Set on a handler
 * that had just come back, it leaves one that nobody can borrow and nobody removes: a slot lost for good. So each act here
 * first <em>takes</em> the handler by one atomic step from the state its victim has it in.
 */
final class AgroalHandle extends WeakHandle<Object> implements PoolHandle {

    private static final String GIVEN_BACK = "the connection has been given back in the meantime";
    private static final String BOUND = "the connection takes part in a transaction, which will end by its manager";
    private static final long PAUSE_NANOS = 10_000_000;
    /** A creation or a removal that is under way makes the two counts differ for a moment. */
    private static final int STEADY = 5;
    private static final int MAX_LOOKS = 50;
    private static final int MAX_HOUSEKEEPERS = 4;

    private final AgroalMembers members;
    private final Leases leases;
    private final WeakReference<Object> synchronizer;

    AgroalHandle(Object pool, ResourceRegistry registry) {
        super(pool, registry.uniqueId(ResourceId.Kind.POOL, name(pool)));
        members = new AgroalMembers(pool);
        leases = registry.leases();
        synchronizer = new WeakReference<>(members.synchronizer(pool));
    }

    private static String name(Object pool) {
        Object executor = Members.read(pool, "housekeepingExecutor");
        Object factory = ((ScheduledThreadPoolExecutor) executor).getThreadFactory();
        return Members.read(factory, "threadPrefix") instanceof String prefix ? prefix : "agroal";
    }

    @Override
    public String library() {
        return "Agroal";
    }

    @Override
    public boolean isAbout(Object candidate) {
        return super.isAbout(candidate) || candidate != null && synchronizer.refersTo(candidate);
    }

    @Override
    public boolean alive() {
        Object pool = hostObject();
        return pool != null && !members.executor(pool).isShutdown();
    }

    @Override
    public State state() {
        Object pool = hostObject();
        if (pool == null) {
            return null;
        }
        List<Object> handlers = members.handlers(pool);
        int active = 0;
        int idle = 0;
        for (Object handler : handlers) {
            switch (members.phase(handler)) {
                case CHECKED_OUT, FLUSH -> active++;
                case CHECKED_IN -> idle++;
                default -> {
                    // On its way in or out.
                }
            }
        }
        return new State(active, idle, handlers.size(), members.maxSize(pool), waiting(pool));
    }

    /** Agroal counts who waits for what comes back, not who waits for the housekeeper to create. */
    private int waiting(Object pool) {
        return Math.max(members.awaiting(pool),
                (int) leases.waiters().stream().filter(one -> one.resource() == this).count());
    }

    @Override
    public boolean wraps(String type) {
        return type.startsWith("io.agroal.pool.");
    }

    /** A handler that is to be flushed stays in the list for as long as its borrower has it. */
    @Override
    public boolean inUse(Object entry) {
        Object pool = hostObject();
        return pool != null && members.isHandler(entry) && isOut(entry) && members.isListed(pool, entry);
    }

    private boolean isOut(Object handler) {
        Phase phase = members.phase(handler);
        return phase == Phase.CHECKED_OUT || phase == Phase.FLUSH;
    }

    @Override
    public List<Object> entriesInUse() {
        Object pool = hostObject();
        return pool == null ? List.of() : members.handlers(pool).stream().filter(this::isOut).toList();
    }

    @Override
    public boolean enlisted(Object entry) {
        return members.isHandler(entry) && members.isBound(entry);
    }

    @Override
    public Connection physical(Object entry) {
        return members.isHandler(entry) ? members.physical(entry) : null;
    }

    // ---- one connection

    /**
     * Never through {@code returnConnectionHandler}: it resets the connection first, and a reset to auto-commit commits
     * what the leak had not finished.
     */
    @Override
    public Lever<Object> closeEntry() {
        return Lever.of("ConnectionPool.FlushTask", entry -> act(pool -> {
            long borrow = borrowOf(entry);
            take(pool, entry, () -> borrowOf(entry) == borrow);
            destroy(pool, entry);
            serve(pool, members.awaiting(pool));
        }));
    }

    @Override
    public Lever<Object> evictHandle() {
        return Lever.of("ConnectionPool.FlushTask", wrapper -> act(pool -> {
            Object entry = members.handlerOf(wrapper);
            if (entry == null) {
                throw new IllegalStateException(GIVEN_BACK);
            }
            take(pool, entry, () -> members.handlerOf(wrapper) == entry);
            destroy(pool, entry);
            serve(pool, members.awaiting(pool));
        }));
    }

    private interface Check {
        boolean holds() throws Throwable;
    }

    /** From here on nobody can borrow it, and its borrower cannot give it back; but is it still that borrower's? */
    private void take(Object pool, Object entry, Check sameBorrower) throws Throwable {
        if (!inUse(entry)) {
            throw new IllegalStateException(GIVEN_BACK);
        }
        if (members.isBound(entry)) {
            throw new IllegalStateException(BOUND);
        }
        boolean marked = members.phase(entry) == Phase.FLUSH;
        if (!marked && !members.change(entry, Phase.CHECKED_OUT, Phase.FLUSH)) {
            throw new IllegalStateException(GIVEN_BACK);
        }
        if (!sameBorrower.holds() || !members.isListed(pool, entry)) {
            if (!marked) {
                members.change(entry, Phase.FLUSH, Phase.CHECKED_OUT);
            }
            throw new IllegalStateException(GIVEN_BACK);
        }
    }

    /** Number of the current borrow of an entry; 0 when there is none that we know of. */
    private long borrowOf(Object entry) {
        for (Lease slot : leases.slots(this)) {
            if (slot.entry() == entry) {
                Lease.View view = slot.read();
                return view == null ? 0 : view.id();
            }
        }
        return 0;
    }

    private void destroy(Object pool, Object taken) throws Throwable {
        members.disown(taken);
        members.flush(pool, taken);
        members.uncountActive(pool);
    }

    // ---- the whole pool

    @Override
    public Lever<Void> softEvict() {
        return Lever.of("ConnectionPool.FlushTask(GRACEFUL)", nothing -> act(pool -> {
            for (Object handler : members.handlers(pool)) {
                members.flushGracefully(pool, handler);
            }
            serve(pool, members.awaiting(pool));
        }));
    }

    /** A smaller maximum alone would let go of connections in use when they come back, and of idle ones never. */
    @Override
    public Lever<Integer> resize() {
        return Lever.of("AgroalConnectionPoolConfiguration.setMaxSize", size -> act(pool -> {
            members.setMaxSize(pool, size);
            int surplus = members.handlers(pool).size() - size;
            for (Object handler : members.handlers(pool)) {
                if (surplus > 0 && members.change(handler, Phase.CHECKED_IN, Phase.FLUSH)) {
                    members.flush(pool, handler);
                    surplus--;
                }
            }
        }));
    }

    /**
     * A borrower who parks is woken by a connection that comes back or is new, never by room for one. The agent makes the
     * new one: a borrow and return of its own would have to queue behind them for up to a second.
     */
    @Override
    public Lever<Integer> kick() {
        return Lever.of("ConnectionPool.createAndPoolConnection", wanted -> act(pool -> serve(pool, wanted)));
    }

    private void serve(Object pool, int wanted) throws Throwable {
        settle(pool);
        members.wake(pool);
        if (members.handlers(pool).size() < members.minSize(pool)) {
            members.fill(pool);
        }
        for (int made = 0; made < wanted && members.awaiting(pool) > 0 && members.create(pool); made++) {
            members.wake(pool);
        }
    }

    /**
     * Agroal 3 subtracts a handler that two threads remove at once, its old owner and somebody else, twice, and would then
     * open more than the maximum. Its count is corrected once it is steadily wrong.
     */
    private void settle(Object pool) {
        int wrong = 0;
        int steady = 0;
        for (int i = 0; i < MAX_LOOKS && steady < STEADY; i++) {
            int drift = members.drift(pool);
            if (drift == 0) {
                return;
            }
            steady = drift == wrong ? steady + 1 : 1;
            wrong = drift;
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        if (steady == STEADY) {
            members.correctDrift(pool, wrong);
        }
    }

    /** What a transaction holds is cut off and comes back, marked, when its manager has found out. */
    @Override
    public Lever<Void> reset() {
        return Lever.of("ConnectionPool.FlushTask for each connection", nothing -> act(pool -> {
            int waiting = members.awaiting(pool);
            for (Object handler : members.handlers(pool)) {
                if (members.change(handler, Phase.CHECKED_IN, Phase.FLUSH)) {
                    members.flush(pool, handler);
                } else if (members.isBound(handler)) {
                    members.change(handler, Phase.CHECKED_OUT, Phase.FLUSH);
                    members.physical(handler).abort(Runnable::run);
                } else if (inUse(handler)) {
                    members.change(handler, Phase.CHECKED_OUT, Phase.FLUSH);
                    destroy(pool, handler);
                }
            }
            serve(pool, waiting);
        }));
    }

    @Override
    public Lever<Consumer<Connection>> connect() {
        return Lever.of("ConnectionFactory.createConnection", use -> act(pool -> {
            XAConnection fresh = members.connect(pool);
            try {
                use.accept(fresh.getConnection());
            } finally {
                fresh.close();
            }
        }));
    }

    @Override
    public Lever<Consumer<Connection>> borrow() {
        return Lever.of("ConnectionPool.getConnection", use -> act(pool -> {
            try (Connection session = members.borrow(pool)) {
                use.accept(session);
            }
        }));
    }

    // ---- the housekeeper

    @Override
    public Creator creator() {
        Object pool = hostObject();
        if (pool == null) {
            return Creator.BORROWERS;
        }
        ScheduledThreadPoolExecutor executor = members.executor(pool);
        int size = members.handlers(pool).size();
        boolean wanted = size < members.minSize(pool) || size < members.maxSize(pool) && waiting(pool) > 0;
        return new Creator(wanted, executor.getPoolSize() == 0 && !executor.getQueue().isEmpty(), workerOf(executor));
    }

    /** The one thread there is, while it runs something. */
    private static Thread workerOf(ScheduledThreadPoolExecutor executor) {
        if (executor.getActiveCount() == 0 || !(Members.read(executor, "workers") instanceof Iterable<?> workers)) {
            return null;
        }
        try {
            for (Object worker : workers) {
                return Members.read(worker, "thread") instanceof Thread thread ? thread : null;
            }
        } catch (RuntimeException concurrentlyModified) {
            // Asked again in the next round.
        }
        return null;
    }

    /**
     * A second housekeeper beside one that hangs; that one goes on where it was, should it ever come back. Up to Agroal 2
     * who waits for the very connection that hangs goes on waiting for it; all others are served.
     */
    @Override
    public Lever<Void> revive() {
        return Lever.of("ThreadPoolExecutor.setCorePoolSize of the housekeeping executor", nothing -> act(pool -> {
            ScheduledThreadPoolExecutor executor = members.executor(pool);
            int threads = executor.getPoolSize();
            if (threads > 0 && executor.getActiveCount() >= threads) {
                if (threads >= MAX_HOUSEKEEPERS) {
                    throw new IllegalStateException(threads + " housekeeping threads hang already");
                }
                executor.setCorePoolSize(threads + 1);
            }
            executor.prestartCoreThread();
            serve(pool, members.awaiting(pool));
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
