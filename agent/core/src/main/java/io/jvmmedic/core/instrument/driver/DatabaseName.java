package io.jvmmedic.core.instrument.driver;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of a JDBC URL may stand in a report: driver, host and database. Users and passwords stand before an {@code @} or
 * in the options; what does not look like a host in the place of one is left out with the rest.
 */
final class DatabaseName {

    private static final Pattern OPTIONS = Pattern.compile("[?;&\\s].*", Pattern.DOTALL);
    private static final Pattern PLACE =
            Pattern.compile("(?<scheme>jdbc:[A-Za-z0-9]+:(?:[A-Za-z0-9]+:)*)(?<rest>.*)", Pattern.DOTALL);
    private static final Pattern HOSTS = Pattern.compile(
            "//(?:(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::\\d+(?::\\w+)?)?(?:,|(?=/|$)))*(?:/.*)?");
    private static final String HIDDEN = "...";

    private DatabaseName() {
    }

    /** @param driver stands for a URL that cannot be told */
    static String of(String url, String driver) {
        Matcher parts = PLACE.matcher(OPTIONS.matcher(url).replaceFirst(""));
        if (!parts.matches()) {
            return "jdbc:" + driver + ":" + HIDDEN;
        }
        String rest = parts.group("rest");
        int user = rest.lastIndexOf('@');
        if (user >= 0) {
            rest = rest.substring(user + 1);
            rest = rest.startsWith("//") ? rest : "//" + rest;
        }
        boolean isPlain = rest.startsWith("//") ? HOSTS.matcher(rest).matches()
                // Oracle has the user first, and the place after an @ that may have been cut off.
                : !parts.group("scheme").startsWith("jdbc:oracle:");
        return parts.group("scheme") + (isPlain ? rest : HIDDEN);
    }
}
