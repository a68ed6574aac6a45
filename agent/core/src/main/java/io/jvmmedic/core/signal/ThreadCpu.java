package io.jvmmedic.core.signal;

import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.Jdk;
import java.util.function.ToLongFunction;

/** CPU time of threads, for others than the sampler. */
public final class ThreadCpu {

    private ThreadCpu() {
    }

    /** CPU time of a thread, ns; -1 if unknown. */
    public static ToLongFunction<Thread> ofThisJvm(Clock clock) {
        JvmProbe probe = Jdk.hasModule("java.management") ? new ManagementProbe(clock) : JvmProbe.NONE;
        return probe::cpuNanos;
    }
}
