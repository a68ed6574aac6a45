package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.ResourceHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Activity;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;

/**
 * Jetty's {@code QueuedThreadPool}. Threads that connectors lease for accepting and selecting are never free for a
 * request and count neither as workers nor as busy; reserved ones are idle.
 *
 * <p>It counts no completed tasks. What stands for them is how often the head of its queue was seen to be somewhere else, or,
 * where that cannot be read, to be another one, which tells nothing of equal tasks: somebody took it, so a worker had become
 * free. Only a full pool has a queue, and only there it matters.
 */
final class JettyPoolHandle extends WorkerHandle<Executor> {

    static final String TYPE = "org.eclipse.jetty.util.thread.QueuedThreadPool";

    /** Makes handles named after the family of their threads; none for another class or a version without a member. */
    record Factory(String family, JdkMembers jdk) implements HandleFactory {
        @Override
        public ResourceHandle open(Object executor, ResourceRegistry registry) {
            Optional<Calls> calls = Calls.of(executor);
            return calls.isEmpty() ? null : new JettyPoolHandle((Executor) executor,
                    registry.uniqueId(ResourceId.Kind.EXECUTOR, family), jdk, calls.get());
        }
    }

    /** @param reserved absent where the version has no reserved threads, or calls them otherwise */
    private record Calls(Method threads, Method idle, Method queueSize, Method max, Method setMax, Method min,
            Method setMin, Method queue, Method stopped, Optional<Method> leased, Optional<Method> reserved) {

        static Optional<Calls> of(Object pool) {
            Class<?> type = pool.getClass();
            while (type != null && !type.getName().equals(TYPE)) {
                type = type.getSuperclass();
            }
            if (type == null || !(pool instanceof Executor)) {
                return Optional.empty();
            }
            Class<?> found = type;
            List<Optional<Method>> all = List.of(Members.method(found, "getThreads"), Members.method(found, "getIdleThreads"),
                    Members.method(found, "getQueueSize"), Members.method(found, "getMaxThreads"),
                    Members.method(found, "setMaxThreads", int.class), Members.method(found, "getMinThreads"),
                    Members.method(found, "setMinThreads", int.class), Members.method(found, "getQueue"),
                    Members.method(found, "isStopped"));
            if (all.stream().anyMatch(Optional::isEmpty)) {
                return Optional.empty();
            }
            List<Method> have = all.stream().map(Optional::get).toList();
            return Optional.of(new Calls(have.get(0), have.get(1), have.get(2), have.get(3), have.get(4), have.get(5),
                    have.get(6), have.get(7), have.get(8), Members.method(found, "getLeasedThreads"),
                    Members.method(found, "getCurrentReservedThreads")
                            .or(() -> Members.method(found, "getAvailableReservedThreads"))));
        }
    }

    private final Calls calls;
    private WeakReference<Object> head = new WeakReference<>(null);
    private boolean hadHead;
    private int headAt = -1;
    private long taken;

    private JettyPoolHandle(Executor executor, ResourceId id, JdkMembers jdk, Calls calls) {
        super(executor, id, jdk);
        this.calls = calls;
    }

    @Override
    public String library() {
        return "Jetty QueuedThreadPool";
    }

    /** It goes up to its maximum by itself before it queues, so that is its core as well. */
    @Override
    public synchronized State state() {
        Executor pool = executor();
        if (pool == null) {
            return null;
        }
        int leased = optional(pool, calls.leased());
        int size = Math.max(0, number(pool, calls.threads()) - leased);
        int idle = number(pool, calls.idle()) + optional(pool, calls.reserved());
        int max = number(pool, calls.max()) - leased;
        lookAtHead(pool);
        return new State(Math.max(0, size - idle), size, max, max, number(pool, calls.queueSize()), taken,
                (boolean) call(pool, calls.stopped()));
    }

    private void lookAtHead(Executor pool) {
        Object queue = call(pool, calls.queue());
        Object now = queue instanceof BlockingQueue<?> tasks ? tasks.peek() : null;
        int at = indexOfHead(queue);
        if (hadHead && (at != headAt || !head.refersTo(now))) {
            taken++;
        }
        hadHead = now != null;
        head = new WeakReference<>(now);
        headAt = at;
    }

    /** Of Jetty's {@code BlockingArrayQueue}; -1 for another one. When it has to grow it puts the head at 0, and leaves it there. */
    private static int indexOfHead(Object queue) {
        return queue != null && Members.read(queue, "_indexes") instanceof int[] indexes
                && Members.read(queue, "HEAD_OFFSET") instanceof Integer head && head < indexes.length ? indexes[head] : -1;
    }

    @Override
    List<Object> queued(Executor pool) {
        List<Object> tasks = new ArrayList<>();
        if (call(pool, calls.queue()) instanceof Iterable<?> queue) {
            for (Object task : queue) {
                if (tasks.size() == MAX_QUEUE) {
                    break;
                }
                tasks.add(task);
            }
        }
        return tasks;
    }

    /** No field tells; asked only while no worker is free. */
    @Override
    boolean isBusy(Thread worker) {
        return !Activity.isResting(worker.getStackTrace());
    }

    @Override
    boolean isTerminated(Executor pool) {
        return (boolean) call(pool, calls.stopped()) && number(pool, calls.threads()) == 0;
    }

    /** To set the minimum, be it to what it is, makes the pool look whether it has threads enough for its queue. */
    @Override
    public Lever<Integer> grow() {
        return Lever.of("QueuedThreadPool.setMaxThreads", size -> {
            Executor pool = required();
            int wanted = size + optional(pool, calls.leased());
            asWorker(() -> {
                if (wanted > number(pool, calls.max())) {
                    Members.call(pool, calls.setMax(), wanted);
                }
                Members.call(pool, calls.setMin(), number(pool, calls.min()));
            });
        });
    }

    /** Threads beyond the maximum end as they become idle. */
    @Override
    public Lever<Size> restore() {
        return Lever.of("QueuedThreadPool.setMaxThreads", size -> {
            Executor pool = required();
            Members.call(pool, calls.setMax(), size.max() + optional(pool, calls.leased()));
        });
    }

    private static int optional(Object pool, Optional<Method> method) {
        return method.map(found -> number(pool, found)).orElse(0);
    }

    private static int number(Object pool, Method method) {
        return (int) call(pool, method);
    }

    private static Object call(Object pool, Method method) {
        try {
            return Members.call(pool, method);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
