package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.ResourceHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Jdk;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * The JVM's scheduler of virtual threads; its workers are the carriers, its tasks the virtual threads that could run. A
 * carrier is blocked when its virtual thread waits and cannot let go of it: in native code, or while a class initialises.
 */
final class CarrierHandle extends WorkerHandle<ForkJoinPool> {

    /** More virtual threads are not searched for those that sit on a carrier. */
    private static final int MAX_SEARCHED = 20_000;
    /** One that comes from a thread with an earlier entry in the queue wakes nobody, so each comes from a fresh one. */
    private static final int NUDGES = 8;

    /** Makes the handle; the scheduler's threads are named like those of any pool. */
    record Factory(JdkMembers jdk, Supplier<Collection<Thread>> virtualThreads) implements HandleFactory {
        @Override
        public ResourceHandle open(Object scheduler, ResourceRegistry registry) {
            return new CarrierHandle((ForkJoinPool) scheduler,
                    registry.uniqueId(ResourceId.Kind.EXECUTOR, "carriers"), jdk, virtualThreads);
        }
    }

    private final Supplier<Collection<Thread>> virtualThreads;
    private final ForkJoinProgress progress;
    private Optional<Field> carrier = Optional.empty();

    private CarrierHandle(ForkJoinPool scheduler, ResourceId id, JdkMembers jdk,
            Supplier<Collection<Thread>> virtualThreads) {
        super(scheduler, id, jdk);
        this.virtualThreads = virtualThreads;
        progress = new ForkJoinProgress(jdk);
    }

    @Override
    public String library() {
        return ExecutorHandle.CARRIERS;
    }

    @Override
    public State state() {
        ForkJoinPool scheduler = executor();
        return scheduler == null ? null : ForkJoinHandle.stateOf(scheduler, progress);
    }

    @Override
    List<Object> queued(ForkJoinPool scheduler) {
        return List.of();
    }

    @Override
    boolean isBusy(Thread worker) {
        return LockSupport.getBlocker(worker) != executor();
    }

    @Override
    boolean isTerminated(ForkJoinPool scheduler) {
        return scheduler.isTerminated();
    }

    /** The virtual threads that sit on the carriers. */
    @Override
    public List<Blocked> blockedWorkers() {
        List<Blocked> blocked = new ArrayList<>();
        int searched = 0;
        for (Thread thread : virtualThreads.get()) {
            if (searched++ == MAX_SEARCHED) {
                break;
            }
            if (Jdk.isVirtual(thread) && isMounted(thread) && thread.getState() != Thread.State.RUNNABLE) {
                Object blocker = LockSupport.getBlocker(thread);
                blocked.add(new Blocked(thread, blocker == null ? "" : describe(blocker), -1));
            }
        }
        return blocked;
    }

    private boolean isMounted(Thread thread) {
        if (carrier.isEmpty()) {
            carrier = Members.field(thread.getClass(), "carrierThread");
        }
        return carrier.map(field -> Members.read(thread, field)).isPresent();
    }

    /** A higher parallelism alone starts no carrier, and virtual threads alone wake none: it takes both. */
    @Override
    public Lever<Integer> grow() {
        return Lever.of("ForkJoinPool.setParallelism", size -> {
            ForkJoinPool scheduler = required();
            if (size > scheduler.getParallelism()) {
                Jdk.setParallelism(scheduler, size);
            }
            for (int i = 0; i < NUDGES; i++) {
                new MedicThread(() -> Jdk.startVirtual(Object::new), "nudge").start();
            }
        });
    }

    @Override
    public Lever<Size> restore() {
        return Lever.of("ForkJoinPool.setParallelism", size -> Jdk.setParallelism(required(), size.core()));
    }
}
