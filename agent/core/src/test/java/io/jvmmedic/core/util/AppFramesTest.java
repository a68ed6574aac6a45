package io.jvmmedic.core.util;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AppFramesTest {

    private static final String BORROW = "com.acme.Order.save(Order.java:20)";

    private static StackTraceElement frame(String type, String method, int line) {
        return new StackTraceElement(type, method, "Any.java", line);
    }

    private static boolean running(StackTraceElement... stack) {
        return AppFrames.isRunning(BORROW, stack);
    }

    @Test
    void theBorrowerBelowTheFrameOnTopStillRuns() {
        assertTrue(running(frame("jdk.internal.misc.Unsafe", "park", -2), frame("com.zaxxer.hikari.pool.HikariPool", "getConnection", 1),
                frame("com.acme.Audit", "log", 21), frame("org.springframework.Tx", "invoke", 9),
                frame("com.acme.Order", "save", 25)));
        assertTrue(running(frame("com.acme.Audit", "log", 21), frame("com.acme.Order", "save", 20)));
        assertTrue(running(frame("java.lang.Thread", "sleep", 1), frame("com.acme.Order", "save", 25)));
    }

    @Test
    void theNextRequestThatAsksAtTheSameLineDoesNotCount() {
        assertFalse(running(frame("com.acme.Order", "save", 20)));
        assertFalse(running(frame("com.acme.Order", "save", 15)));
        assertFalse(running(frame("com.acme.Audit", "log", 21), frame("com.acme.Order", "save", 15)));
        assertFalse(running(frame("com.acme.Audit", "log", 21), frame("com.acme.Order", "load", 25)));
        assertFalse(running());
    }

    @Test
    void anUnknownSiteIsNeverRunning() {
        StackTraceElement[] stack = {frame("com.acme.Audit", "log", 21), frame("com.acme.Order", "save", 25)};
        assertFalse(AppFrames.isRunning("", stack));
        assertFalse(AppFrames.isRunning("(more than 1000 borrow sites)", stack));
    }

    @Test
    void aSiteWithoutALineIsTakenByItsMethod() {
        assertTrue(AppFrames.isRunning("com.acme.Order.save(Unknown)",
                new StackTraceElement[] {frame("com.acme.Audit", "log", 21), frame("com.acme.Order", "save", -1)}));
    }
}
