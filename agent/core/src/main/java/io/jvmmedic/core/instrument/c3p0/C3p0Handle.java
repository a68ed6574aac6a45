package io.jvmmedic.core.instrument.c3p0;

import io.jvmmedic.core.instrument.HostContext;
import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.WeakHandle;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.sql.Connection;
import java.util.List;
import java.util.TimerTask;
import java.util.function.Consumer;
import javax.sql.PooledConnection;

/**
 * One {@code BasicResourcePool}. State is read from its fields, because all its methods take the lock; levers take it, and
 * look again before they act.
 *
 * <p>Slots are what the pool manages. A connection on which an error was seen, or that {@link #softEvict} met in use, is
 * "excluded": its borrower keeps it, it fills no slot any more and is closed when it comes back.
 */
final class C3p0Handle extends WeakHandle<Object> implements PoolHandle {

    static final String LIBRARY = "c3p0";

    private final C3p0Members members;

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
        return new State(members.out(pool).size(), members.idle(pool), members.total(pool), members.max(pool),
                members.waiting(pool));
    }

    @Override
    public boolean inUse(Object entry) {
        Object pool = hostObject();
        return pool != null && members.isOut(pool, entry);
    }

    @Override
    public List<Object> entriesInUse() {
        Object pool = hostObject();
        return pool == null ? List.of() : members.out(pool);
    }

    /**
     * What c3p0 itself does with a connection that was out longer than {@code unreturnedConnectionTimeout}. Not
     * {@code markBroken}: it waits for the borrower to close the handle before it closes the connection. Not
     * {@code fireConnectionErrorOccurred}, which may not be called from outside.
     */
    @Override
    public Lever<Object> closeEntry() {
        return Lever.of("BasicResourcePool.removeResource", entry -> act(pool -> members.locked(pool, () -> {
            if (!members.isOut(pool, entry)) {
                throw new IllegalStateException("the connection has been given back in the meantime");
            }
            members.remove(pool, entry);
            members.ensureMin(pool);
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

    @Override
    public Lever<Integer> resize() {
        return Lever.absent("the maximum of c3p0 is fixed when the pool is made; setMaxPoolSize throws the pool away and "
                + "interrupts everybody who waits");
    }

    @Override
    public Lever<Integer> kick() {
        return Lever.of("BasicResourcePool.setTargetPoolSize",
                more -> act(pool -> members.locked(pool, () -> members.want(pool, more))));
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
