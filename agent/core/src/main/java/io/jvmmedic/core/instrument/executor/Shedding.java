package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.instrument.Members;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes tasks out of a queue for good. Whoever waits for one must learn of it: its future is cancelled. A bare
 * {@code Runnable} has none; it is dropped, as the JDK's own {@code DiscardOldestPolicy} does.
 */
final class Shedding {

    private final AtomicLong count = new AtomicLong();

    /** @param newest whether to begin at the end of the queue */
    void shed(BlockingQueue<?> queue, int wanted, boolean newest) {
        if (!newest) {
            Object task;
            for (int i = 0; i < wanted && (task = queue.poll()) != null; i++) {
                end(task);
            }
            return;
        }
        List<Object> tasks = new ArrayList<>(queue);
        Set<Object> last = Collections.newSetFromMap(new IdentityHashMap<>());
        last.addAll(tasks.subList(Math.max(0, tasks.size() - wanted), tasks.size()));
        List<Object> taken = new ArrayList<>();
        // A worker may take one of them first: only what the queue really let go of is ended.
        queue.removeIf(task -> last.contains(task) && taken.add(task));
        taken.forEach(this::end);
    }

    private void end(Object task) {
        count.incrementAndGet();
        if (task instanceof FutureTask<?> future) {
            future.cancel(false);
        } else if (task.getClass().getName().startsWith("java.util.concurrent.CompletableFuture$Async")
                && Members.read(task, "dep") instanceof CompletableFuture<?> future) {
            future.cancel(false);
        }
    }

    long count() {
        return count.get();
    }
}
