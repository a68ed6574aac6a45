package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.instrument.ThreadContainers;
import io.jvmmedic.core.instrument.WeakHandle;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.ResourceHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.List;
import java.util.concurrent.ExecutorService;

/**
 * An executor that starts a thread for each task, most often a virtual one. It has no queue and no size; what can be seen
 * is how many tasks run. It counts none that are done, and its threads are in no list.
 */
final class PerTaskHandle extends WeakHandle<ExecutorService> implements ExecutorHandle {

    static final String TYPE = "java.util.concurrent.ThreadPerTaskExecutor";

    private static final String UNNAMED = "virtual";
    private static final String NO_SIZE = "an executor that starts a thread for each task has no size to change";

    /** Makes handles named after the family of their threads, which mostly have no name. */
    record Factory(ThreadContainers containers) implements HandleFactory {
        @Override
        public ResourceHandle open(Object executor, ResourceRegistry registry) {
            Thread any = containers.anyOf(executor);
            String family = any == null || any.getName().isBlank() ? UNNAMED : ThreadFamily.of(any.getName());
            return new PerTaskHandle((ExecutorService) executor,
                    registry.uniqueId(ResourceId.Kind.EXECUTOR, family), containers);
        }
    }

    private final ThreadContainers containers;

    private PerTaskHandle(ExecutorService executor, ResourceId id, ThreadContainers containers) {
        super(executor, id);
        this.containers = containers;
    }

    @Override
    public String library() {
        return "ThreadPerTaskExecutor";
    }

    @Override
    public boolean alive() {
        ExecutorService executor = hostObject();
        return executor != null && !executor.isTerminated();
    }

    @Override
    public State state() {
        ExecutorService executor = hostObject();
        if (executor == null) {
            return null;
        }
        int running = (int) Math.min(Integer.MAX_VALUE, containers.countOf(executor));
        return new State(running, running, 0, Integer.MAX_VALUE, 0, -1, executor.isShutdown());
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
        return Lever.absent(NO_SIZE);
    }

    @Override
    public Lever<Size> restore() {
        return Lever.absent(NO_SIZE);
    }
}
