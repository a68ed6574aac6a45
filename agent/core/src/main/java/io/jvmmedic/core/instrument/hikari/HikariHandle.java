package io.jvmmedic.core.instrument.hikari;

import io.jvmmedic.core.instrument.HostContext;
import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.WeakHandle;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Consumer;

/**
 * One {@code HikariPool}. State is read through its public methods, which take no lock: they count over a copy-on-write
 * list. Levers are HikariCP's own paths, so its counters stay right.
 */
final class HikariHandle extends WeakHandle<Object> implements PoolHandle {

    private static final String LEAKED = "(leaked, reclaimed by JVM Medic)";
    private static final String RESET = "(pool reset by JVM Medic)";
    private static final long BORROW_MILLIS = 1_000;
    private static final String SURPLUS = "(above the maximum, closed by JVM Medic)";

    private final HikariMembers members;

    HikariHandle(Object pool, ResourceRegistry registry) {
        super(pool, registry.uniqueId(ResourceId.Kind.POOL, (String) Members.read(pool, "poolName")));
        members = new HikariMembers(pool);
    }

    @Override
    public String library() {
        return "HikariCP";
    }

    @Override
    public boolean alive() {
        Object pool = hostObject();
        return pool != null && !members.isShutdown(pool);
    }

    @Override
    public State state() {
        Object pool = hostObject();
        return pool == null ? null : new State(members.active(pool), members.idle(pool), members.total(pool),
                members.maximum(pool), members.waiting(pool));
    }

    @Override
    public boolean wraps(String type) {
        return type.startsWith("com.zaxxer.hikari.pool.");
    }

    @Override
    public boolean inUse(Object entry) {
        return members.isEntry(entry) && members.state(entry) == HikariMembers.IN_USE;
    }

    @Override
    public List<Object> entriesInUse() {
        Object pool = hostObject();
        List<Object> found = new ArrayList<>();
        if (pool != null) {
            for (Object entry : members.entries(pool)) {
                if (inUse(entry)) {
                    found.add(entry);
                }
            }
        }
        return found;
    }

    /**
     * Marks the entry evicted first. Up to HikariCP 5 an entry whose old handle is closed in that very moment goes back
     * to the bag (issue 1441); marked, it is thrown away at the next borrow instead of being handed out dead.
     */
    @Override
    public Lever<Object> closeEntry() {
        return Lever.of("HikariPool.closeConnection", entry -> act(pool -> {
            if (!inUse(entry)) {
                throw new IllegalStateException("the connection has been given back in the meantime");
            }
            members.markEvicted(entry);
            members.close(pool, entry, LEAKED);
            // A pool with minimumIdle 0 refills on demand only, and those who wait have made their demand already.
            members.add(pool, members.waiting(pool));
        }));
    }

    @Override
    public Lever<Object> evictHandle() {
        return Lever.of("HikariPool.evictConnection", handle -> act(pool -> {
            members.evict(pool, (Connection) handle);
            members.add(pool, members.waiting(pool));
        }));
    }

    @Override
    public Lever<Void> softEvict() {
        return Lever.of("HikariPool.softEvictConnections", nothing -> act(members::softEvict));
    }

    /**
     * Sets the maximum; a smaller one also lets go of what is above it. HikariCP alone would keep surplus connections
     * until their end of life where {@code minimumIdle} equals the old maximum, which is its default. What is in use is
     * marked; HikariCP 6 closes it when it comes back, older ones when it is borrowed next, so pull again while the total
     * is above the maximum.
     */
    @Override
    public Lever<Integer> resize() {
        return Lever.of("HikariConfig.setMaximumPoolSize", size -> act(pool -> {
            members.setMaximum(pool, size);
            shed(pool, members.total(pool) - size);
        }));
    }

    @Override
    public Lever<Integer> kick() {
        return Lever.of("HikariPool.addBagItem", wanted -> act(pool -> members.add(pool, wanted)));
    }

    /**
     * Housekeeping adds connections by one thread of its own. Dead means that its executor is shut down while the pool is
     * not; a thread that an {@code Error} has ended is replaced with the next demand.
     */
    @Override
    public Creator creator() {
        Object pool = hostObject();
        if (pool == null || members.isShutdown(pool)) {
            return Creator.BORROWERS;
        }
        boolean room = members.total(pool) < members.maximum(pool);
        boolean wanted = room && (members.waiting(pool) > 0 || members.idle(pool) < members.minimumIdle(pool));
        // A pool is seen before its constructor is through: then it has none yet.
        if (!wanted || members.adder(pool) == null) {
            return new Creator(false, false, null);
        }
        return new Creator(true, members.adder(pool).isShutdown(), members.adderThread(pool));
    }

    /** They tell by their classes whose they are, unless the application gave the pool a thread factory. */
    @Override
    public List<Object> executors() {
        Object pool = hostObject();
        return pool == null ? List.of() : members.ownExecutors(pool);
    }

    @Override
    public Connection physical(Object entry) {
        return members.isEntry(entry) ? members.connection(entry) : null;
    }

    @Override
    public Lever<Consumer<Connection>> connect() {
        return Lever.of("PoolBase.newConnection", use -> act(pool -> {
            try (Connection fresh = members.newConnection(pool)) {
                use.accept(fresh);
            }
        }));
    }

    @Override
    public Lever<Consumer<Connection>> borrow() {
        return Lever.of("HikariPool.getConnection", use -> act(pool -> {
            try (Connection session = members.borrow(pool, BORROW_MILLIS)) {
                use.accept(session);
            }
        }));
    }

    /**
     * Puts another thread beside the one that hangs, which is left alone: nobody knows what it holds. Should it come back
     * with a connection after all, the pool may be above its maximum by that one.
     */
    @Override
    public Lever<Void> revive() {
        return Lever.of("ThreadPoolExecutor.setCorePoolSize", nothing -> act(pool -> {
            ThreadPoolExecutor adder = members.adder(pool);
            if (adder.isShutdown()) {
                throw new IllegalStateException("the executor that adds connections was shut down and cannot be started"
                        + " again");
            }
            int size = adder.getMaximumPoolSize() + 1;
            adder.setMaximumPoolSize(size);
            adder.setCorePoolSize(size);
            members.add(pool, Math.max(1, members.waiting(pool)));
        }));
    }

    @Override
    public Lever<Void> reset() {
        return Lever.of("HikariPool.softEvictConnections and closeConnection", nothing -> act(pool -> {
            members.softEvict(pool);
            for (Object entry : members.entries(pool)) {
                members.markEvicted(entry);
                members.close(pool, entry, RESET);
            }
            members.add(pool, members.waiting(pool));
        }));
    }

    private void shed(Object pool, int surplus) throws Throwable {
        int left = surplus;
        List<Object> entries = members.entries(pool);
        for (int i = entries.size() - 1; i >= 0 && left > 0; i--) {
            if (members.reserve(pool, entries.get(i))) {
                members.close(pool, entries.get(i), SURPLUS);
                left--;
            }
        }
        for (int i = entries.size() - 1; i >= 0 && left > 0; i--) {
            if (inUse(entries.get(i))) {
                members.markEvicted(entries.get(i));
                left--;
            }
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
