package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.util.AppFrames;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.concurrent.FutureTask;

/**
 * What the futures of a {@code ScheduledThreadPoolExecutor} say about their tasks, by the names that 17 and 25 have. Nothing
 * of the host is called. Needs {@code java.lang} and {@code java.util.concurrent} open.
 */
final class SeriesMembers {

    /** Wrappers looked through for the name of a task. */
    private static final int MAX_WRAPPERS = 4;
    private static final String FUTURE = "java.util.concurrent.ScheduledThreadPoolExecutor$ScheduledFutureTask";

    private final Optional<Field> period = type().flatMap(type -> Members.field(type, "period"));
    private final Optional<Field> time = type().flatMap(type -> Members.field(type, "time"));
    private final Optional<Field> executor = type().flatMap(type -> Members.field(type, "this$0"));
    private final Optional<Field> callable = Members.field(FutureTask.class, "callable");
    private final Optional<Field> outcome = Members.field(FutureTask.class, "outcome");
    private final Optional<Method> stack = Members.method(Throwable.class, "getOurStackTrace");

    private static Optional<Class<?>> type() {
        try {
            return Optional.of(Class.forName(FUTURE, false, null));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    boolean areReadable() {
        return period.isPresent() && time.isPresent();
    }

    static boolean isOfScheduler(Object queued) {
        return queued.getClass().getName().equals(FUTURE);
    }

    boolean isPeriodic(Object queued) {
        return isOfScheduler(queued) && period.isPresent() && period(queued) != 0;
    }

    /** Positive for a fixed rate, negative for a fixed delay, ns. */
    long period(Object future) {
        return (long) Members.read(future, period.orElseThrow());
    }

    /** When it is due, in the scheduler's own time. */
    long time(Object future) {
        return (long) Members.read(future, time.orElseThrow());
    }

    /** The scheduler; {@code null} where that cannot be read. */
    Object executorOf(Object future) {
        return executor.map(field -> Members.read(future, field)).orElse(null);
    }

    /** What it runs; {@code null} when it cannot be told, as of one that has ended. */
    Runnable taskOf(Object future) {
        Object adapter = callable.map(field -> Members.read(future, field)).orElse(null);
        return adapter != null && Members.read(adapter, "task") instanceof Runnable task ? task : null;
    }

    /** What it ended with; {@code null} where that cannot be read. */
    Object outcomeOf(Object future) {
        return outcome.map(field -> Members.read(future, field)).orElse(null);
    }

    /** Where an exception was made. */
    String site(Throwable error) {
        try {
            return stack.isPresent() ? AppFrames.top((StackTraceElement[]) Members.call(error, stack.get())) : "";
        } catch (Throwable e) {
            return "";
        }
    }

    /**
     * {@code com.acme.Jobs#nightly} for what calls a method by reflection, {@code com.acme.Jobs$$Lambda} for a lambda, since
     * what follows differs from run to run; wrappers of frameworks say nothing and are looked through. Empty for {@code null}.
     */
    static String name(Object task) {
        if (task == null) {
            return "";
        }
        Wrappers wrappers = new Wrappers();
        Object innermost = task;
        for (int depth = 0; depth < MAX_WRAPPERS; depth++) {
            Object inner = wrappers.inner(innermost);
            if (inner == null) {
                break;
            }
            innermost = inner;
        }
        if (Members.read(innermost, "method") instanceof Method method) {
            return method.getDeclaringClass().getName() + '#' + method.getName();
        }
        String name = innermost.getClass().getName();
        int lambda = name.indexOf("$$Lambda");
        return lambda < 0 ? name : name.substring(0, lambda) + "$$Lambda";
    }
}
