package io.jvmmedic.core.resource;

import io.jvmmedic.core.model.ResourceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Everything watched in this JVM. Holds handles strongly and, through them, host objects weakly. Thread-safe. */
public final class ResourceRegistry {

    private static final int MAX_RESOURCES = 2_000;

    private final List<ResourceHandle> handles = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> names = new HashMap<>();
    private final Leases leases = new Leases(this);
    private final UnpooledConnections unpooled = new UnpooledConnections();

    /**
     * Registers unless the host object is known already; returns the handle in force, or empty when the registry is full
     * or the factory leaves this host object alone.
     */
    public Optional<ResourceHandle> register(Object hostObject, HandleFactory factory) {
        // Some hooks ask on every borrow: what is known must not cost a lock.
        ResourceHandle known = find(hostObject);
        return known != null ? Optional.of(known) : registerNew(hostObject, factory);
    }

    private synchronized Optional<ResourceHandle> registerNew(Object hostObject, HandleFactory factory) {
        ResourceHandle known = find(hostObject);
        if (known != null) {
            return Optional.of(known);
        }
        if (handles.size() >= MAX_RESOURCES) {
            return Optional.empty();
        }
        ResourceHandle handle = factory.open(hostObject, this);
        if (handle != null) {
            handles.add(handle);
        }
        return Optional.ofNullable(handle);
    }

    /** The handle about this host object, by identity; {@code null} if unknown. */
    public ResourceHandle find(Object hostObject) {
        for (ResourceHandle handle : handles) {
            if (handle.isAbout(hostObject)) {
                return handle;
            }
        }
        return null;
    }

    /** A name nobody has yet: the wished one, or with {@code #2} and so on. Names are never used twice in one JVM. */
    public synchronized ResourceId uniqueId(ResourceId.Kind kind, String wished) {
        String name = wished == null || wished.isBlank() ? "unnamed" : wished.trim();
        int count = names.merge(kind + ":" + name, 1, Integer::sum);
        return new ResourceId(kind, count == 1 ? name : name + "#" + count);
    }

    public Leases leases() {
        return leases;
    }

    /** Connections that no pool of this registry, and none that we know by name, has opened. */
    public UnpooledConnections unpooled() {
        return unpooled;
    }

    public Optional<ResourceHandle> byId(ResourceId id) {
        return handles.stream().filter(handle -> handle.id().equals(id)).findFirst();
    }

    public List<PoolHandle> pools() {
        return of(PoolHandle.class);
    }

    public List<ExecutorHandle> executors() {
        return of(ExecutorHandle.class);
    }

    /** Whether this executor works for nobody but a connection pool, by its classes or by the word of a pool of ours. */
    public boolean isOfPool(ExecutorHandle executor) {
        return executor.ofPool()
                || pools().stream().anyMatch(pool -> pool.executors().stream().anyMatch(executor::isAbout));
    }

    public List<HttpPoolHandle> httpPools() {
        return of(HttpPoolHandle.class);
    }

    public int size() {
        return handles.size();
    }

    /** Forgets what the host let go of. */
    public void prune() {
        handles.removeIf(handle -> !handle.alive());
        leases.prune();
        unpooled.prune();
    }

    private <H extends ResourceHandle> List<H> of(Class<H> type) {
        List<H> found = new ArrayList<>();
        for (ResourceHandle handle : handles) {
            if (type.isInstance(handle)) {
                found.add(type.cast(handle));
            }
        }
        return found;
    }
}
