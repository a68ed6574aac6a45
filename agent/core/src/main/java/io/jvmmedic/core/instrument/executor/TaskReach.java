package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What queued tasks can reach through the objects of libraries: a subscriber that counts its own latch down, a future that is
 * derived from that of the task, what a coroutine goes on with. The further away, the more is shared by everybody, so this is
 * a weaker sign than {@link TaskReferences} and takes longer to be believed. Stops at what belongs to the JDK.
 */
final class TaskReach {

    private static final int MAX_TASKS = 50;
    private static final int MAX_OBJECTS_PER_TASK = 300;
    private static final int MAX_DEPTH = 7;

    private record Step(Object object, int depth) {
    }

    private final Set<Object> reached = Collections.newSetFromMap(new IdentityHashMap<>());
    private final TaskReferences references;
    private final Map<Class<?>, List<Field>> fields = new HashMap<>();

    TaskReach(List<Object> queue, TaskReferences references) {
        this.references = references;
        queue.stream().limit(MAX_TASKS).forEach(this::follow);
    }

    boolean contains(Object blocker) {
        return reached.contains(blocker);
    }

    private void follow(Object task) {
        Queue<Step> open = new ArrayDeque<>(List.of(new Step(task, 0)));
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        while (!open.isEmpty() && seen.size() < MAX_OBJECTS_PER_TASK) {
            Step step = open.remove();
            Object object = step.object();
            if (!seen.add(object)) {
                continue;
            }
            List<Object> awaited = TaskReferences.awaited(object);
            reached.addAll(awaited);
            if (object instanceof CompletableFuture) {
                awaited.forEach(dependent -> add(open, Members.read(dependent, "dep"), step.depth()));
                awaited.forEach(dependent -> add(open, Members.read(dependent, "fn"), step.depth()));
            } else if (object instanceof AtomicReference<?> reference) {
                add(open, reference.get(), step.depth());
            }
            if (TaskReferences.isJdk(object.getClass())) {
                add(open, references.inner(object), step.depth());
            } else if (awaited.isEmpty()) {
                reached.add(object);
                fields.computeIfAbsent(object.getClass(), TaskReferences::fieldsOf)
                        .forEach(field -> add(open, Members.read(object, field), step.depth()));
            }
        }
    }

    private static void add(Queue<Step> open, Object object, int depth) {
        if (object != null && depth < MAX_DEPTH) {
            open.add(new Step(object, depth + 1));
        }
    }
}
