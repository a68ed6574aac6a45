package io.jvmmedic.core.util;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A set of names in which {@code *} stands for any text, {@code pool:*}; case counts. Immutable. */
public final class Globs {

    private final List<Pattern> patterns;

    private Globs(List<Pattern> patterns) {
        this.patterns = patterns;
    }

    public static Globs of(Collection<String> globs) {
        return new Globs(globs.stream().map(Globs::pattern).toList());
    }

    public boolean matches(String name) {
        for (Pattern pattern : patterns) {
            if (pattern.matcher(name).matches()) {
                return true;
            }
        }
        return false;
    }

    private static Pattern pattern(String glob) {
        // -1 keeps the empty tail of "pool:*".
        return Pattern.compile(Stream.of(glob.split("\\*+", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
                Pattern.DOTALL);
    }
}
