package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.resource.ExecutorHandle;
import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Which objects a thread can be parked on become ready only by running a queued task, and which task that is. Everything
 * by identity; no method of a host object is called.
 *
 * <p>A thread in {@code FutureTask.get} is parked on the task itself. One in {@code CompletableFuture.get} is parked on a
 * {@code Signaller}, which does not know its future; the way to it leads from the queued task over its future and that
 * one's dependents. A dependent that any of several futures can complete is no edge.
 */
final class WaitIndex implements ExecutorHandle.Queue {

    /** Wrappers around a task, and stages after it: {@code supplyAsync().thenApply().thenApply()}. */
    private static final int MAX_DEPTH = 4;
    /** Dependents looked at per future. */
    private static final int MAX_DEPENDENTS = 100;

    private final Map<Object, Integer> positions = new IdentityHashMap<>();
    private final Map<Class<?>, Map<String, Optional<Field>>> fields = new HashMap<>();
    private final Wrappers wrappers = new Wrappers();
    private final List<Object> queue;
    /** Made when first asked for: hardly anybody does. */
    private TaskReferences references;
    private TaskReach reach;

    WaitIndex(List<Object> queue) {
        this.queue = queue;
        for (int position = 0; position < queue.size(); position++) {
            addTask(queue.get(position), position, MAX_DEPTH);
        }
    }

    @Override
    public int position(Object blocker) {
        return positions.getOrDefault(blocker, -1);
    }

    @Override
    public int reference(Object blocker) {
        if (references == null) {
            references = new TaskReferences(queue);
        }
        return references.position(blocker);
    }

    @Override
    public boolean reaches(Object blocker) {
        if (reach == null) {
            reference(blocker);
            reach = new TaskReach(queue, references);
        }
        return reach.contains(blocker);
    }

    @Override
    public Object behind(Object blocker) {
        return references == null ? blocker : references.behind(blocker);
    }

    private void addTask(Object task, int position, int depth) {
        if (task == null || depth == 0 || positions.putIfAbsent(task, position) != null) {
            return;
        }
        if (task.getClass().getName().startsWith("java.util.concurrent.CompletableFuture$")) {
            addFuture(read(task, "dep"), position, depth - 1);
        } else {
            addTask(wrappers.inner(task), position, depth - 1);
        }
    }

    private void addFuture(Object future, int position, int depth) {
        if (!(future instanceof CompletableFuture) || depth == 0 || positions.putIfAbsent(future, position) != null) {
            return;
        }
        Object dependent = read(future, "stack");
        for (int i = 0; dependent != null && i < MAX_DEPENDENTS; i++) {
            addDependent(dependent, position, depth - 1);
            dependent = read(dependent, "next");
        }
    }

    private void addDependent(Object dependent, int position, int depth) {
        String kind = dependent.getClass().getSimpleName();
        if (kind.startsWith("Or") || kind.equals("AnyOf")) {
            return;
        }
        if (kind.equals("CoCompletion")) {
            Object base = read(dependent, "base");
            if (base != null) {
                addDependent(base, position, depth);
            }
            return;
        }
        positions.putIfAbsent(dependent, position);
        addFuture(read(dependent, "dep"), position, depth);
    }

    private Object read(Object owner, String name) {
        return fields.computeIfAbsent(owner.getClass(), type -> new HashMap<>())
                .computeIfAbsent(name, key -> Members.field(owner.getClass(), key))
                .map(field -> Members.read(owner, field)).orElse(null);
    }
}
