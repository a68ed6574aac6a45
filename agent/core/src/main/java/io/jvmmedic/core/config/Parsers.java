package io.jvmmedic.core.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From text to value; each failure says what would be right. Nine digits at most, so that no value can overflow. */
final class Parsers {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
    private static final Pattern BYTES = Pattern.compile("(\\d{1,9})\\s*([kmg]?)b?");
    private static final Pattern BUDGET = Pattern.compile("(\\d{1,9})\\s*/\\s*(.+)");

    private Parsers() {
    }

    static Function<String, String> text() {
        return String::trim;
    }

    static Function<String, Boolean> flag() {
        return text -> switch (text.trim().toLowerCase(Locale.ROOT)) {
            case "true", "on", "yes" -> true;
            case "false", "off", "no" -> false;
            default -> throw new IllegalArgumentException("expected true or false");
        };
    }

    static Function<String, Integer> number(int min, int max) {
        return text -> {
            try {
                int value = Integer.parseInt(text.trim());
                if (value >= min && value <= max) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // Said below, with the range.
            }
            throw new IllegalArgumentException("expected a number from " + min + " to " + max);
        };
    }

    static Function<String, Duration> duration() {
        return text -> {
            Matcher matcher = DURATION.matcher(text.trim().toLowerCase(Locale.ROOT));
            if (!matcher.matches()) {
                throw new IllegalArgumentException("expected a duration such as 500ms, 2s, 10m or 1h");
            }
            long value = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(value);
                case "s" -> Duration.ofSeconds(value);
                case "m" -> Duration.ofMinutes(value);
                case "h" -> Duration.ofHours(value);
                default -> Duration.ofDays(value);
            };
        };
    }

    static Function<String, Long> bytes() {
        return text -> {
            Matcher matcher = BYTES.matcher(text.trim().toLowerCase(Locale.ROOT));
            if (!matcher.matches()) {
                throw new IllegalArgumentException("expected a size such as 512k, 64m or 1g");
            }
            long value = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "k" -> value << 10;
                case "m" -> value << 20;
                case "g" -> value << 30;
                default -> value;
            };
        };
    }

    static Function<String, Budget> budget() {
        return text -> {
            Matcher matcher = BUDGET.matcher(text.trim());
            Duration period = matcher.matches() ? duration().apply(matcher.group(2)) : Duration.ZERO;
            if (period.isZero()) {
                throw new IllegalArgumentException("expected times/period such as 6/10m");
            }
            return new Budget(Integer.parseInt(matcher.group(1)), period);
        };
    }

    static Function<String, String> words(String... allowed) {
        List<String> words = List.of(allowed);
        return text -> {
            String word = text.trim().toLowerCase(Locale.ROOT);
            if (!words.contains(word)) {
                throw new IllegalArgumentException("expected one of " + String.join(", ", words));
            }
            return word;
        };
    }

    static <E extends Enum<E>> Function<String, E> oneOf(Class<E> type) {
        return text -> {
            for (E constant : type.getEnumConstants()) {
                if (constant.name().equalsIgnoreCase(text.trim())) {
                    return constant;
                }
            }
            throw new IllegalArgumentException("expected one of "
                    + String.join(", ", Arrays.stream(type.getEnumConstants()).map(Object::toString).toList()));
        };
    }

    /** Names separated by {@code |}; a comma separates agent arguments already. */
    static Function<String, Set<String>> names() {
        return text -> {
            Set<String> names = new LinkedHashSet<>();
            for (String name : text.split("\\|")) {
                if (!name.isBlank()) {
                    names.add(name.trim());
                }
            }
            return Set.copyOf(names);
        };
    }
}
