package io.jvmmedic.bootstrap;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what went wrong inside our own advice or threads. The host never sees it; {@code status} does, and the tests
 * take any count above zero as a defect.
 */
public final class AdviceFailures {

    private static final AtomicLong COUNT = new AtomicLong();
    private static volatile Throwable first;

    private AdviceFailures() {
    }

    /** Called by the exception handler of inlined advice. Never throws. */
    public static void count(Throwable failure) {
        if (COUNT.getAndIncrement() == 0) {
            first = failure;
        }
    }

    public static long count() {
        return COUNT.get();
    }

    /** The first failure, for the log and the status; {@code null} when there is none. */
    public static Throwable first() {
        return first;
    }
}
