package io.jvmmedic.core.instrument.lock;

import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.Field;
import java.util.Optional;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.FutureTask;

/**
 * Which thread runs the task that another is parked on: the JDK's own tasks know. A {@code CompletableFuture} does not,
 * for anybody may complete it. Needs {@code java.util.concurrent} open.
 */
final class TaskRunners {

    private static final String INTERRUPTIBLE = ForkJoinTask.class.getName() + "$InterruptibleTask";

    private final Optional<Field> ofFutureTask = Members.field(FutureTask.class, "runner");
    /** What a fork-join pool makes of a {@code Callable}, from JDK 22 on. */
    private final Optional<Class<?>> interruptible = Members.neighbour(ForkJoinTask.class, INTERRUPTIBLE);
    private final Optional<Field> ofInterruptible = interruptible.flatMap(type -> Members.field(type, "runner"));

    /** The thread that runs the task {@code blocker}; {@code null} when it is none, has not begun, is over or does not tell. */
    Thread of(Object blocker) {
        Optional<Field> runner = blocker instanceof FutureTask ? ofFutureTask
                : interruptible.filter(type -> type.isInstance(blocker)).isPresent() ? ofInterruptible : Optional.empty();
        return (Thread) runner.map(field -> Members.read(blocker, field)).orElse(null);
    }
}
