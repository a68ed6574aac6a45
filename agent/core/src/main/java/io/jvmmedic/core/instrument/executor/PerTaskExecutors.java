package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.instrument.ThreadContainers;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the executors that start a thread for each task; none before 21. One that is opened for a request and closed with
 * it is nobody's resource, so only those count that live from one look to the next.
 */
final class PerTaskExecutors {

    private static final Logger LOG = LoggerFactory.getLogger(PerTaskExecutors.class);
    private static final int ROUNDS_PER_LOOK = 5;
    /** More of them at once are opened and closed all the time. */
    private static final int MAX_CANDIDATES = 1_000;

    private final ThreadContainers containers;
    private final ResourceRegistry registry;
    private List<WeakReference<Object>> seen = List.of();
    private int round;
    private boolean off;

    PerTaskExecutors(ThreadContainers containers, ResourceRegistry registry) {
        this.containers = containers;
        this.registry = registry;
    }

    /** Once per round. */
    void look() {
        if (off || round++ % ROUNDS_PER_LOOK != 0) {
            return;
        }
        try {
            guardedLook();
        } catch (RuntimeException | LinkageError e) {
            off = true;
            LOG.warn("jdk.internal.vm: executors of virtual threads are not seen", e);
        }
    }

    private void guardedLook() {
        List<WeakReference<Object>> now = new ArrayList<>();
        for (Object container : containers.shared()) {
            if (container.getClass().getName().equals(PerTaskHandle.TYPE) && now.size() < MAX_CANDIDATES) {
                if (seen.stream().anyMatch(known -> known.refersTo(container))) {
                    registry.register(container, new PerTaskHandle.Factory(containers));
                }
                now.add(new WeakReference<>(container));
            }
        }
        seen = now;
    }
}
