package io.jvmmedic.core.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.GateView.Row;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GateRowsTest {

    private final List<Row> gates = new ArrayList<>();
    private final GateRows rows = new GateRows(() -> gates);

    private static Row row(String id, String state, long passes, long waits, long bypasses, String reason) {
        return new Row(id, "2026-11-21T08:00:00Z", state, "Bank.ab:3 / Bank.ba:8", passes, waits, 10 * waits, bypasses,
                0, reason);
    }

    @Test
    void aRowIsWhatHappenedSinceTheOneBefore() {
        gates.add(row("a", "GATED", 100, 5, 0, ""));
        Signal first = rows.of(7, 0).get(0);
        assertEquals("a", first.text("signature"));
        assertEquals(100, first.number("passes"));
        gates.set(0, row("a", "GATED", 130, 7, 1, ""));
        Signal second = rows.of(8, 0).get(0);
        assertEquals(List.of(30L, 2L, 20L, 1L, 0L), List.of(second.number("passes"), second.number("waits"),
                second.number("waited"), second.number("bypasses"), second.number("asides")));
    }

    @Test
    void whereNothingHappensThereIsNoRow() {
        gates.add(row("a", "GATED", 100, 5, 0, ""));
        gates.add(row("b", "NOT SEEN", 0, 0, 0, "matches nothing yet"));
        assertEquals(2, rows.of(1, 0).size());
        assertEquals(List.of(), rows.of(2, 0));
        gates.set(0, row("a", "GATED", 101, 5, 0, ""));
        assertEquals(List.of("a"), rows.of(3, 0).stream().map(row -> row.text("signature")).toList());
    }

    @Test
    void whatBecomesOfItIsTold() {
        gates.add(row("a", "GATED", 100, 5, 0, ""));
        rows.of(1, 0);
        gates.set(0, row("a", "WITHDRAWN", 100, 5, 0, "its time limit ran out 10 times, so it lets everybody pass"));
        Signal row = rows.of(2, 0).get(0);
        assertEquals("WITHDRAWN", row.text("state"));
        assertEquals("its time limit ran out 10 times, so it lets everybody pass", row.text("reason"));
    }
}
