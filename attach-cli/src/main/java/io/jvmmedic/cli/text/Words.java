package io.jvmmedic.cli.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Texts and quantities as people read them. */
public final class Words {

    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    /** Where a class name or a path may be broken when it is longer than a line. */
    private static final String BREAK_AFTER = "./:$-_,;=|";

    private Words() {
    }

    /** {@code 340 ms}, {@code 4.2 s}, {@code 5 min 11 s}, {@code 3 h 2 min}, {@code 2 d 4 h}; {@code -} when unknown. */
    public static String millis(long millis) {
        if (millis < 0) {
            return "-";
        }
        if (millis < SECOND) {
            return millis + " ms";
        }
        if (millis < MINUTE) {
            return String.format(Locale.ROOT, "%.1f s", millis / 100 / 10.0);
        }
        if (millis < HOUR) {
            return two(millis / MINUTE, "min", millis % MINUTE / SECOND, "s");
        }
        return millis < DAY ? two(millis / HOUR, "h", millis % HOUR / MINUTE, "min")
                : two(millis / DAY, "d", millis % DAY / HOUR, "h");
    }

    private static String two(long large, String largeUnit, long small, String smallUnit) {
        return large + " " + largeUnit + (small == 0 ? "" : " " + small + " " + smallUnit);
    }

    /** {@code 1 incident}, {@code 2 incidents}. */
    public static String count(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /** {@code CONNECTION_LEAK} as {@code connection leak}. */
    public static String constant(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /**
     * A text of the host on one line and without control characters: a thread can be called {@code ESC]0;...}, and a
     * terminal would obey it.
     */
    public static String clean(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (point == '\n' || point == '\t' || point == '\r') {
                clean.append(' ');
            } else if (Character.getType(point) == Character.CONTROL || Character.getType(point) == Character.FORMAT) {
                clean.append('?');
            } else {
                clean.appendCodePoint(point);
            }
        });
        return clean.toString();
    }

    /** Lines of at most {@code width} characters, broken at blanks, and inside a word only when it alone is too long. */
    public static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : clean(text).trim().split(" +")) {
            if (line.length() > 0 && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            if (line.length() > 0) {
                line.append(' ');
            }
            String rest = word;
            while (rest.length() > width) {
                int cut = breakAt(rest, width);
                lines.add(rest.substring(0, cut));
                rest = rest.substring(cut);
            }
            line.append(rest);
        }
        lines.add(line.toString());
        return lines;
    }

    private static int breakAt(String word, int width) {
        for (int i = width; i > width / 2; i--) {
            if (BREAK_AFTER.indexOf(word.charAt(i - 1)) >= 0) {
                return i;
            }
        }
        return Character.isHighSurrogate(word.charAt(width - 1)) && width > 1 ? width - 1 : width;
    }
}
