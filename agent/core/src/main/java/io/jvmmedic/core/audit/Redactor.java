package io.jvmmedic.core.audit;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes out of a text what must not reach a file: credentials and queries of URLs, values in SQL, {@code password=} and
 * the like. In doubt it takes too much. Its patterns work in linear time, since the texts come from the host.
 */
final class Redactor {

    private static final String GONE = "***";

    /** A JDBC or other URL up to white space or a quote. */
    private static final Pattern URL = Pattern.compile("\\b(?:jdbc:[a-z0-9]++:|[a-z][a-z0-9+.-]{1,20}+://)[^\\s\"'<>]*+",
            Pattern.CASE_INSENSITIVE);
    private static final String SECRET_WORD =
            "(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)";
    private static final String VALUE = "(?:\"[^\"\\r\\n]*+\"|'[^'\\r\\n]*+'|[^\\s,;&|)\\]}\"']++)";
    /** {@code db.password=x}, {@code "apiKey":"x"}; a colon counts only right after the word: a resource has one too. */
    private static final Pattern PAIR = Pattern.compile(
            "(" + SECRET_WORD + "(?:[\\w.-]{0,30}+\"?[ \\t]?=[ \\t]?|\"?:[ \\t]?))" + VALUE, Pattern.CASE_INSENSITIVE);
    private static final Pattern AUTHORIZATION = Pattern.compile(
            "\\b(authorization\"?\\s?[=:]\\s?\"?|bearer |basic (?=[A-Za-z0-9+/]{8}))[^\\s\",;]++(?: [A-Za-z0-9+/=._~-]{8,})?",
            Pattern.CASE_INSENSITIVE);

    /** A statement, from its first words to the end of the line. */
    private static final Pattern SQL = Pattern.compile(
            "\\b(?:select\\b[^\\r\\n]{1,2000}?\\bfrom\\b|insert\\s+into\\b|update\\s+\\S{1,200}\\s+set\\b|delete\\s+from\\b"
                    + "|merge\\s+into\\b|call\\s+[\\w.]{1,200}\\s*\\()[^\\r\\n]*+", Pattern.CASE_INSENSITIVE);
    private static final Pattern SQL_VALUE = Pattern.compile("'(?:[^']|'')*+(?:'|$)"
            + "|\\$(\\w*)\\$.*?(?:\\$\\1\\$|$)"
            + "|(?<=[=<>(,]|\\b(?:in|between|and|like|limit|offset|then|else))(\\s*+)(?:\"[^\"]*+\"?|-?\\d[\\w.]*+)",
            Pattern.CASE_INSENSITIVE);

    private Redactor() {
    }

    static String redact(String text) {
        if (text == null || text.isEmpty()) {
            return "";
        }
        String redacted = URL.matcher(text).replaceAll(match -> Matcher.quoteReplacement(url(match.group())));
        redacted = AUTHORIZATION.matcher(redacted).replaceAll("$1" + GONE);
        redacted = PAIR.matcher(redacted).replaceAll("$1" + GONE);
        return SQL.matcher(redacted).replaceAll(match -> Matcher.quoteReplacement(sql(match.group())));
    }

    /** The same tree with every text redacted, names of members excepted. */
    static JsonElement redact(JsonElement element) {
        if (element instanceof JsonObject object) {
            JsonObject redacted = new JsonObject();
            object.entrySet().forEach(member -> redacted.add(member.getKey(), redact(member.getValue())));
            return redacted;
        }
        if (element instanceof JsonArray array) {
            JsonArray redacted = new JsonArray();
            array.forEach(item -> redacted.add(redact(item)));
            return redacted;
        }
        return element instanceof JsonPrimitive primitive && primitive.isString()
                ? new JsonPrimitive(redact(primitive.getAsString())) : element;
    }

    /**
     * Keeps scheme, host, port and path. A password may contain anything, {@code ?} and {@code /} included, so everything
     * up to the last {@code @} goes.
     */
    private static String url(String url) {
        int at = url.lastIndexOf('@');
        int authority = url.indexOf("//");
        String clean = url;
        if (at >= 0) {
            // jdbc:oracle:thin:scott/tiger@//host has its credentials before the slashes.
            int keep = authority >= 0 && authority < at ? authority + 2 : url.indexOf(':', "jdbc:".length()) + 1;
            clean = url.substring(0, keep) + url.substring(at + 1);
        }
        int end = clean.length();
        for (char mark : new char[] {'?', ';', '#'}) {
            int found = clean.indexOf(mark);
            end = found >= 0 ? Math.min(end, found) : end;
        }
        return clean.substring(0, end);
    }

    private static String sql(String statement) {
        return SQL_VALUE.matcher(statement).replaceAll("$2?");
    }
}
