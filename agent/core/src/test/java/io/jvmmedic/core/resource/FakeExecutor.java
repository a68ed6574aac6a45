package io.jvmmedic.core.resource;

import io.jvmmedic.core.model.ResourceId;
import java.util.List;

/** What the executors of tests share: they live, have no workers and cannot be grown, unless a test says otherwise. */
public abstract class FakeExecutor implements ExecutorHandle {

    private final ResourceId id;

    protected FakeExecutor(ResourceId id) {
        this.id = id;
    }

    @Override
    public final ResourceId id() {
        return id;
    }

    @Override
    public String library() {
        return "ThreadPoolExecutor";
    }

    @Override
    public final boolean alive() {
        return true;
    }

    @Override
    public boolean isAbout(Object hostObject) {
        return hostObject == this;
    }

    @Override
    public List<Thread> workers() {
        return List.of();
    }

    @Override
    public List<Blocked> blockedWorkers() {
        return List.of();
    }

    @Override
    public Lever<Integer> grow() {
        return Lever.absent("not here");
    }

    @Override
    public Lever<Size> restore() {
        return Lever.absent("not here");
    }
}
