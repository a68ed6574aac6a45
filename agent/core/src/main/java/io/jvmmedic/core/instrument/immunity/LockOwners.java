package io.jvmmedic.core.instrument.immunity;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.util.Jdk;
import java.lang.management.LockInfo;
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
        /** Waits for something other than a lock, and may hold its own meanwhile: sleeps, or waits for another thread. */
        WAITS,
        /** Waits to be notified or signalled, and has given its lock back for that long. */
        GAVE_BACK,
        /** Waits for a lock that the one who asks holds. */
        WAITS_FOR_ME,
        /** Has ended. */
        GONE
    }

    /**
     * What it does.
     *
     * @param waitNumber the same twice for the same wait; -1 if unknown
     */
    record Sight(Doing doing, long waitNumber) {
        static final Sight WORKS = new Sight(Doing.WORKS, -1);
    }

    /** @param lock taken by {@code thread}; {@code null} if unknown */
    Sight look(Thread thread, Object lock, Thread asking) {
        Thread.State state = thread.getState();
        if (state == Thread.State.TERMINATED) {
            return new Sight(Doing.GONE, -1);
        }
        if (state != Thread.State.BLOCKED && state != Thread.State.WAITING && state != Thread.State.TIMED_WAITING) {
            return Sight.WORKS;
        }
        Optional<Beans.Wait> wait = Jdk.hasModule("java.management") ? Beans.of(thread) : Optional.empty();
        if (state == Thread.State.BLOCKED) {
            return wait.filter(known -> known.ownerId() == Jdk.threadId(asking)).isPresent()
                    ? new Sight(Doing.WAITS_FOR_ME, -1) : Sight.WORKS;
        }
        return new Sight(doing(thread, lock, asking, wait), wait.map(Beans.Wait::number).orElse(-1L));
    }

    private Doing doing(Thread thread, Object lock, Thread asking, Optional<Beans.Wait> wait) {
        Object blocker = LockSupport.getBlocker(thread);
        if (!(blocker instanceof AbstractOwnableSynchronizer)) {
            boolean notified = lock != null && wait.filter(known -> known.isFor(lock)).isPresent();
            boolean signalled = isOwned(lock) && !isHeldBy(lock, thread);
            return notified || signalled ? Doing.GAVE_BACK : Doing.WAITS;
        }
        Thread holder = ownerOf(blocker);
        // A latch or a semaphore has no owner, nor has a lock that readers hold.
        return holder == asking ? Doing.WAITS_FOR_ME
                : holder != null || blocker.getClass().getName().startsWith(ReentrantReadWriteLock.class.getName())
                ? Doing.WORKS : Doing.WAITS;
    }

    private boolean isOwned(Object lock) {
        return owner.isPresent() && synchronizers.keySet().stream().anyMatch(type -> type.isInstance(lock));
    }

    /** Apart, so that the beans are linked only where the module is there. */
    private static final class Beans {

        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

        /**
         * One wait of a thread.
         *
         * @param ownerId id of the thread that holds what it waits for; -1 if none
         * @param on what it waits for; {@code null} for nothing in particular
         */
        private record Wait(long ownerId, long number, LockInfo on) {

            private boolean isFor(Object lock) {
                return on != null && on.getIdentityHashCode() == System.identityHashCode(lock)
                        && on.getClassName().equals(lock.getClass().getName());
            }
        }

        /** Without stacks and held locks it takes no safepoint. Empty for a virtual thread. */
        private static Optional<Wait> of(Thread thread) {
            long id = Jdk.threadId(thread);
            ThreadInfo info = id < 0 ? null : THREADS.getThreadInfo(id);
            return Optional.ofNullable(info)
                    .map(known -> new Wait(known.getLockOwnerId(), known.getWaitedCount(), known.getLockInfo()));
        }
    }
}
