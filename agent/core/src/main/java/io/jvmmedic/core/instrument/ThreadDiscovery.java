package io.jvmmedic.core.instrument;

import java.util.concurrent.ThreadPoolExecutor;

/**
 * Finds resources by way of the threads that serve them. Called by the census on the sampler's thread; must not block,
 * and reads host objects by identity and field only.
 */
public interface ThreadDiscovery {

    /** Once for each platform thread. */
    default void thread(Thread thread) {
    }

    /** For each executor found behind a worker thread, several times: what is looked for may be busy at the first look. */
    default void executor(ThreadPoolExecutor executor) {
    }
}
