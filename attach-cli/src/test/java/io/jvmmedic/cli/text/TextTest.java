package io.jvmmedic.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void durationsKeepTwoUnits() {
        assertEquals(List.of("-", "0 ms", "999 ms", "1.0 s", "59.9 s", "1 min", "5 min 11 s", "1 h", "3 h 2 min", "1 d", "2 d 4 h"),
                List.of(-1L, 0L, 999L, 1_000L, 59_999L, 60_000L, 311_000L, 3_600_000L, 10_920_000L, 86_400_000L, 187_200_000L)
                        .stream().map(Words::millis).toList());
    }

    @Test
    void linesBreakAtBlanksAndInsideAWordOnlyWhenItIsTooLong() {
        assertEquals(List.of("a bb ccc", "dddd"), Words.wrap("a  bb ccc dddd ", 8));
        assertEquals(List.of("com.acme.shop.", "OrderService.", "save"), Words.wrap("com.acme.shop.OrderService.save", 15));
        assertEquals(List.of("xxxx", "xxxx", "x"), Words.wrap("xxxxxxxxx", 4));
        assertEquals(List.of(""), Words.wrap("", 10));
        String astral = "\ud83d\ude00".repeat(5);
        assertEquals(astral, String.join("", Words.wrap(astral, 3)));
        assertTrue(Words.wrap(astral, 3).stream().allMatch(line -> line.length() == 2), "a pair was torn apart");
    }

    @Test
    void controlCharactersOfTheHostAreNotPassedOn() {
        assertEquals("a b?[31mc? d", Words.clean("a\nb\u001b[31mc\u202e\td"));
    }

    @Test
    void tableGivesWayInItsLongColumnsAndKeepsTheLine() {
        new Table(">N", "NAME*", "STATE").row(7, "x".repeat(40) + " " + "y".repeat(40), "ok").row(123, "z", "done")
                .print(new Terminal(stream, stream, 60, false));
        assertTrue(lines().stream().allMatch(line -> line.length() <= 60), lines()::toString);
        assertTrue(lines().get(0).startsWith("  N  NAME"), lines()::toString);
        assertTrue(lines().get(1).startsWith("  7  xxx") && lines().get(1).endsWith("  ok"), lines()::toString);
        assertTrue(lines().get(2).startsWith("     y"), lines()::toString);
        assertEquals("123  z", lines().get(3).substring(0, 6));
    }

    @Test
    void colourOnlyWhereItIsWelcome() {
        Terminal coloured = new Terminal(stream, stream, 80, true);
        coloured.field(0, 4, "done", "HEALED", Style.of("HEALED"));
        assertEquals("done \u001b[32mHEALED\u001b[0m", lines().get(0));
        assertTrue(!Terminal.of(stream, stream, Map.of()).colour(), "no terminal, no colour");
        assertTrue(!Terminal.of(stream, stream, Map.of("NO_COLOR", "1")).colour());
    }
}
