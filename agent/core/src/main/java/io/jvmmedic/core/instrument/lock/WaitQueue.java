package io.jvmmedic.core.instrument.lock;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.concurrent.locks.AbstractQueuedLongSynchronizer;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;

/**
 * The queue inside a synchronizer, read from outside. There are two families of the same build; which one a lock uses
 * differs between JDKs ({@code ReentrantReadWriteLock} changed over between 17 and 25).
 */
final class WaitQueue {

    /** Both families, as far as this JDK has the members that are expected; package must have been opened before. */
    static List<WaitQueue> all() throws ReflectiveOperationException {
        return List.of(new WaitQueue(AbstractQueuedSynchronizer.class), new WaitQueue(AbstractQueuedLongSynchronizer.class));
    }

    /** A queue longer than this is not searched to its end. */
    private static final int MAX_NODES = 100_000;

    private final Class<? extends AbstractOwnableSynchronizer> family;
    private final Class<?> sharedNode;
    private final VarHandle head;
    private final VarHandle tail;
    private final VarHandle previous;
    private final VarHandle waiter;
    private final VarHandle status;
    private final VarHandle owner;
    private final MethodHandle clean;
    private final MethodHandle release;

    private WaitQueue(Class<? extends AbstractOwnableSynchronizer> family) throws ReflectiveOperationException {
        this.family = family;
        // Both families declare nodes of their own in some JDKs and share them in others; the field knows.
        Class<?> node = family.getDeclaredField("head").getType();
        this.sharedNode = Class.forName(node.getName().replace("$Node", "$SharedNode"), false, null);
        MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(family, MethodHandles.lookup());
        this.head = lookup.findVarHandle(family, "head", node);
        this.tail = lookup.findVarHandle(family, "tail", node);
        this.clean = lookup.findVirtual(family, "cleanQueue", MethodType.methodType(void.class));
        // One family counts in int, the other in long.
        this.release = lookup.findVirtual(family, "release", MethodType.methodType(boolean.class,
                family == AbstractQueuedSynchronizer.class ? int.class : long.class));
        MethodHandles.Lookup inNode = MethodHandles.privateLookupIn(node, MethodHandles.lookup());
        this.previous = inNode.findVarHandle(node, "prev", node);
        this.waiter = inNode.findVarHandle(node, "waiter", Thread.class);
        this.status = inNode.findVarHandle(node, "status", int.class);
        this.owner = MethodHandles.privateLookupIn(AbstractOwnableSynchronizer.class, MethodHandles.lookup())
                .findVarHandle(AbstractOwnableSynchronizer.class, "exclusiveOwnerThread", Thread.class);
    }

    boolean isFor(Object synchronizer) {
        return family.isInstance(synchronizer);
    }

    Class<?> family() {
        return family;
    }

    /** The node of a thread that waits for it; {@code null} when it does not. */
    Object nodeOf(Object synchronizer, Thread thread) {
        Object node = tail.getVolatile(synchronizer);
        for (int i = 0; node != null && i < MAX_NODES; i++) {
            if (isWaiting(node, thread)) {
                return node;
            }
            node = previous.getVolatile(node);
        }
        return null;
    }

    /** All nodes, first to last; those behind a place that is just being changed may come without those before it. */
    List<Object> nodes(Object synchronizer) {
        Deque<Object> nodes = new ArrayDeque<>();
        Object node = tail.getVolatile(synchronizer);
        while (node != null && nodes.size() < MAX_NODES) {
            nodes.addFirst(node);
            node = previous.getVolatile(node);
        }
        return List.copyOf(nodes);
    }

    /** Who waits there; {@code null} for nobody any more. */
    Thread waiter(Object node) {
        return (int) status.getVolatile(node) < 0 ? null : (Thread) waiter.getVolatile(node);
    }

    boolean isWaiting(Object node, Thread thread) {
        Object waiting = waiter.getVolatile(node);
        return waiting == thread && (int) status.getVolatile(node) >= 0;
    }

    boolean isCancelled(Object node) {
        return (int) status.getVolatile(node) < 0;
    }

    boolean isFirst(Object synchronizer, Object node) {
        Object first = head.getVolatile(synchronizer);
        return first != null && first == predecessor(node);
    }

    /** Whether a node is still linked in, also when its wait is over. */
    boolean isLinked(Object synchronizer, Object node) {
        Object each = tail.getVolatile(synchronizer);
        for (int i = 0; each != null && i < MAX_NODES; i++) {
            if (each == node) {
                return true;
            }
            each = previous.getVolatile(each);
        }
        return false;
    }

    boolean isShared(Object node) {
        return sharedNode.isInstance(node);
    }

    /** Who holds it exclusively; {@code null} for nobody, readers included. */
    Thread owner(Object synchronizer) {
        return (Thread) owner.get(synchronizer);
    }

    /** Makes one thread the owner in place of another; false when that one is not. */
    boolean passOn(Object synchronizer, Thread from, Thread to) {
        return owner.compareAndSet(synchronizer, from, to);
    }

    /** Gives up so many holds of the calling thread, by the JDK's own way; false when it still has some. */
    boolean release(Object synchronizer, int holds) throws Throwable {
        return (boolean) release.invoke(synchronizer, holds);
    }

    Object predecessor(Object node) {
        return previous.getVolatile(node);
    }

    VarHandle waiterField() {
        return waiter;
    }

    VarHandle previousField() {
        return previous;
    }

    /** Empties a node's link to the one before it; false when that is another one by now. */
    boolean unlink(Object node, Object predecessor) {
        return previous.compareAndSet(node, predecessor, null);
    }

    /**
     * Cleaning as any waiter does that leaves. Cleaning by others stopped at a link that was empty, and a thread may have
     * left in the moment in which its link was emptied.
     */
    void mend(Object synchronizer, Object node, Object predecessor) throws Throwable {
        if (isCancelled(node)) {
            previous.compareAndSet(node, null, predecessor);
        }
        clean.invoke(synchronizer);
    }
}
