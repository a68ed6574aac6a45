package io.jvmmedic.core.signal;

import io.jvmmedic.core.util.Activity;
import java.util.concurrent.TimeUnit;

/**
 * What a thread has done so far. Between two looks at one that stands in a single wait nothing is added; a loop that comes
 * back to the same line has waited again, or has used CPU.
 *
 * @param waits begun so far, for monitors, too; -1 if unknown
 * @param cpuNanos used so far; -1 if unknown
 */
record WorkDone(long waits, long cpuNanos) {

    static final WorkDone UNKNOWN = new WorkDone(-1, -1);
    /** A turn of a loop that waits outside the JVM's count, as in a selector; one wait costs less when it is entered. */
    private static final long TURN_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    /** Whether it has done something since; false where that is not known. Who waits for a monitor is woken now and then. */
    boolean isBeyond(WorkDone before, Activity activity) {
        return waits >= 0 && before.waits >= 0 && waits > before.waits
                || activity != Activity.BLOCKED && cpuNanos >= 0 && before.cpuNanos >= 0
                        && cpuNanos - before.cpuNanos > TURN_NANOS;
    }
}
