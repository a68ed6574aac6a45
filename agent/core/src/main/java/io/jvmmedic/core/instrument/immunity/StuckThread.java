package io.jvmmedic.core.instrument.immunity;

import java.lang.management.LockInfo;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.List;

/**
 * One thread of a cycle as it stands.
 *
 * @param stack topmost frame first
 * @param monitors those it holds; empty where that cannot be told
 * @param blocked waits for a monitor; else for a lock of {@code java.util.concurrent}
 * @param wanted class and identity of what it waits for
 */
record StuckThread(List<StackTraceElement> stack, List<Monitor> monitors, boolean blocked, String wanted) {

    /**
     * A monitor that is held.
     *
     * @param lock class and identity
     * @param depth number of the frame that took it, the topmost is 0
     */
    record Monitor(String lock, int depth) {
    }

    /** From the JVM's view of a platform thread, taken with monitors and without synchronizers. */
    static StuckThread of(ThreadInfo info) {
        return new StuckThread(List.of(info.getStackTrace()),
                Arrays.stream(info.getLockedMonitors()).filter(monitor -> monitor.getLockedStackDepth() >= 0)
                        .map(monitor -> new Monitor(name(monitor), monitor.getLockedStackDepth())).toList(),
                info.getThreadState() == Thread.State.BLOCKED, info.getLockInfo() == null ? "" : name(info.getLockInfo()));
    }

    private static String name(LockInfo lock) {
        return lock.getClassName() + "@" + Integer.toHexString(lock.getIdentityHashCode());
    }
}
