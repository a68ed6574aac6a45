package io.jvmmedic.core.instrument.lock;

import io.jvmmedic.core.util.Jdk;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * One wait of one thread for one lock of {@code java.util.concurrent}: a later wait of the same thread for the same lock
 * is another one. Live and cheap but for the stack, which is taken once. Holds host objects: for the moment of a
 * treatment only.
 */
public final class LockWait {

    private static final String LOCKS = "java.util.concurrent.locks.";
    private static final Set<String> LOCK_TYPES = Set.of(LOCKS + "ReentrantLock", LOCKS + "ReentrantReadWriteLock");
    /** What stands between the application and the queue in an uninterruptible, untimed wait. */
    private static final Set<String> PLAIN = Set.of("park", "acquire", "acquireShared", "lock");
    private static final Set<String> INTERRUPTIBLE =
            Set.of("park", "acquire", "acquireInterruptibly", "acquireSharedInterruptibly", "lockInterruptibly");

    private final Thread thread;
    private final Object synchronizer;
    private final WaitQueue queue;
    private final Object node;
    private final StackTraceElement[] stack;

    LockWait(Thread thread, Object synchronizer, WaitQueue queue, Object node) {
        this(thread, synchronizer, queue, node, thread.getStackTrace());
    }

    LockWait(Thread thread, Object synchronizer, WaitQueue queue, Object node, StackTraceElement[] stack) {
        this.thread = thread;
        this.synchronizer = synchronizer;
        this.queue = queue;
        this.node = node;
        this.stack = stack;
    }

    /** Empty when the thread waits for no such lock now. */
    static Optional<LockWait> of(Thread thread, Iterable<WaitQueue> queues) {
        Object blocker = LockSupport.getBlocker(thread);
        for (WaitQueue queue : queues) {
            if (blocker != null && queue.isFor(blocker)) {
                Object node = queue.nodeOf(blocker, thread);
                return Optional.ofNullable(node)
                        .map(found -> new LockWait(thread, blocker, queue, found));
            }
        }
        return Optional.empty();
    }

    public Thread thread() {
        return thread;
    }

    /** Negative for a virtual thread. */
    public long threadId() {
        return Jdk.threadId(thread);
    }

    /** The thread's name, or what to call it where it has none, as most virtual threads. */
    public String name() {
        return name(thread);
    }

    static String name(Thread thread) {
        return thread.getName().isEmpty() ? "virtual thread " + -Jdk.threadId(thread) : thread.getName();
    }

    StackTraceElement[] stack() {
        return stack;
    }

    /** {@code java.util.concurrent.locks.ReentrantLock$NonfairSync@1b2c}, as the JVM calls it. */
    public String lock() {
        return LockGraph.describe(synchronizer);
    }

    /** Who holds the lock exclusively; {@code null} for nobody. */
    public Thread owner() {
        return queue.owner(synchronizer);
    }

    /** The lock, if its owner has ended without releasing it; empty when it lives. */
    public Optional<LostLock> lost() {
        return LostLock.of(synchronizer, queue);
    }

    public boolean isFirst() {
        return queue.isFirst(synchronizer, node);
    }

    /** Granted, given up or ended. */
    public boolean isOver() {
        return !queue.isWaiting(node, thread);
    }

    /** Nothing of it is left in the queue. */
    public boolean isGone() {
        return isOver() && !queue.isLinked(synchronizer, node);
    }

    /** Whether it is the inner part of a lock of the JDK, which only its owner can release. */
    static boolean isOfJdk(Object synchronizer) {
        return LOCK_TYPES.contains(outerType(synchronizer));
    }

    private static String outerType(Object synchronizer) {
        return synchronizer.getClass().getName().replaceFirst("\\$.*", "");
    }

    /** Why this wait must not be ended; empty when it may. */
    public Optional<String> obstacle() {
        if (!isOfJdk(synchronizer)) {
            return Optional.of("waits for " + outerType(synchronizer) + ", which is no lock whose ways are known");
        }
        for (StackTraceElement frame : stack) {
            if (frame.getMethodName().equals("<clinit>")) {
                return Optional.of("is initializing " + frame.getClassName() + ", which would stay unusable");
            }
        }
        if (isIn(PLAIN)) {
            return Optional.empty();
        }
        if (!isIn(INTERRUPTIBLE)) {
            return Optional.of("gets the lock back after a condition, or waits in a way that is not known");
        }
        // An interrupt while it is made to try would leave the queue broken.
        return isFirst() ? Optional.empty() : Optional.of("waits interruptibly behind others");
    }

    Object synchronizer() {
        return synchronizer;
    }

    WaitQueue queue() {
        return queue;
    }

    Object node() {
        return node;
    }

    boolean isShared() {
        return queue.isShared(node);
    }

    /** Whether all frames from the park to the one that called the lock are among these methods. */
    private boolean isIn(Set<String> methods) {
        boolean entered = false;
        int i = 0;
        while (i < stack.length && !stack[i].getClassName().startsWith(LOCKS)) {
            i++;
        }
        for (; i < stack.length && stack[i].getClassName().startsWith(LOCKS); i++) {
            if (!methods.contains(stack[i].getMethodName())) {
                return false;
            }
            entered |= stack[i].getMethodName().startsWith("lock");
        }
        return entered;
    }
}
