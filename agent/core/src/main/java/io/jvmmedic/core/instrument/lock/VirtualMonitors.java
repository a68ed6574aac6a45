package io.jvmmedic.core.instrument.lock;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.util.AppFrames;
import io.jvmmedic.core.util.Jdk;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which monitors virtual threads are blocked on, and who holds those, by the JDK's own snapshots of single threads (25): the
 * JVM's beans know no virtual thread. A snapshot takes no pause. Before 25 there is nothing to ask, and such cycles are not
 * seen. Package {@code jdk.internal.vm} must have been opened. Thread-safe.
 */
final class VirtualMonitors {

    private static final Logger LOG = LoggerFactory.getLogger(VirtualMonitors.class);
    private static final String SNAPSHOT = "jdk.internal.vm.ThreadSnapshot";
    private static final int MAX_SNAPSHOTS = 1_000;

    /**
     * A thread that is blocked on a monitor.
     *
     * @param takenAt frame in which the owner took it
     */
    record Held(Thread thread, Object monitor, Thread owner, String takenAt) {
    }

    private record Owned(Thread owner, String takenAt) {
    }

    private final Optional<Class<?>> type = Members.neighbour(Object.class, SNAPSHOT);
    private final Optional<Method> of = type.flatMap(found -> Members.method(found, "of", Thread.class));
    private final Optional<Method> state = type.flatMap(found -> Members.method(found, "threadState"));
    private final Optional<Method> blockedOn = type.flatMap(found -> Members.method(found, "blockedOn"));
    private final Optional<Method> stackTrace = type.flatMap(found -> Members.method(found, "stackTrace"));
    private final Optional<Field> locks = type.flatMap(found -> Members.field(found, "locks"));
    private final Optional<Class<?>> lockType = Members.neighbour(Object.class, SNAPSHOT + "$ThreadLock");
    private final Optional<Method> lockObject = lockType.flatMap(found -> Members.method(found, "lockObject"));
    private final Optional<Method> depth = lockType.flatMap(found -> Members.method(found, "depth"));
    /** Whether this JVM answers as expected. */
    private boolean works = Stream.of(of, state, blockedOn, stackTrace, locks, lockObject, depth).allMatch(Optional::isPresent);
    /** Blocked at the look before; who is so for a moment only is nobody's business. */
    private Set<Long> before = Set.of();

    /**
     * @param blocked threads blocked on a monitor; of the platform ones only what they hold is of interest
     * @param others threads that wait for something else and may hold monitors
     */
    synchronized List<Held> of(Collection<Thread> blocked, Collection<Thread> others) {
        Set<Long> now = new HashSet<>();
        blocked.stream().map(Jdk::threadId).filter(id -> id < 0).forEach(now::add);
        boolean lasting = now.stream().anyMatch(before::contains);
        before = now;
        if (!lasting || !works) {
            return List.of();
        }
        Map<Thread, Object> waits = new IdentityHashMap<>();
        Map<Object, Owned> owners = new IdentityHashMap<>();
        Set<Thread> threads = new LinkedHashSet<>(blocked);
        threads.addAll(others);
        try {
            int snapshots = 0;
            for (Thread thread : threads) {
                if (snapshots++ < MAX_SNAPSHOTS) {
                    read(thread, waits, owners);
                }
            }
        } catch (Throwable e) {
            LOG.info("virtual threads: the monitors they wait for are not seen, {}", e.toString());
            works = false;
            return List.of();
        }
        List<Held> held = new ArrayList<>();
        waits.forEach((thread, monitor) -> {
            Owned owned = owners.get(monitor);
            if (owned != null && (Jdk.threadId(thread) < 0 || Jdk.threadId(owned.owner()) < 0)) {
                held.add(new Held(thread, monitor, owned.owner(), owned.takenAt()));
            }
        });
        return held;
    }

    private void read(Thread thread, Map<Thread, Object> waits, Map<Object, Owned> owners) throws Throwable {
        Object snapshot = Members.call(null, of.orElseThrow(), thread);
        if (snapshot == null) {
            return;
        }
        Object monitor = monitorOf(snapshot);
        if (monitor != null) {
            waits.put(thread, monitor);
        }
        Object[] held = (Object[]) Members.read(snapshot, locks.orElseThrow());
        StackTraceElement[] stack = (StackTraceElement[]) Members.call(snapshot, stackTrace.orElseThrow());
        for (Object lock : held) {
            Object object = Members.call(lock, lockObject.orElseThrow());
            int frame = (int) Members.call(lock, depth.orElseThrow());
            if (object != null && object != monitor) {
                owners.put(object, new Owned(thread, frame < stack.length ? AppFrames.text(stack[frame]) : ""));
            }
        }
    }

    /** {@code null} for none; only of a blocked thread it may be asked. */
    private Object monitorOf(Object snapshot) throws Throwable {
        return Members.call(snapshot, state.orElseThrow()) == Thread.State.BLOCKED
                ? Members.call(snapshot, blockedOn.orElseThrow()) : null;
    }

    /** Whether a thread is still blocked on that monitor. */
    boolean lasts(Held held) {
        try {
            Object snapshot = Members.call(null, of.orElseThrow(), held.thread());
            return snapshot != null && monitorOf(snapshot) == held.monitor();
        } catch (Throwable e) {
            return false;
        }
    }
}
