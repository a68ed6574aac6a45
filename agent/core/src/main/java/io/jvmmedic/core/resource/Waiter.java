package io.jvmmedic.core.resource;

import io.jvmmedic.core.util.CoarseClock;
import io.jvmmedic.core.util.Jdk;
import java.lang.ref.WeakReference;

/** A thread that began to wait for a slot of a pool. */
public final class Waiter {

    private final WeakReference<Thread> thread;
    private final long threadId;
    private final ResourceHandle resource;
    private final int sinceTick = CoarseClock.now();

    Waiter(Thread thread, ResourceHandle resource) {
        this.thread = new WeakReference<>(thread);
        this.threadId = Jdk.threadId(thread);
        this.resource = resource;
    }

    public Thread thread() {
        return thread.get();
    }

    public long threadId() {
        return threadId;
    }

    public ResourceHandle resource() {
        return resource;
    }

    public long waitedMillis() {
        return CoarseClock.millisSince(sinceTick);
    }
}
