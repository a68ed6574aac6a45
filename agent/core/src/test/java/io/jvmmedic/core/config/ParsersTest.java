package io.jvmmedic.core.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParsersTest {

    @ParameterizedTest
    @CsvSource({"500ms,500", "2s,2000", "2 S,2000", "10m,600000", "1h,3600000", "1d,86400000", "0s,0"})
    void durations(String text, long millis) {
        assertEquals(Duration.ofMillis(millis), Parsers.duration().apply(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "-2s", "2 weeks", "99999999999999999999s", "1.5s"})
    void noDurations(String text) {
        refuses(Parsers.duration(), text, "expected a duration such as 500ms, 2s, 10m or 1h");
    }

    @ParameterizedTest
    @CsvSource({"7,7", "512k,524288", "64m,67108864", "1g,1073741824", "2GB,2147483648", "999999999g,1073741822926258176"})
    void sizes(String text, long bytes) {
        assertEquals(bytes, Parsers.bytes().apply(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1t", "99999999999g"})
    void noSizes(String text) {
        refuses(Parsers.bytes(), text, "expected a size such as 512k, 64m or 1g");
    }

    @Test
    void budgets() {
        assertEquals(new Budget(6, Duration.ofMinutes(10)), Parsers.budget().apply(" 6 / 10m "));
        assertEquals(new Budget(0, Duration.ofHours(1)), Parsers.budget().apply("0/1h"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "6", "6/0s", "-1/10m", "9999999999/10m", "/10m"})
    void noBudgets(String text) {
        refuses(Parsers.budget(), text, "expected times/period such as 6/10m");
    }

    @Test
    void numbersKeepTheirRange() {
        assertEquals(5, Parsers.number(1, 5).apply(" 5 "));
        refuses(Parsers.number(1, 5), "6", "expected a number from 1 to 5");
        refuses(Parsers.number(1, 5), "five", "expected a number from 1 to 5");
    }

    @Test
    void namesAreSeparatedByBars() {
        assertEquals(Set.of("pool:a", "executor:b-*"), Parsers.names().apply(" pool:a | executor:b-* ||"));
        assertEquals(Set.of(), Parsers.names().apply(""));
    }

    private static void refuses(Function<String, ?> parser, String text, String expected) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, () -> parser.apply(text)).getMessage());
    }
}
