package io.jvmmedic.core.instrument.fake;

import io.jvmmedic.core.instrument.WeakHandle;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.List;

/** How the fake library is read and acted upon. */
final class FakeHandle extends WeakHandle<FakePool> implements PoolHandle {

    FakeHandle(Object pool, ResourceRegistry registry) {
        super((FakePool) pool, registry.uniqueId(ResourceId.Kind.POOL, "fake"));
    }

    @Override
    public String library() {
        return "FakePool";
    }

    @Override
    public boolean alive() {
        return hostObject() != null;
    }

    @Override
    public State state() {
        FakePool pool = hostObject();
        return pool == null ? null : new State(pool.size - pool.free(), pool.free(), pool.size, pool.size, 0);
    }

    @Override
    public boolean wraps(String type) {
        return type.startsWith("com.acme.pool.");
    }

    @Override
    public boolean inUse(Object entry) {
        return ((FakePool.Entry) entry).inUse;
    }

    @Override
    public List<Object> entriesInUse() {
        return List.of();
    }

    @Override
    public Lever<Object> closeEntry() {
        return Lever.of("FakePool.giveBack", entry -> required().giveBack((FakePool.Entry) entry));
    }

    @Override
    public Lever<Object> evictHandle() {
        return Lever.absent("the fake pool cannot");
    }

    @Override
    public Lever<Void> softEvict() {
        return Lever.absent("the fake pool cannot");
    }

    @Override
    public Lever<Integer> resize() {
        return Lever.absent("the fake pool cannot");
    }

    @Override
    public Lever<Integer> kick() {
        return Lever.absent("the fake pool cannot");
    }
}
