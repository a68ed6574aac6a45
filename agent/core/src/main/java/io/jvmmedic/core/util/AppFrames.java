package io.jvmmedic.core.util;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Tells application code from JDK, drivers, pools and frameworks, so that a report names the line to fix. */
public final class AppFrames {

    /** Not where a bug in the application is fixed. Ours is last: it must never appear in a report. */
    private static final List<String> PLUMBING = List.of(
            "java.", "javax.", "jakarta.", "jdk.", "sun.", "com.sun.", "kotlin.", "scala.", "groovy.",
            "com.zaxxer.hikari.", "org.apache.tomcat.", "org.apache.catalina.", "org.apache.coyote.",
            "org.apache.commons.dbcp", "org.apache.commons.pool", "com.mchange.", "com.alibaba.druid.", "io.agroal.",
            "org.vibur.", "oracle.", "org.h2.", "org.postgresql.", "com.mysql.", "org.mariadb.", "com.microsoft.sqlserver.",
            "org.springframework.", "org.hibernate.", "org.apache.ibatis.", "org.mybatis.", "org.jooq.", "org.jdbi.",
            "com.p6spy.", "net.ttddyy.", "org.apache.hc.", "org.apache.http.", "okhttp3.", "org.eclipse.jetty.",
            "io.netty.", "reactor.", "io.micrometer.", "io.opentelemetry.", "org.slf4j.", "ch.qos.logback.",
            "org.apache.logging.", "com.github.benmanes.caffeine.", "com.google.common.", "org.ehcache.",
            "io.jvmmedic.bootstrap.", "io.jvmmedic.core.");

    private static final Function<Stream<StackWalker.StackFrame>, Optional<StackWalker.StackFrame>> FIRST_APP =
            frames -> frames.filter(frame -> isApplication(frame.getClassName())).findFirst();

    private AppFrames() {
    }

    public static boolean isApplication(String className) {
        for (String prefix : PLUMBING) {
            if (className.startsWith(prefix)) {
                return false;
            }
        }
        return !className.contains("$$") && !className.startsWith("$Proxy");
    }

    /** The topmost application frame of the current thread; costs microseconds, so only under attention. */
    public static String here() {
        return StackWalker.getInstance().walk(FIRST_APP).map(AppFrames::text).orElse("");
    }

    /** The topmost application frame of a stack; the topmost frame at all when there is none; empty for an empty stack. */
    public static String top(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (isApplication(frame.getClassName())) {
                return text(frame);
            }
        }
        return stack.length == 0 ? "" : text(stack[0]);
    }

    /** The outermost application frames of a stack, where the task of a worker begins, at most so many; none may be. */
    public static List<String> outermost(StackTraceElement[] stack, int most) {
        List<String> frames = new ArrayList<>();
        for (int i = stack.length - 1; i >= 0 && frames.size() < most; i--) {
            if (isApplication(stack[i].getClassName())) {
                frames.add(text(stack[i]));
            }
        }
        return frames;
    }

    /** A frame as text without its line, {@code com.acme.OrderService.save}: the same wherever the method has come to. */
    public static String method(String frame) {
        int open = frame.indexOf('(');
        return open < 0 ? frame : frame.substring(0, open);
    }

    /**
     * The method that the topmost application frame has called, {@code java.util.concurrent.ConcurrentHashMap.computeIfAbsent};
     * empty when that frame is at the top, or there is none.
     */
    public static String calledByTop(StackTraceElement[] stack) {
        for (int i = 0; i < stack.length; i++) {
            if (isApplication(stack[i].getClassName())) {
                return i == 0 ? "" : stack[i - 1].getClassName() + "." + stack[i - 1].getMethodName();
            }
        }
        return "";
    }

    /**
     * Whether the code at {@code site} still runs on this stack: its method is below the topmost application frame and
     * has come at least as far, or is that frame and has come further. The same line on top is no sign of it, for the
     * next request asks for its connection there, too. False when the site is unknown.
     */
    public static boolean isRunning(String site, StackTraceElement[] stack) {
        int open = site.indexOf('(');
        if (open < 0) {
            return false;
        }
        String method = site.substring(0, open);
        int line = line(site);
        boolean onTop = true;
        for (StackTraceElement frame : stack) {
            if (!isApplication(frame.getClassName())) {
                continue;
            }
            if (method.equals(frame.getClassName() + "." + frame.getMethodName())
                    && (onTop ? frame.getLineNumber() > line : frame.getLineNumber() >= line)) {
                return true;
            }
            onTop = false;
        }
        return false;
    }

    /** The line of a frame as text; negative when it has none, as in a stack trace. */
    private static int line(String site) {
        int colon = site.lastIndexOf(':');
        return colon < 0 ? -1 : Integer.parseInt(site.substring(colon + 1, site.length() - 1));
    }

    /** {@code com.acme.OrderService.save(OrderService.java:88)}, without module and loader. */
    public static String text(StackTraceElement frame) {
        return frame.getClassName() + "." + frame.getMethodName() + "("
                + (frame.getFileName() == null ? "Unknown" : frame.getFileName())
                + (frame.getLineNumber() > 0 ? ":" + frame.getLineNumber() : "") + ")";
    }

    private static String text(StackWalker.StackFrame frame) {
        return text(frame.toStackTraceElement());
    }
}
