package io.jvmmedic.core.util;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a thread does, told from its stack; the word that separates a slow statement from a connection held across I/O. */
public enum Activity {
    /** Inside a driver. */
    JDBC,
    /** Waiting for a slot of a pool. */
    WAITING_FOR_POOL,
    /** In a socket or file call outside JDBC. */
    IO,
    /** Waiting for a monitor. */
    BLOCKED,
    /** Parked or waiting. */
    PARKED,
    SLEEPING,
    RUNNING,
    /** The thread is dead. */
    ENDED,
    /** Cannot be seen: a virtual thread. */
    UNKNOWN;

    private static final List<String> DRIVERS = List.of("org.h2.", "org.postgresql.", "com.mysql.", "org.mariadb.",
            "oracle.jdbc.", "oracle.net.", "com.microsoft.sqlserver.", "com.ibm.db2.", "org.hsqldb.", "org.apache.derby.",
            "org.sqlite.", "net.sourceforge.jtds.", "com.sap.db.", "com.clickhouse.", "net.snowflake.", "org.duckdb.",
            "org.firebirdsql.", "com.sybase.", "io.trino.jdbc.");
    private static final Set<String> IDLE_LOOPS = Set.of(
            "java.util.concurrent.ThreadPoolExecutor.getTask", "org.apache.tomcat.util.threads.ThreadPoolExecutor.getTask",
            "java.util.concurrent.ForkJoinPool.awaitWork",
            "org.eclipse.jetty.util.thread.QueuedThreadPool$Runner.idleJobPoll",
            "org.eclipse.jetty.util.thread.ReservedThreadExecutor$ReservedThread.reservedWait");
    private static final List<String> IO_FRAMES = List.of("sun.nio.ch.", "java.net.", "sun.net.", "sun.security.ssl.",
            "java.io.FileInputStream", "java.io.FileOutputStream", "java.io.RandomAccessFile", "jdk.internal.net.http.");

    /** Tells it from state and stack, both of the same moment as far as the JVM allows. */
    public static Activity of(Thread.State state, StackTraceElement[] stack) {
        boolean io = false;
        for (StackTraceElement frame : stack) {
            String type = frame.getClassName();
            if (isDriver(type)) {
                return JDBC;
            }
            io |= startsWithAny(type, IO_FRAMES);
            if (AppFrames.isApplication(type)) {
                break;
            }
        }
        if (io) {
            return IO;
        }
        return switch (state) {
            case BLOCKED -> BLOCKED;
            case TERMINATED -> ENDED;
            case WAITING, TIMED_WAITING -> stack.length > 0 && stack[0].getMethodName().startsWith("sleep")
                    ? SLEEPING : PARKED;
            default -> RUNNING;
        };
    }

    /** Whether a driver, or a pool's statement above it, is anywhere on the stack: something may be running there. */
    public static boolean isInDriver(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (isDriver(frame.getClassName())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a worker sits in the loop of its executor and waits for a next task. Only loops that are known count: a
     * framework that waits inside a task may have no application frame on its stack either, and comes back to it.
     */
    public static boolean isResting(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (IDLE_LOOPS.contains(frame.getClassName() + "." + frame.getMethodName())) {
                return true;
            }
            if (AppFrames.isApplication(frame.getClassName())) {
                return false;
            }
        }
        return false;
    }

    /** Whether it waits, or is about to, for what somebody puts into a queue of the JDK: work, or an answer. */
    public static boolean isTaking(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            String type = frame.getClassName();
            if (type.startsWith("java.util.concurrent.") && (type.endsWith("Queue") || type.endsWith("Deque"))
                    && (frame.getMethodName().startsWith("take") || frame.getMethodName().startsWith("poll"))) {
                return true;
            }
            if (AppFrames.isApplication(type)) {
                return false;
            }
        }
        return false;
    }

    /** Whether a class of this name belongs to a driver, or is a statement of a pool above it. */
    public static boolean isDriver(String type) {
        return startsWithAny(type, DRIVERS)
                || type.startsWith("com.zaxxer.hikari.pool.") && (type.contains("Statement") || type.contains("ResultSet"))
                || type.toLowerCase(Locale.ROOT).contains("jdbc") && !type.startsWith("org.springframework.")
                        // A pool, whose borrowers wait in it for each other.
                        && !type.startsWith("org.apache.tomcat.jdbc.pool.");
    }

    private static boolean startsWithAny(String type, List<String> prefixes) {
        for (String prefix : prefixes) {
            if (type.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
