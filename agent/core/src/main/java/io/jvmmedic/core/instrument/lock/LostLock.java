package io.jvmmedic.core.instrument.lock;

import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A lock of the JDK whose owner has ended without releasing it. Nothing about it can change any more but its queue: only its
 * owner may release it. Holds host objects: for the moment of a treatment only.
 *
 * <p>It is released by a thread of ours that takes the owner's place, in one step that fails if the owner is another, and then
 * calls the JDK's own {@code release}, which wakes the first of the queue.
 */
public final class LostLock {

    private final Object synchronizer;
    private final WaitQueue queue;
    private final Thread owner;

    private LostLock(Object synchronizer, WaitQueue queue, Thread owner) {
        this.synchronizer = synchronizer;
        this.queue = queue;
        this.owner = owner;
    }

    /** The lock that somebody waits for; empty when it is free, its owner has not ended, or it is no lock of the JDK. */
    static Optional<LostLock> of(Object synchronizer, WaitQueue queue) {
        Thread owner = queue.owner(synchronizer);
        return LockWait.isOfJdk(synchronizer) && isLostBy(owner, synchronizer, queue)
                ? Optional.of(new LostLock(synchronizer, queue, owner)) : Optional.empty();
    }

    /** The owner is read again once it is known to have ended: it may have released the lock in between. */
    private static boolean isLostBy(Thread owner, Object synchronizer, WaitQueue queue) {
        return owner != null && owner.getState() == Thread.State.TERMINATED && queue.owner(synchronizer) == owner;
    }

    /** {@code java.util.concurrent.locks.ReentrantLock$NonfairSync@1b2c}, as the JVM calls it. */
    public String lock() {
        return LockGraph.describe(synchronizer);
    }

    /** The thread that has ended. */
    public Thread owner() {
        return owner;
    }

    /** Live: whether that thread still owns it. */
    public boolean isLost() {
        return isLostBy(owner, synchronizer, queue);
    }

    /** Who stands in its queue, first to last. */
    public List<LockWait> waits() {
        return queue.nodes(synchronizer).stream()
                .map(node -> {
                    Thread waiter = queue.waiter(node);
                    return waiter == null ? null : new LockWait(waiter, synchronizer, queue, node);
                })
                .filter(Objects::nonNull).toList();
    }

    /** Why it cannot be released; empty when it can. */
    public Optional<String> obstacle() {
        if (holdCount().isEmpty()) {
            return Optional.of("this JDK does not tell how often it is held");
        }
        Optional<Method> readers = Members.method(synchronizer.getClass(), "getReadLockCount");
        // Readers beside a writer are that writer: nobody but itself can give these holds back.
        return readers.isPresent() && count(readers.get()) > 0
                ? Optional.of("its owner read under it as well, and such a hold cannot be given back by another") : Optional.empty();
    }

    private Optional<Method> holdCount() {
        return Members.method(synchronizer.getClass(), "getWriteHoldCount")
                .or(() -> Members.method(synchronizer.getClass(), "getHoldCount"));
    }

    private int count(Method method) {
        try {
            return (int) Members.call(synchronizer, method);
        } catch (Throwable e) {
            throw new IllegalStateException("a lock does not tell its state", e);
        }
    }

    /**
     * Releases it, as often as it is held.
     *
     * @throws IllegalStateException with a sentence when the thread that has ended does not own it any more; nothing was done
     */
    public void release() throws Throwable {
        Thread self = Thread.currentThread();
        if (!isLost() || !queue.passOn(synchronizer, owner, self)) {
            throw new IllegalStateException(lock() + " is not held by " + LockWait.name(owner) + " any more");
        }
        // Only the owner is told the number.
        if (!queue.release(synchronizer, count(holdCount().orElseThrow()))) {
            queue.passOn(synchronizer, self, owner);
            throw new IllegalStateException(lock() + " is still held after its release");
        }
    }
}
