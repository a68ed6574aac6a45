package io.jvmmedic.core.instrument.c3p0;

import io.jvmmedic.core.instrument.HostContext;
import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.WeakHandle;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.util.List;
import java.util.TimerTask;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.sql.PooledConnection;

/**
 * One {@code BasicResourcePool}. State is read from its fields, because all its methods take the lock; levers take it, and
 * look again before they act.
 *
 * <p>Slots are what the pool manages. A connection on which an error was seen, or that {@link #softEvict} met in use, is
 * "excluded": its borrower keeps it, it fills no slot any more and is closed when it comes back. That is how a pool whose
 * maximum is fixed can be lent slots: connections that are out make room for others, and those count as lent.
 */
final class C3p0Handle extends WeakHandle<Object> implements PoolHandle {

    static final String LIBRARY = "c3p0";

    private static final long PAUSE_NANOS = 20_000_000;
    private static final int MAX_LOOKS = 50;
    private static final long BORROW_MILLIS = 1_000;

    private final C3p0Members members;
    /** Excluded to make room, not because anything is wrong with them; held weakly. */
    private final List<WeakReference<Object>> makingRoom = new CopyOnWriteArrayList<>();
    /** How many of them there may be. */
    private volatile int lent;

    C3p0Handle(Object pool, ResourceRegistry registry) {
        super(pool, registry.uniqueId(ResourceId.Kind.POOL, HelperThreads.dataSource(pool)));
        members = new C3p0Members(pool);
    }

    @Override
    public String library() {
        return LIBRARY;
    }

    @Override
    public boolean alive() {
        Object pool = hostObject();
        return pool != null && !members.isBroken(pool);
    }

    @Override
    public State state() {
        Object pool = hostObject();
        if (pool == null) {
            return null;
        }
        int beyond = beyond(pool).size();
        return new State(members.out(pool).size() + beyond, members.idle(pool), members.total(pool) + beyond,
                members.max(pool) + lent, members.waiting(pool));
    }

    /** Its entry names the proxy that is out. */
    @Override
    public boolean keepsHandles() {
        return true;
    }

    @Override
    public boolean wraps(String type) {
        return type.startsWith("com.mchange.v2.c3p0.");
    }

    @Override
    public boolean inUse(Object entry) {
        Object pool = hostObject();
        return pool != null && (members.isOut(pool, entry) || C3p0Members.contains(beyond(pool), entry));
    }

    @Override
    public List<Object> entriesInUse() {
        Object pool = hostObject();
        if (pool == null) {
            return List.of();
        }
        List<Object> entries = members.out(pool);
        entries.addAll(beyond(pool));
        return entries;
    }

    /** Those that made room for others and have not come back. */
    private List<Object> beyond(Object pool) {
        if (makingRoom.isEmpty()) {
            return List.of();
        }
        List<Object> excluded = members.excluded(pool);
        excluded.removeIf(entry -> !members.isHandedOut(entry)
                || makingRoom.stream().noneMatch(one -> one.refersTo(entry)));
        return excluded;
    }

    /**
     * What c3p0 itself does with a connection that was out longer than {@code unreturnedConnectionTimeout}. Not
     * {@code markBroken}: it waits for the borrower to close the handle before it closes the connection. Not
     * {@code fireConnectionErrorOccurred}, which may not be called from outside.
     */
    @Override
    public Lever<Object> closeEntry() {
        return Lever.of("BasicResourcePool.removeResource", entry -> act(pool -> members.locked(pool, () -> {
            if (C3p0Members.contains(beyond(pool), entry)) {
                members.checkin(pool, entry);
            } else if (members.isOut(pool, entry)) {
                members.remove(pool, entry);
                members.ensureMin(pool);
            } else {
                throw new IllegalStateException("the connection has been given back in the meantime");
            }
        })));
    }

    @Override
    public Lever<Object> evictHandle() {
        return Lever.of("BasicResourcePool.removeResource", handle -> {
            Object entry = Members.read(handle, "parentPooledConnection");
            if (entry == null || !members.isProxyOf(entry, handle)) {
                throw new IllegalStateException("the connection is closed");
            }
            closeEntry().pull(entry);
        });
    }

    @Override
    public Lever<Void> softEvict() {
        return Lever.of("BasicResourcePool.resetPool", nothing -> act(members::resetPool));
    }

    /**
     * Not {@code setMaxPoolSize}: it throws the pool away and interrupts everybody who waits. What is lent here makes itself
     * superfluous: connections that made room are closed as they come back. Below its own maximum the pool does not go.
     */
    @Override
    public Lever<Integer> resize() {
        return Lever.of("BasicResourcePool.markBroken", size -> act(pool -> {
            lent = Math.max(0, size - members.max(pool));
            makeRoom(pool);
        }));
    }

    @Override
    public Lever<Integer> kick() {
        return Lever.of("BasicResourcePool.setTargetPoolSize", more -> act(pool -> {
            members.locked(pool, () -> members.want(pool, more));
            // Room is made by what is out: who is served first may have to make it for the next.
            for (int i = 0; i < MAX_LOOKS && members.waiting(pool) > 0 && beyond(pool).size() < lent; i++) {
                makeRoom(pool);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }));
    }

    private void makeRoom(Object pool) throws Throwable {
        members.locked(pool, () -> {
            int missing = Math.min(members.waiting(pool) - members.idle(pool), lent - beyond(pool).size());
            // While a connection is on order there is room.
            missing -= members.max(pool) - members.total(pool);
            for (Object entry : members.out(pool)) {
                if (missing-- <= 0) {
                    return;
                }
                makingRoom.removeIf(one -> one.refersTo(null));
                makingRoom.add(new WeakReference<>(entry));
                members.exclude(pool, entry);
            }
        });
    }

    @Override
    public Creator creator() {
        Object pool = hostObject();
        if (pool == null) {
            return Creator.BORROWERS;
        }
        int total = members.total(pool);
        boolean wanted = total < members.min(pool) || members.waiting(pool) > 0 && total < members.max(pool);
        List<Thread> threads = HelperThreads.of(pool);
        boolean dead = HelperThreads.areOwn(pool) && threads.stream().noneMatch(Thread::isAlive);
        return new Creator(wanted, dead, HelperThreads.acquiring(pool, threads));
    }

    @Override
    public Connection physical(Object entry) {
        return members.physical(entry);
    }

    @Override
    public Lever<Consumer<Connection>> connect() {
        return Lever.of("ResourcePool.Manager.acquireResource", user -> act(pool -> {
            PooledConnection fresh = (PooledConnection) members.acquire(pool);
            try {
                Connection own = members.physical(fresh);
                user.accept(own != null ? own : fresh.getConnection());
            } finally {
                members.destroy(pool, fresh);
            }
        }));
    }

    @Override
    public Lever<Consumer<Connection>> borrow() {
        return Lever.of("BasicResourcePool.checkoutResource", user -> act(pool -> {
            Object entry = members.checkout(pool, BORROW_MILLIS);
            try {
                Connection session = members.physical(entry);
                if (session == null) {
                    throw new IllegalStateException("the driver's connections are not known");
                }
                user.accept(session);
            } finally {
                members.checkin(pool, entry);
            }
        }));
    }

    /**
     * Orders what is wanted once more, because orders that hang in the driver count as under way for ever, and has c3p0
     * look for stuck helper threads twice: at the second look those that left everything lying are replaced. Surplus
     * connections are closed by c3p0 when the hanging ones arrive after all.
     */
    @Override
    public Lever<Void> revive() {
        Object pool = hostObject();
        TimerTask detector = pool == null || !HelperThreads.areOwn(pool) ? null
                : HelperThreads.deadlockDetector(pool).orElse(null);
        if (detector == null) {
            return Lever.absent("the helper threads of this data source are not c3p0's own");
        }
        return Lever.of("ThreadPoolAsynchronousRunner.DeadlockDetector", nothing -> act(live -> {
            members.locked(live, () -> {
                int room = members.max(live) - members.total(live);
                members.want(live, 0);
                members.expand(live, Math.min(room, Math.max(1, members.waiting(live))));
            });
            HelperThreads.deadlockDetector(live).ifPresent(task -> {
                task.run();
                task.run();
            });
        }));
    }

    /**
     * Not {@code hardReset}, which interrupts those who wait: they get an {@code SQLException}, and the pool starts over
     * only when somebody borrows. This one closes all connections and orders new ones; who waits is served by them.
     */
    @Override
    public Lever<Void> reset() {
        return Lever.of("BasicResourcePool.removeResource", nothing -> act(pool -> members.locked(pool, () -> {
            for (Object entry : members.all(pool)) {
                members.remove(pool, entry);
            }
            for (Object entry : members.excluded(pool)) {
                members.checkin(pool, entry);
            }
            members.want(pool, members.waiting(pool));
        })));
    }

    private interface PoolCall {
        void on(Object pool) throws Throwable;
    }

    private void act(PoolCall call) throws Throwable {
        Object pool = required();
        HostContext.with(pool.getClass().getClassLoader(), () -> call.on(pool));
    }
}
