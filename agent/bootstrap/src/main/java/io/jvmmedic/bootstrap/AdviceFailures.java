package io.jvmmedic.bootstrap;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what went wrong inside our own advice or threads. The host never sees it; {@code status} does, and the tests
 * take any count above zero as a defect.
 */
public final class AdviceFailures {

    private static final AtomicLong COUNT = new AtomicLong();
    /** Text: a throwable keeps the classes of its stack, and with them the loader of a web application. */
    private static volatile String first = "";

    private AdviceFailures() {
    }

    /** Called by the exception handler of inlined advice. Never throws. */
    public static void count(Throwable failure) {
        if (COUNT.getAndIncrement() == 0) {
            first = describe(failure);
        }
    }

    private static String describe(Throwable failure) {
        try {
            StackTraceElement[] stack = failure.getStackTrace();
            return failure + (stack.length == 0 ? "" : " at " + stack[0]);
        } catch (Throwable e) {
            return failure.getClass().getName();
        }
    }

    public static long count() {
        return COUNT.get();
    }

    /** The first failure and where it happened, for the status; empty when there is none. */
    public static String first() {
        return first;
    }
}
