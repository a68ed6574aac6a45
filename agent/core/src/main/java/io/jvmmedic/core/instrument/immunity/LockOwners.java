package io.jvmmedic.core.instrument.immunity;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.util.Jdk;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who holds a lock and what a thread waits for, read from outside; takes no pause. Thread-safe. */
final class LockOwners {

    private final Map<Class<?>, Field> synchronizers;
    private final Optional<Field> owner;

    /** @param opener opens {@code java.util.concurrent.locks} to us; without it no owner is known */
    LockOwners(ModuleOpener opener) {
        opener.open(Object.class.getModule(), "java.util.concurrent.locks");
        this.synchronizers = Stream.of(ReentrantLock.class, ReentrantReadWriteLock.WriteLock.class)
                .filter(type -> Members.field(type, "sync").isPresent())
                .collect(Collectors.toMap(type -> type, type -> Members.field(type, "sync").orElseThrow()));
        this.owner = Members.field(AbstractOwnableSynchronizer.class, "exclusiveOwnerThread");
    }

    /** Whether a thread is known to hold a lock; false where that cannot be told. */
    boolean isHeldBy(Object lock, Thread thread) {
        for (Map.Entry<Class<?>, Field> known : synchronizers.entrySet()) {
            if (known.getKey().isInstance(lock)) {
                return ownerOf(Members.read(lock, known.getValue())) == thread;
            }
        }
        return false;
    }

    private Thread ownerOf(Object synchronizer) {
        return owner.isEmpty() ? null : (Thread) Members.read(synchronizer, owner.get());
    }

    /** What a thread does, as far as it matters to those who wait for it. */
    enum Doing {
        /** Works, or waits for a lock that it will get. */
        WORKS,
        /** Waits for something other than a lock: notification, signal, time. */
        WAITS,
        /** Waits for a lock that the one who asks holds. */
        WAITS_FOR_ME,
        /** Has ended. */
        GONE
    }

    Doing doing(Thread thread, Thread asking) {
        Thread.State state = thread.getState();
        if (state == Thread.State.TERMINATED) {
            return Doing.GONE;
        }
        if (state == Thread.State.BLOCKED) {
            return Jdk.hasModule("java.management") && Monitors.owner(thread) == Jdk.threadId(asking)
                    ? Doing.WAITS_FOR_ME : Doing.WORKS;
        }
        if (state != Thread.State.WAITING && state != Thread.State.TIMED_WAITING) {
            return Doing.WORKS;
        }
        Object blocker = LockSupport.getBlocker(thread);
        if (!(blocker instanceof AbstractOwnableSynchronizer)) {
            return Doing.WAITS;
        }
        Thread holder = ownerOf(blocker);
        // A latch or a semaphore has no owner, nor has a lock that readers hold.
        return holder == asking ? Doing.WAITS_FOR_ME
                : holder != null || blocker.getClass().getName().startsWith(ReentrantReadWriteLock.class.getName())
                ? Doing.WORKS : Doing.WAITS;
    }

    /** Apart, so that the beans are linked only where the module is there. */
    private static final class Monitors {

        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

        /** Without stacks and held locks it takes no safepoint. */
        static long owner(Thread thread) {
            long id = Jdk.threadId(thread);
            ThreadInfo info = id < 0 ? null : THREADS.getThreadInfo(id);
            return info == null ? -1 : info.getLockOwnerId();
        }
    }
}
