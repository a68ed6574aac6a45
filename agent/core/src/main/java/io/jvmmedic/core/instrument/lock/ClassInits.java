package io.jvmmedic.core.instrument.lock;

import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.DisposableCall;
import io.jvmmedic.core.util.Jdk;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Threads that wait until another has initialized a class. The JVM calls them runnable and knows neither the class nor the
 * thread; a thread dump in a pause would tell. Told here from what is cheap:
 *
 * <ul>
 * <li>a runnable thread that used no CPU at all for a while and whose topmost frame is Java code, or one of the calls that
 * initialize by name, stands inside the JVM at that line;
 * <li>what it stands at is a class that the line uses and that is not initialized yet;
 * <li>whose static initializer is on the stack of another thread initializes that class, and nobody else may;
 * <li>where it is on no stack, but a thread that stands still as well asked for it and its superclass is just being
 * initialized, that thread has begun it and waits for the superclass.
 * </ul>
 *
 * Costs one reading of a clock per runnable thread, and one short stack, in one pause for all, of those that are newly found
 * to be still; everything else only while a static initializer stands still. Thread-safe.
 */
final class ClassInits {

    /**
     * A thread that waits for a class.
     *
     * @param wanted name of the class
     * @param initializer the thread that initializes it
     */
    record Wait(Thread thread, String wanted, Thread initializer, long cpuNanos) {
    }

    private static final String CLINIT = "<clinit>";
    /** Calls that initialize a class they are given; what they stand at is named by their caller. */
    private static final Set<String> INITIALIZING = Set.of("java.lang.Class.forName0",
            "jdk.internal.misc.Unsafe.ensureClassInitialized0",
            "jdk.internal.reflect.NativeConstructorAccessorImpl.newInstance0",
            "jdk.internal.reflect.DirectConstructorHandleAccessor$NativeAccessor.newInstance0");
    private static final long STILL_NANOS = 900_000_000L;
    /** Stacks looked at in one pause. */
    private static final int MAX_STACKS = 50;
    private static final int TOP_FRAMES = 2;
    private static final int MAX_SUPER = 50;
    private static final Duration READ_LIMIT = Duration.ofSeconds(2);

    /** A thread that used no CPU since. */
    private static final class Still {
        private final long cpuNanos;
        private final long since;
        private boolean looked;
        /** Of one that stands inside the JVM; else {@code null}. */
        private StackTraceElement[] stack;
        /** Classes it may stand at; {@code null} until they were looked for. */
        private List<WeakReference<Class<?>>> uses;

        Still(long cpuNanos, long since) {
            this.cpuNanos = cpuNanos;
            this.since = since;
        }
    }

    private final ThreadView platform;
    private final Instrumentation instrumentation;
    private final Object unsafe;
    private final Optional<Method> shouldBeInitialized;
    private Map<Long, Still> known = new HashMap<>();

    ClassInits(ThreadView platform, ModuleOpener opener, Instrumentation instrumentation) {
        this.platform = platform;
        this.instrumentation = instrumentation;
        opener.open(Object.class.getModule(), "jdk.internal.misc");
        Optional<Class<?>> type = Members.neighbour(Object.class, "jdk.internal.misc.Unsafe");
        this.unsafe = type.flatMap(found -> Members.method(found, "getUnsafe")).map(ClassInits::made).orElse(null);
        this.shouldBeInitialized = type.filter(found -> unsafe != null && Jdk.hasModule("java.management"))
                .flatMap(found -> Members.method(found, "shouldBeInitialized", Class.class));
    }

    private static Object made(Method getUnsafe) {
        try {
            return Members.call(null, getUnsafe);
        } catch (Throwable e) {
            return null;
        }
    }

    /** @param others threads that wait for something else and may be initializing a class meanwhile */
    synchronized List<Wait> look(Collection<Thread> others) {
        if (shouldBeInitialized.isEmpty()) {
            return List.of();
        }
        Map<Thread, Still> still = Beans.still(platform.all(), known);
        known = new HashMap<>();
        still.forEach((thread, one) -> known.put(Jdk.threadId(thread), one));
        Beans.examine(still);
        still.values().removeIf(one -> one.stack == null);
        if (still.isEmpty()) {
            return List.of();
        }
        Map<String, Thread> initializers = new HashMap<>(Beans.initializers(others));
        still.forEach((thread, one) -> initializing(one.stack).forEach(name -> initializers.put(name, thread)));
        if (initializers.isEmpty()) {
            return List.of();
        }
        resolve(still.values());
        List<Wait> waits = new ArrayList<>();
        still.forEach((thread, one) -> wait(thread, one, still, initializers).ifPresent(waits::add));
        return waits;
    }

    /** Whether that thread still stands where it stood. */
    boolean lasts(Wait wait) {
        return wait.thread().getState() == Thread.State.RUNNABLE && Beans.cpuNanos(wait.thread()) == wait.cpuNanos();
    }

    private static Stream<String> initializing(StackTraceElement[] stack) {
        return Arrays.stream(stack).filter(frame -> frame.getMethodName().equals(CLINIT)).map(StackTraceElement::getClassName);
    }

    private Optional<Wait> wait(Thread thread, Still one, Map<Thread, Still> still, Map<String, Thread> initializers) {
        for (Class<?> used : uses(one)) {
            for (Class<?> type : upwards(used)) {
                Thread initializer = initializers.get(type.getName());
                if (initializer != null && initializer != thread) {
                    return Optional.of(new Wait(thread, type.getName(), initializer, one.cpuNanos));
                }
                if (initializer == thread && type != used) {
                    // It initializes a superclass, so it would not stand here had another not begun the class itself.
                    Optional<Thread> other = askedFor(used, type, thread, still);
                    if (other.isPresent()) {
                        return Optional.of(new Wait(thread, used.getName(), other.get(), one.cpuNanos));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Another thread that stands still and asked for a class between these two: it waits for the upper one. */
    private Optional<Thread> askedFor(Class<?> lower, Class<?> upper, Thread except, Map<Thread, Still> still) {
        return still.entrySet().stream().filter(entry -> entry.getKey() != except)
                .filter(entry -> uses(entry.getValue()).stream()
                        .anyMatch(used -> lower.isAssignableFrom(used) && upper.isAssignableFrom(used)))
                .map(Map.Entry::getKey).findFirst();
    }

    private List<Class<?>> uses(Still one) {
        List<Class<?>> uses = new ArrayList<>();
        one.uses.stream().map(WeakReference::get).filter(Objects::nonNull).filter(this::isUninitialized).forEach(uses::add);
        return uses;
    }

    /** The class and those above it that are not initialized. Interfaces are left out: they seldom have an initializer. */
    private List<Class<?>> upwards(Class<?> type) {
        List<Class<?>> types = new ArrayList<>();
        for (Class<?> each = type; each != null && types.size() < MAX_SUPER && isUninitialized(each);
                each = each.getSuperclass()) {
            types.add(each);
        }
        return types;
    }

    private boolean isUninitialized(Class<?> type) {
        try {
            return (boolean) Members.call(unsafe, shouldBeInitialized.orElseThrow(), type);
        } catch (Throwable e) {
            return false;
        }
    }

    private void resolve(Collection<Still> still) {
        List<Still> open = still.stream().filter(one -> one.uses == null).toList();
        if (open.isEmpty()) {
            return;
        }
        Map<String, List<Class<?>>> loaded = new HashMap<>();
        for (Class<?> type : instrumentation.getAllLoadedClasses()) {
            if (!type.isArray() && !type.isHidden()) {
                loaded.computeIfAbsent(type.getName(), key -> new ArrayList<>(1)).add(type);
            }
        }
        for (Still one : open) {
            one.uses = new ArrayList<>();
            StackTraceElement frame = callerOf(one.stack);
            for (Class<?> owner : loaded.getOrDefault(frame.getClassName(), List.of())) {
                for (String name : usedAt(owner, frame)) {
                    visible(loaded.getOrDefault(name, List.of()), owner).stream().filter(this::isUninitialized)
                            .forEach(type -> one.uses.add(new WeakReference<>(type)));
                }
            }
        }
    }

    /** The frame whose code names the class: the topmost one, or the first outside the JDK where a call was given the name. */
    private static StackTraceElement callerOf(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (!stack[0].isNativeMethod() || !frame.getClassName().startsWith("java.")
                    && !frame.getClassName().startsWith("jdk.internal.")) {
                return frame;
            }
        }
        return stack[0];
    }

    /** Several loaders may have a class of that name; the one of the same loader is meant. */
    private static List<Class<?>> visible(List<Class<?>> types, Class<?> from) {
        List<Class<?>> own = types.stream().filter(type -> type.getClassLoader() == from.getClassLoader()).toList();
        return own.isEmpty() ? types : own;
    }

    /** On a thread of its own: a class loader of the host is asked, which may be what everybody waits for. */
    private static Set<String> usedAt(Class<?> owner, StackTraceElement frame) {
        try {
            return DisposableCall.await(READ_LIMIT, Clock.SYSTEM, () -> {
                String file = owner.getName().replace('.', '/') + ".class";
                ClassLoader loader = owner.getClassLoader();
                try (InputStream in = loader == null ? ClassLoader.getSystemResourceAsStream(file)
                        : loader.getResourceAsStream(file)) {
                    return in == null ? Set.<String>of()
                            : ClassUses.at(in.readAllBytes(), frame.getMethodName(), frame.getLineNumber());
                }
            });
        } catch (Throwable e) {
            // Generated code has no file: its waits stay unknown.
            return Set.of();
        }
    }

    /** Apart, so that the beans are linked only where the module is there. */
    private static final class Beans {

        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

        static long cpuNanos(Thread thread) {
            return THREADS.isThreadCpuTimeSupported() && THREADS.isThreadCpuTimeEnabled()
                    ? THREADS.getThreadCpuTime(Jdk.threadId(thread)) : -1;
        }

        /** Runnable threads with what is known of them; those that used CPU since begin anew. */
        static Map<Thread, Still> still(Collection<Thread> threads, Map<Long, Still> known) {
            Map<Thread, Still> still = new LinkedHashMap<>();
            for (Thread thread : threads) {
                if (thread.getState() != Thread.State.RUNNABLE || thread instanceof MedicThread) {
                    continue;
                }
                long cpu = cpuNanos(thread);
                Still before = known.get(Jdk.threadId(thread));
                if (cpu >= 0) {
                    still.put(thread, before != null && before.cpuNanos == cpu ? before : new Still(cpu, System.nanoTime()));
                }
            }
            return still;
        }

        /** Takes the topmost frames of those that are new among the still, all in one pause; most are in native code. */
        static void examine(Map<Thread, Still> still) {
            long now = System.nanoTime();
            Map<Long, Thread> due = new LinkedHashMap<>();
            still.forEach((thread, one) -> {
                if (!one.looked && now - one.since >= STILL_NANOS && due.size() < MAX_STACKS) {
                    due.put(Jdk.threadId(thread), thread);
                }
            });
            if (due.isEmpty()) {
                return;
            }
            long[] ids = due.keySet().stream().mapToLong(Long::longValue).toArray();
            for (ThreadInfo info : THREADS.getThreadInfo(ids, TOP_FRAMES)) {
                if (info != null) {
                    Thread thread = due.get(info.getThreadId());
                    Still one = still.get(thread);
                    one.looked = true;
                    one.stack = isInsideJvm(info.getStackTrace()) ? full(thread) : null;
                }
            }
        }

        private static StackTraceElement[] full(Thread thread) {
            StackTraceElement[] stack = thread.getStackTrace();
            return isInsideJvm(stack) ? stack : null;
        }

        private static boolean isInsideJvm(StackTraceElement[] stack) {
            return stack.length > 0 && (!stack[0].isNativeMethod()
                    || INITIALIZING.contains(stack[0].getClassName() + "." + stack[0].getMethodName()));
        }

        /** Which of some threads is at the static initializer of which class; their stacks are taken in one pause. */
        static Map<String, Thread> initializers(Collection<Thread> threads) {
            Map<Long, Thread> asked = new LinkedHashMap<>();
            threads.stream().filter(thread -> Jdk.threadId(thread) > 0).limit(MAX_STACKS)
                    .forEach(thread -> asked.put(Jdk.threadId(thread), thread));
            Map<String, Thread> initializers = new HashMap<>();
            if (!asked.isEmpty()) {
                for (ThreadInfo info : THREADS.getThreadInfo(
                        asked.keySet().stream().mapToLong(Long::longValue).toArray(), Integer.MAX_VALUE)) {
                    if (info != null) {
                        initializing(info.getStackTrace())
                                .forEach(name -> initializers.put(name, asked.get(info.getThreadId())));
                    }
                }
            }
            return initializers;
        }
    }
}
