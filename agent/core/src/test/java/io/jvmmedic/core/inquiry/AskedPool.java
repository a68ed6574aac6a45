package io.jvmmedic.core.inquiry;

import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.sql.Connection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A pool that lets one ask its server. */
final class AskedPool implements PoolHandle {

    private final ResourceId id;
    private final Object host = new Object();
    private final ResourceRegistry registry;
    final Map<Object, Connection> sessions = new IdentityHashMap<>();
    State state = new State(1, 1, 2, 2, 0);
    Lever<Consumer<Connection>> connect = Lever.absent("no way in");
    Lever<Consumer<Connection>> borrow = Lever.absent("nothing to borrow");

    AskedPool(ResourceRegistry registry) {
        this.registry = registry;
        this.id = registry.uniqueId(ResourceId.Kind.POOL, "orders");
        registry.register(host, (object, all) -> this);
    }

    /** A slot that somebody has; the entry. */
    Object out(Connection session, Object handle) {
        Object entry = new Object();
        sessions.put(entry, session);
        registry.leases().borrowed(host, entry, handle, (object, all) -> this);
        return entry;
    }

    /** A slot that was used once and is free. */
    Object idle(Connection session) {
        Object entry = out(session, new Object());
        registry.leases().returned(entry);
        return entry;
    }

    @Override
    public ResourceId id() {
        return id;
    }

    @Override
    public String library() {
        return "asked";
    }

    @Override
    public boolean alive() {
        return true;
    }

    @Override
    public boolean isAbout(Object candidate) {
        return candidate == host;
    }

    @Override
    public State state() {
        return state;
    }

    @Override
    public boolean wraps(String type) {
        return type.startsWith("com.acme.pool.");
    }

    @Override
    public boolean inUse(Object entry) {
        return registry.leases().of(this).stream()
                .anyMatch(view -> registry.leases().byId(view.id()).entry() == entry);
    }

    @Override
    public List<Object> entriesInUse() {
        return List.of();
    }

    @Override
    public Connection physical(Object entry) {
        return sessions.get(entry);
    }

    @Override
    public Lever<Consumer<Connection>> connect() {
        return connect;
    }

    @Override
    public Lever<Consumer<Connection>> borrow() {
        return borrow;
    }

    @Override
    public Lever<Object> closeEntry() {
        return Lever.absent("not asked for");
    }

    @Override
    public Lever<Object> evictHandle() {
        return Lever.absent("not asked for");
    }

    @Override
    public Lever<Void> softEvict() {
        return Lever.absent("not asked for");
    }

    @Override
    public Lever<Integer> resize() {
        return Lever.absent("not asked for");
    }

    @Override
    public Lever<Integer> kick() {
        return Lever.absent("not asked for");
    }
}
