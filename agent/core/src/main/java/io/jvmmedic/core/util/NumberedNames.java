package io.jvmmedic.core.util;

import java.util.regex.Pattern;

/** Threads are named by pattern: {@code pool-3-thread-7} and {@code pool-12-thread-1} are of {@code pool-#-thread-#}. */
public final class NumberedNames {

    private static final Pattern NUMBERS = Pattern.compile("[0-9][0-9a-fA-F]*(?:[-_.:][0-9][0-9a-fA-F]*)*");

    private static final Pattern SERIAL = Pattern.compile("\\d+(?:#\\d+)?|#\\d+");

    private NumberedNames() {
    }

    /** The name with # in place of each number; hexadecimal ones count if they begin with a digit. */
    public static String family(String name) {
        return NUMBERS.matcher(name).replaceAll("#");
    }

    /** {@code pool-*} for {@code pool-3} and for the second of that name, {@code pool-3#2}. */
    public static String kind(String name) {
        return SERIAL.matcher(name).replaceAll("*");
    }
}
