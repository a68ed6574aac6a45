package io.jvmmedic.core.util;

import java.util.Locale;

/** Words for numbers and code sites, the same in findings, incidents and the command line. */
public final class Phrases {

    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;

    private Phrases() {
    }

    /** {@code com.acme.OrderService.save(OrderService.java:88)} as {@code OrderService.save:88}; what is no frame stays. */
    public static String site(String frame) {
        if (frame.isEmpty()) {
            return "an unknown site";
        }
        int open = frame.indexOf('(');
        if (open <= 0 || !frame.endsWith(")")) {
            return frame;
        }
        String method = frame.substring(0, open);
        int colon = frame.lastIndexOf(':');
        String line = colon < open ? "" : frame.substring(colon, frame.length() - 1);
        int beforeMethod = method.lastIndexOf('.');
        int beforeClass = beforeMethod < 0 ? -1 : method.lastIndexOf('.', beforeMethod - 1);
        return method.substring(beforeClass + 1) + line;
    }

    /** {@code java.util.concurrent.FutureTask@1b2c} as {@code FutureTask@1b2c}. */
    public static String type(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** Whether the topmost frame of a stack, as text, is the application's: none at all means that its work is over. */
    public static boolean isApplicationSite(String frame) {
        return !frame.isEmpty() && AppFrames.isApplication(frame);
    }

    /** {@code 0.4 s}, {@code 41 s}, {@code 12 min}, {@code 3 h}. */
    public static String duration(long millis) {
        if (millis < 10 * SECOND) {
            return String.format(Locale.ROOT, "%.1f s", Math.max(0, millis) / (double) SECOND);
        }
        if (millis < 2 * MINUTE) {
            return millis / SECOND + " s";
        }
        return millis < 2 * HOUR ? millis / MINUTE + " min" : millis / HOUR + " h";
    }

    /** {@code 1 thread}, {@code 37 threads}. */
    public static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
