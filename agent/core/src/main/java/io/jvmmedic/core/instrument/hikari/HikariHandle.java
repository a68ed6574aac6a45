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

/**
 * One {@code HikariPool}. State is read through its public methods, which take no lock: they count over a copy-on-write
 * list. Levers are HikariCP's own paths, so its counters stay right.
 */
final class HikariHandle extends WeakHandle<Object> implements PoolHandle {

    private static final String LEAKED = "(leaked, reclaimed by JVM Medic)";
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
    public boolean inUse(Object entry) {
        return members.state(entry) == HikariMembers.IN_USE;
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
