package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.Signal;
import java.util.List;

/** What the JVM says about itself. A null object where {@code java.management} is missing. */
interface JvmProbe {

    /** Heap, collections, threads. */
    void memory(Signal.Builder row);

    /** Time since the last garbage collection ended, as far as seen, ms; -1 before the first. */
    long sinceGcMillis();

    /** One row per thread of each lock cycle; asks the JVM no more often than the cost of asking allows. */
    List<Signal> deadlocks(long tick, long now);

    /** CPU time of a thread, ns; -1 if unknown. */
    long cpuNanos(Thread thread);

    /** What a thread has done so far, unknown for a virtual one. No pause, no stack. */
    WorkDone workDone(Thread thread);

    JvmProbe NONE = new JvmProbe() {
        @Override
        public void memory(Signal.Builder row) {
            Runtime runtime = Runtime.getRuntime();
            row.with("heapUsed", runtime.totalMemory() - runtime.freeMemory()).with("heapMax", runtime.maxMemory())
                    .with("gcCount", -1).with("gcTime", -1).with("youngGcCount", -1).with("sinceFullGc", -1);
        }

        @Override
        public long sinceGcMillis() {
            return -1;
        }

        @Override
        public List<Signal> deadlocks(long tick, long now) {
            return List.of();
        }

        @Override
        public long cpuNanos(Thread thread) {
            return -1;
        }

        @Override
        public WorkDone workDone(Thread thread) {
            return WorkDone.UNKNOWN;
        }
    };
}
