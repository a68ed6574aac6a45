package io.jvmmedic.core.util.log;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.event.Level;

/**
 * Where lines go. A sentence that repeats is written some times a minute, then only counted: a log that floods is an
 * incident of its own.
 */
public final class LogOutput {

    private static final String PREFIX = "[jvm-medic] ";
    private static final int REPEATS = 20;
    private static final long WINDOW_MILLIS = 60_000;
    private static final int MAX_TEMPLATES = 500;

    private static final Map<String, Repeats> SEEN = new HashMap<>();
    private static volatile Level level = Level.INFO;
    private static PrintStream target = System.err;

    private static final class Repeats {
        private long windowStart;
        private int written;
        private int swallowed;
    }

    private LogOutput() {
    }

    /**
     * @param where {@code stderr}, {@code off} or a file that is appended to
     * @return empty when it worked, else why stderr is used instead
     */
    public static synchronized String configure(String where, String wantedLevel) {
        level = Level.valueOf(wantedLevel.toUpperCase(Locale.ROOT));
        switch (where) {
            case "stderr" -> target = System.err;
            case "off" -> target = null;
            default -> {
                try {
                    target = new PrintStream(Files.newOutputStream(Path.of(where),
                            StandardOpenOption.CREATE, StandardOpenOption.APPEND), true, StandardCharsets.UTF_8);
                } catch (IOException | RuntimeException e) {
                    target = System.err;
                    return "log file " + where + " cannot be written (" + e + "), stderr is used";
                }
            }
        }
        return "";
    }

    static boolean isEnabled(Level wanted) {
        return wanted.toInt() >= level.toInt();
    }

    /** @param template what identifies the sentence whatever its numbers */
    static synchronized void write(Level at, String template, String text, Throwable error) {
        if (target == null) {
            return;
        }
        int swallowed = admit(template);
        if (swallowed < 0) {
            return;
        }
        StringBuilder line = new StringBuilder(PREFIX);
        if (at.toInt() >= Level.WARN.toInt()) {
            line.append(at == Level.WARN ? "warning: " : "error: ");
        }
        line.append(text);
        if (swallowed > 0) {
            line.append(" (and ").append(swallowed).append(" more like it)");
        }
        if (error != null) {
            line.append(" (").append(error).append(at(error)).append(')');
        }
        target.println(line);
    }

    /** -1 to swallow, else how many were swallowed before. */
    private static int admit(String template) {
        if (SEEN.size() > MAX_TEMPLATES) {
            SEEN.clear();
        }
        long now = System.currentTimeMillis();
        Repeats repeats = SEEN.computeIfAbsent(template, key -> new Repeats());
        int before = 0;
        if (now - repeats.windowStart > WINDOW_MILLIS) {
            before = repeats.swallowed;
            repeats.windowStart = now;
            repeats.written = 0;
            repeats.swallowed = 0;
        }
        if (repeats.written >= REPEATS) {
            repeats.swallowed++;
            return -1;
        }
        repeats.written++;
        return before;
    }

    private static String at(Throwable error) {
        StackTraceElement[] stack = error.getStackTrace();
        return stack.length == 0 ? "" : " at " + stack[0];
    }
}
